/** Tries a patch on an index. Where it does not fit, finds out which files are why. */
import { bytesOfText } from '../../core/changes/bytesText.ts';
import { HushError } from '../../core/base/errors.ts';
import { malformed, pathOf, type PatchedFile } from '../../core/changes/patch.ts';
import { parts, type Git } from './gitRunner.ts';
import { copyIndex } from './trialIndex.ts';

export function alreadyThere(where: string): HushError {
    return new HushError('changes.conflict', `These changes are already ${where}.`);
}

/**
 * Applies the files to the index. Returns false if everything was there before. @throws HushError `changes.conflict`
 * names the files; the index is then useless.
 */
export async function applyToIndex(git: Git, index: string, files: readonly PatchedFile[]): Promise<boolean> {
    await assertReadAlike(git, files);
    const untouched = `${index}.before`;
    await copyIndex(index, untouched);
    const before = await git.text(['write-tree'], { index });
    if (await fits(git, index, files)) return (await git.text(['write-tree'], { index })) !== before;
    if (await isThere(git, untouched, files)) return false;
    const names: string[] = [];
    for (const file of files) {
        const trial = `${index}.trial`;
        await copyIndex(untouched, trial);
        if (!(await fits(git, trial, [file]))) names.push(pathOf(file));
    }
    const which = names.length > 0 ? names : files.map(pathOf);
    throw new HushError(
        'changes.conflict',
        `These changes do not fit your version of ${which.join(', ')}. Nothing was changed. Review shows both sides.`,
    );
}

async function fits(git: Git, index: string, files: readonly PatchedFile[]): Promise<boolean> {
    const input = inputOf(files);
    if ((await git.try(['apply', '--cached', '-'], { index, input })).status === 0) return true;
    // Where git has the text that the changes started from, it can merge.
    const merged = await git.try(['apply', '--cached', '--3way', '-'], { index, input });
    return merged.status === 0 && parts(await git.bytes(['ls-files', '-u', '-z'], { index })).length === 0;
}

async function isThere(git: Git, index: string, files: readonly PatchedFile[]): Promise<boolean> {
    const { status } = await git.try(['apply', '--cached', '--check', '--reverse', '-'], {
        index,
        input: inputOf(files),
    });
    return status === 0;
}

function inputOf(files: readonly PatchedFile[]): Uint8Array {
    return bytesOfText(files.map(({ text }) => text).join(''));
}

/** The person has read what Hush read in the patch. Git must read the same files and lines. */
async function assertReadAlike(git: Git, files: readonly PatchedFile[]): Promise<void> {
    const { status, out } = await git.try(['apply', '--numstat', '-z', '-'], { input: inputOf(files) });
    const own = files.map((file) => {
        const lines = file.binary ? '-\t-' : `${file.insertions}\t${file.deletions}`;
        return `${lines}\t${pathOf(file)}`;
    });
    if (status !== 0 || parts(out).join('\n') !== own.join('\n')) throw malformed('git reads them in another way');
}
