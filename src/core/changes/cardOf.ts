/** Makes the card of received changes from the patch itself. Pure. */
import { visibleLine } from '../base/visibleText.ts';
import { MAX_NAMED, type ChangesCard, type Totals } from './changesCard.ts';
import type { ChangesClaim } from './changesClaim.ts';
import { EXECUTABLE, isSubmodule, LINK, pathOf, type Patch, type PatchedFile } from './patch.ts';

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
