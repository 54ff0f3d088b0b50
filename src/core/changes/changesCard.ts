/** What the card of received changes shows. All of it comes from the patch, but for the base. */
import * as v from 'valibot';
import { visibleLine } from '../base/visibleText.ts';
import { objectId, type ChangesClaim } from './changesClaim.ts';
import { EXECUTABLE, isSubmodule, LINK, pathOf, type Patch, type PatchedFile } from './patch.ts';

/** The card names this many files and commits, and counts the rest. */
const MAX_NAMED = 50;
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

/** A file that several commits change counts once. */
export function totalsOf({ commits, files }: Patch): Totals {
    return {
        files: new Set(files.map(pathOf)).size,
        insertions: files.reduce((sum, file) => sum + file.insertions, 0),
        deletions: files.reduce((sum, file) => sum + file.deletions, 0),
        commits: commits.length,
    };
}

export function cardOf(claim: ChangesClaim, patch: Patch): ChangesCard {
    const totals = totalsOf(patch);
    const lies =
        claim.files !== totals.files ||
        claim.insertions !== totals.insertions ||
        claim.deletions !== totals.deletions ||
        claim.commits !== totals.commits;
    return {
        kind: claim.kind,
        base: claim.base,
        branch: claim.branch === null ? null : visibleLine(claim.branch, 255),
        insertions: totals.insertions,
        deletions: totals.deletions,
        files: { count: totals.files, named: filesOf(patch.files).slice(0, MAX_NAMED) },
        commits: {
            count: totals.commits,
            named: patch.commits.slice(0, MAX_NAMED).map(({ subject, author }) => ({
                subject: visibleLine(subject, 200) || '(no subject)',
                author: visibleLine(author.name, 100),
            })),
        },
        lie: lies ? 'The message says other numbers than the patch. These are the patch’s.' : null,
    };
}

/** One row for each path, with the sums of all commits. */
export function filesOf(files: readonly PatchedFile[]): ChangesCard['files']['named'] {
    const rows = new Map<string, { path: string; note: string; insertions: number; deletions: number }>();
    for (const file of files) {
        const path = pathOf(file);
        const row = rows.get(path);
        const note = noteOf(file);
        rows.set(path, {
            path: visibleLine(path, 1_000),
            note: row === undefined || row.note === '' ? note : row.note,
            insertions: file.insertions + (row?.insertions ?? 0),
            deletions: file.deletions + (row?.deletions ?? 0),
        });
    }
    return [...rows.values()];
}

/** What its lines do not show. */
function noteOf(file: PatchedFile): string {
    const { kind, oldPath, oldMode, newMode, binary } = file;
    const notes: string[] = [];
    if (kind === 'added') notes.push('new');
    if (kind === 'deleted') notes.push('deleted');
    if (kind === 'renamed') notes.push(`renamed from ${visibleLine(oldPath ?? '', 500)}`);
    if (binary) notes.push('binary');
    if (isSubmodule(file)) notes.push('submodule');
    if (newMode === LINK) notes.push('link');
    if (newMode === EXECUTABLE && oldMode !== EXECUTABLE) notes.push('executable');
    if (oldMode === EXECUTABLE && newMode !== EXECUTABLE && newMode !== null) notes.push('no longer executable');
    return notes.join(', ');
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
