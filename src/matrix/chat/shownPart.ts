/**
 * Which of many messages are shown: a page draws so many and no more. The newest; or, where the person looks at one further
 * up, those around it, so that it is always among them. Pure.
 */

export interface ShownPart {
    /** From `first` up to, without, `last`. */
    readonly first: number;
    readonly last: number;
    /** One more message above those that are known would be shown. */
    readonly roomAbove: boolean;
    /** One more below them would. */
    readonly roomBelow: boolean;
}

/** `anchor`: the index of the message that must be shown; undefined: the newest are. `most`: an even number. */
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
