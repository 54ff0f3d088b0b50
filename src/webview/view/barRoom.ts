/** Keeps the viewer's bar on one line. Decides what it drops or moves to its menu as the tab gets narrower. Pure. */

/** Widths in px, each with its gap. */
export interface BarParts {
    readonly room: number;
    /** All text of the bar: in full, then shorter and shorter. The last form is cut to fit. */
    readonly words: readonly number[];
    /** The tools. The last ones leave the bar first. */
    readonly tools: readonly number[];
    /** The button of the menu with the remaining tools. */
    readonly menu: number;
}

export interface BarPlan {
    /** Number of tools in the bar. */
    readonly tools: number;
    /** Index into `words`. */
    readonly short: number;
}

/** Number of tools that stay in the bar while the text can still get shorter. */
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
