/**
 * What redactions take back, of events that were got before they were redacted. A redaction comes by the sync, or in a
 * page; what it is about may be in any stretch of the history, or come later, as a page that was written before. The
 * server has checked it, and does not say so of an event that is here: who may is checked again. What was taken back stays
 * so, whatever becomes of somebody's power. (Client-server API, "Redactions"; room versions, "Handling redactions".) Pure.
 */

export interface RedactionsOptions<E> {
    readonly idOf: (event: E) => string;
    readonly senderOf: (event: E) => string | undefined;
    /** What an `m.room.redaction` names; undefined for other events. */
    readonly redacts: (event: E) => string | undefined;
    /** An event that is here. */
    readonly find: (id: string) => E | undefined;
    /** Whether this person may redact what others wrote. */
    readonly mayRedact: (userId: string) => boolean;
    /** Takes the content of `target` away, unless it is gone. */
    readonly redact: (target: E, redaction: E) => void;
}

/** Takes events in, in any order, each as often as one likes. */
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
