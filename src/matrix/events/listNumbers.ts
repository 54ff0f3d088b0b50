/**
 * The numbers of the lists in a text. HTML counts from the first number by one, so a list with other numbers would show
 * numbers that nobody typed.
 */

export interface Count {
    /** The line. */
    readonly at: number;
    readonly number: number;
}
export interface Numbers {
    readonly lists: Count[][];
    /** A line that begins an item. `words`: the line without its indentation. `content`: where the item's text begins. */
    add(at: number, indent: number, words: string, content: number): void;
    /** All lists end here. */
    end(): void;
}

export function createNumbers(): Numbers {
    const lists: Count[][] = [];
    /** From the outermost to the innermost. */
    let open: { readonly kind: string; readonly counts: Count[]; content: number }[] = [];
    return {
        lists,
        add(at, indent, words, content) {
            const [, digits, mark = ''] = /^(\d*)(.)/u.exec(words) ?? [];
            const kind = digits === '' ? mark : `1${mark}`;
            // An item that does not reach the text of the last one stands beside it, or beside an outer one.
            const inner = open.findIndex((one) => indent < one.content);
            let list = open[inner];
            if (inner !== -1) open = open.slice(0, inner);
            if (list?.kind !== kind) {
                list = { kind, counts: [], content };
                if (digits !== '') lists.push(list.counts);
            }
            list.content = content;
            open.push(list);
            list.counts.push({ at, number: Number(digits) });
        },
        end() {
            open = [];
        },
    };
}

/** The numbers neither rise by one nor are all the same, as writers do who leave the counting to Markdown. */
export function isWrong(counts: readonly Count[]): boolean {
    const first = counts[0]?.number ?? 0;
    const isSame = counts.every(({ number }) => number === first);
    return !isSame && counts.some(({ number }, i) => number !== first + i);
}
