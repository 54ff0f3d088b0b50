/** Reads a received patch. Pure. */
import { HushError } from '../base/errors.ts';
import { textOfBytes } from './bytesText.ts';
import { readCommits } from './mbox.ts';
import { MAX_PATCH, MAX_PATCH_FILES, tooLarge, type ChangesKind, type Patch } from './patch.ts';
import { parseDiff } from './parseDiff.ts';
import { assertWritablePaths } from './paths.ts';

/** @throws HushError `changes.malformed`, `changes.tooLarge`, `changes.refused`, `changes.nothing`. */
export function readPatch(bytes: Uint8Array, kind: ChangesKind): Patch {
    if (bytes.length > MAX_PATCH) throw tooLarge(`more than ${MAX_PATCH / 1_000_000} MB`);
    const text = textOfBytes(bytes);
    const commits = kind === 'commits' ? readCommits(text) : [];
    const files = kind === 'commits' ? commits.flatMap((commit) => commit.files) : parseDiff(text);
    if (files.length > MAX_PATCH_FILES) throw tooLarge(`more than ${MAX_PATCH_FILES} files`);
    if (files.length === 0) throw new HushError('changes.nothing', 'There are no changes in this patch.');
    assertWritablePaths(files);
    return { commits, files };
}
