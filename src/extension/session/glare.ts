/**
 * The one rule of glare: the lexicographically smaller user ID wins, then the smaller device ID, then the earlier start.
 * `!` sorts before every character that a user ID may contain, so comparing call IDs by code unit is that rule; and it is
 * what matrix-js-sdk's MatrixCall does too, whose IDs begin with a digit: against those, Hush always yields. Pure.
 */

/** `<userId>!<deviceId>!<ULID>`, a call ID that sorts by the rule. */
export function callIdOf(device: { readonly userId: string; readonly deviceId: string }, ulid: string): string {
    return `${device.userId}!${device.deviceId}!${ulid}`;
}

/** Of the same two or more IDs everybody picks the same one, in whatever order they came. Throws on none. */
export function glareWinner<T extends string>(ids: readonly T[]): T {
    const [first, ...others] = ids;
    if (first === undefined) throw new Error('glare needs somebody');
    // String order in JavaScript is by UTF-16 code unit.
    return others.reduce((best, id) => (id < best ? id : best), first);
}
