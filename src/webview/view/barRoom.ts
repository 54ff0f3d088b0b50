/** How the viewer's bar stays one line: what it leaves out, or leaves to its menu, as its tab gets narrower. Pure. */

/** Widths in px, each with the gap beside it. */
export interface BarParts {
    readonly room: number;
    /** Of all words of the bar: whole, then shorter and shorter. The last are cut to what is left of the room. */
    readonly words: readonly number[];
    /** The tools, the ones that go first at the end. */
    readonly tools: readonly number[];
    /** The button of the menu that has the rest. */
    readonly menu: number;
}

export interface BarPlan {
    /** So many of the tools stand in the bar. */
    readonly tools: number;
    /** Index into the widths of the words. */
    readonly short: number;
}

/** Of the tools, those that stay while words can be made shorter instead. */
export const KEPT_TOOLS = 4;

export function planBar({ room, words, tools, menu }: BarParts): BarPlan {
    const width = (count: number): number =>
        tools.slice(0, count).reduce((sum, tool) => sum + tool, 0) + (count < tools.length ? menu : 0);
    const most = (beside: number, least: number): number | undefined => {
        for (let count = tools.length; count >= least; count--) if (beside + width(count) <= room) return count;
        return undefined;
    };
    const last = words.length - 1;
    for (const [short, wide] of words.entries()) {
        const count = most(wide, short === last ? 0 : Math.min(KEPT_TOOLS, tools.length));
        if (count !== undefined) return { tools: count, short };
    }
    return { tools: 0, short: Math.max(0, last) };
}
