/** What the card of received changes shows. All of it comes from the patch, but for the base. */
import * as v from 'valibot';
import { objectId } from './changesClaim.ts';

/** The card names this many files and commits, and counts the rest. */
export const MAX_NAMED = 50;
const words = v.pipe(v.string(), v.maxLength(1_200));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const changesCard = v.object({
    kind: v.picklist(['working', 'staged', 'commits']),
    /** Null: the changes start from nothing. */
    base: v.nullable(objectId),
    /** A name of the sender's. Null: no branch. */
    branch: v.nullable(words),
    insertions: count,
    deletions: count,
    files: v.object({
        count,
        named: v.pipe(
            v.array(v.object({ path: words, note: words, insertions: count, deletions: count })),
            v.maxLength(MAX_NAMED),
        ),
    }),
    commits: v.object({
        count,
        named: v.pipe(v.array(v.object({ subject: words, author: words })), v.maxLength(MAX_NAMED)),
    }),
    /** A sentence: the message says something else than the patch. */
    lie: v.nullable(words),
});
export type ChangesCard = v.InferOutput<typeof changesCard>;

export interface Totals {
    readonly files: number;
    readonly insertions: number;
    readonly deletions: number;
    readonly commits: number;
}

/** `+12 −3`, as everywhere in VS Code. */
export function linesWords({ insertions, deletions }: { insertions: number; deletions: number }): string {
    return `+${insertions} −${deletions}`;
}

export function countWords(many: number, noun: string): string {
    return `${many} ${noun}${many === 1 ? '' : 's'}`;
}

/** `3 files, +12 −3`, with the number of commits if there are any. */
export function totalsWords(totals: Totals): string {
    const commits = totals.commits === 0 ? '' : `${countWords(totals.commits, 'commit')}, `;
    return `${commits}${countWords(totals.files, 'file')}, ${linesWords(totals)}`;
}
