/** When an invite is too old to ring: by its age as the homeserver reckons it, so that no clock of a peer matters. Pure. */

/** Left of the lifetime for answering, ms; matrix-js-sdk wants the same. */
const MARGIN_MS = 3_000;

/**
 * ms until the invite expires, or undefined when it has (or is about to). `ageMs` is `unsigned.age` plus the time since it
 * came; a negative age, which a homeserver with a wrong clock may send, counts as none.
 */
export function timeLeft(lifetimeMs: number, ageMs: number): number | undefined {
    const left = lifetimeMs - Math.max(0, ageMs);
    return left > MARGIN_MS ? left : undefined;
}
