/** An event of the timeline as plain data, decrypted where that worked; nothing in it has been checked. Pure. */

export interface RawEvent {
    readonly id: string;
    readonly sender: string;
    /** ms since the epoch. */
    readonly ts: number;
    /** Of what was encrypted, where it could be decrypted. */
    readonly type: string;
    /** Of this very event; what replaces it is an event of its own. */
    readonly content: unknown;
    /** `m.relates_to`: of what was encrypted; of an event that is not, or not read, as the homeserver has it. */
    readonly relation: unknown;
    /** It was taken back: by the server's word, or by a redaction that may (redactions.ts). */
    readonly redacted: boolean;
    /** This device's own, by the server's word. */
    readonly txnId: string | undefined;
    readonly encrypted: boolean;
    /** Why it could not be decrypted, or is not believed. */
    readonly failure: string | undefined;
}

/** Types that the conversation is made of, as they are on the server. Clear messages are none of them: see README. */
export const CHAT_TYPES: readonly string[] = ['m.room.encrypted', 'm.reaction', 'm.room.redaction'];

/** A relation of this kind to an event; undefined for anything else. */
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
