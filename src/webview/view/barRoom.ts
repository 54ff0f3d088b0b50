/** How the viewer's bar stays one line: what it leaves to its menu as its tab gets narrower. Pure. */

/** Widths in px, each with the gap beside it. */
export interface BarParts {
    readonly room: number;
    /** All words of the bar, and of them what never goes away: the encryption as a sign, the sharer, who can see it, cut short. */
    readonly words: number;
    readonly leastWords: number;
    /** The tools, the ones that go first at the end. */
    readonly tools: readonly number[];
    /** The button of the menu that has the rest. */
    readonly menu: number;
}

export interface BarPlan {
    /** So many of the tools stand in the bar. */
    readonly tools: number;
    /** The words are cut short. */
    readonly narrow: boolean;
}

/** Of the tools, those that stay while words can be cut short instead. */
export const KEPT_TOOLS = 3;

export function planBar({ room, words, leastWords, tools, menu }: BarParts): BarPlan {
    const width = (count: number): number =>
        tools.slice(0, count).reduce((sum, tool) => sum + tool, 0) + (count < tools.length ? menu : 0);
    const most = (beside: number, least: number): number | undefined => {
        for (let count = tools.length; count >= least; count--) if (beside + width(count) <= room) return count;
        return undefined;
    };
    const whole = most(words, Math.min(KEPT_TOOLS, tools.length));
    if (whole !== undefined) return { tools: whole, narrow: false };
    return { tools: most(leastWords, 0) ?? 0, narrow: true };
}
