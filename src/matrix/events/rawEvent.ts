/** A timeline event as plain data, decrypted if possible. Nothing in it has been checked. */

export interface RawEvent {
    readonly id: string;
    readonly sender: string;
    /** ms since the epoch. */
    readonly ts: number;
    /** The type of the encrypted event, if it was decrypted. */
    readonly type: string;
    /** The content of this event itself. A replacement is a separate event. */
    readonly content: unknown;
    /** `m.relates_to`, from the encrypted part. For an unencrypted or unreadable event: as the homeserver has it. */
    readonly relation: unknown;
    /** It was deleted, according to the server or to a permitted redaction (redactions.ts). */
    readonly redacted: boolean;
    /** Set for this device's own event, according to the server. */
    readonly txnId: string | undefined;
    readonly encrypted: boolean;
    /** Why it could not be decrypted or is not trusted. */
    readonly failure: string | undefined;
}

/** Event types of a conversation, as they are on the server. Clear messages are excluded: see README. */
export const CHAT_TYPES: readonly string[] = ['m.room.encrypted', 'm.reaction', 'm.room.redaction'];

/** The event's relation of this kind. Undefined if it has none. */
export function relationOf(event: RawEvent, kind: string): { target: string; key: string | undefined } | undefined {
    const relation = asRecord(event.relation);
    if (relation?.['rel_type'] !== kind) return undefined;
    const { event_id: target, key } = relation;
    if (!isId(target)) return undefined;
    return { target, key: typeof key === 'string' ? key : undefined };
}

export function replyOf(event: RawEvent): string | undefined {
    const target = asRecord(asRecord(event.relation)?.['m.in_reply_to'])?.['event_id'];
    return isId(target) ? target : undefined;
}

export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
    return typeof value === 'object' && value !== null && !Array.isArray(value)
        ? (value as Readonly<Record<string, unknown>>)
        : undefined;
}

export function isId(value: unknown): value is string {
    return typeof value === 'string' && value.length > 0 && value.length <= 512;
}
