/**
 * Applies redactions to events that were loaded before they were redacted. A redaction arrives in the sync or in a
 * page. Its target may be in any segment of the history, or arrive later in a page that was written earlier. The server
 * has checked the redaction, but does not say so for an event that is already here. So the sender's power is checked
 * again. A deleted event stays deleted, whatever power the sender has later. (Client-server API, "Redactions"; room
 * versions, "Handling redactions".)
 */

export interface RedactionsOptions<E> {
    readonly idOf: (event: E) => string;
    readonly senderOf: (event: E) => string | undefined;
    /** The target that an `m.room.redaction` names. Undefined for other events. */
    readonly redacts: (event: E) => string | undefined;
    /** Finds a loaded event. */
    readonly find: (id: string) => E | undefined;
    /** Whether this person may redact other people's events. */
    readonly mayRedact: (userId: string) => boolean;
    /** Removes the content of `target`, unless it is already gone. */
    readonly redact: (target: E, redaction: E) => void;
}

/** Takes events in any order. Repeats are allowed. */
export function createRedactions<E>(options: RedactionsOptions<E>): (events: readonly E[]) => void {
    const { idOf, senderOf, redacts, find, mayRedact, redact } = options;
    const byTarget = new Map<string, Map<string, E>>();

    const apply = (target: E, redaction: E): void => {
        const sender = senderOf(redaction);
        if (sender !== undefined && (sender === senderOf(target) || mayRedact(sender))) redact(target, redaction);
    };
    return (events) => {
        for (const event of events) {
            const id = redacts(event);
            if (id === undefined) continue;
            const known = byTarget.get(id) ?? new Map<string, E>();
            byTarget.set(id, known.set(idOf(event), event));
            const target = find(id);
            if (target !== undefined) apply(target, event);
        }
        for (const event of events)
            for (const redaction of byTarget.get(idOf(event))?.values() ?? []) apply(event, redaction);
    };
}
