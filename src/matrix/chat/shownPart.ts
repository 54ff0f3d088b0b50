/**
 * Chooses which messages are shown, because a page draws a limited number. These are the newest, or those around an
 * older message that the person looks at, so that it is always included.
 */

export interface ShownPart {
    /** From `first` up to but not including `last`. */
    readonly first: number;
    readonly last: number;
    /** One more older message would also be shown. */
    readonly roomAbove: boolean;
    /** One more newer message would also be shown. */
    readonly roomBelow: boolean;
}

/** `anchor`: index of the message that must be shown. Undefined: the newest are shown. `most`: an even number. */
export function shownPart(count: number, anchor: number | undefined, most: number): ShownPart {
    if (count < most) return { first: 0, last: count, roomAbove: true, roomBelow: true };
    if (anchor === undefined) return { first: count - most, last: count, roomAbove: false, roomBelow: true };
    const half = most / 2;
    return {
        first: Math.max(0, anchor - half),
        last: Math.min(count, anchor + half),
        roomAbove: anchor < half,
        roomBelow: anchor + half > count,
    };
}
