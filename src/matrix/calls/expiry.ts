/**
 * When an invite is too old to ring. It uses the age that the homeserver reports, so that peers' clocks do not matter.
 */

/** ms of the lifetime that must be left for answering. matrix-js-sdk demands the same. */
const MARGIN_MS = 3_000;

/**
 * ms until the invite expires. Undefined when it has expired or is about to. `ageMs` is `unsigned.age` plus the time
 * since it arrived. A homeserver with a wrong clock may send a negative age, which counts as zero.
 */
export function timeLeft(lifetimeMs: number, ageMs: number): number | undefined {
    const left = lifetimeMs - Math.max(0, ageMs);
    return left > MARGIN_MS ? left : undefined;
}
