/** Both sides of a changed file, made from the patch. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { applyHunks, reviewTexts } from '../../../src/core/changes/reviewTexts.ts';
import type { Hunk } from '../../../src/core/changes/patch.ts';
import { added, changed, read } from './patches.ts';

/** One hunk that turns one text into the other, as git would write it without context. */
function hunkBetween(before: readonly string[], after: readonly string[], ends: readonly [boolean, boolean]): Hunk {
    const side = (lines: readonly string[], mark: string, end: boolean): string[] => [
        ...lines.map((line) => mark + line),
        ...(lines.length > 0 && !end ? ['\\ No newline at end of file'] : []),
    ];
    return {
        oldStart: before.length === 0 ? 0 : 1,
        oldLines: before.length,
        newStart: after.length === 0 ? 0 : 1,
        newLines: after.length,
        lines: [...side(before, '-', ends[0]), ...side(after, '+', ends[1])],
    };
}
const textOf = (lines: readonly string[], end: boolean): string =>
    lines.map((line, i) => line + (i < lines.length - 1 || end ? '\n' : '')).join('');

describe('the sides of a review', () => {
    it('a hunk turns the text before into the text after, with and without a last line end', () => {
        const lines = fc.array(fc.constantFrom('a', 'b', '', '\r', '+x', '\\ y'), { maxLength: 6 });
        fc.assert(
            fc.property(lines, lines, fc.tuple(fc.boolean(), fc.boolean()), (before, after, ends) => {
                // Git has no line without an end and without a character.
                const [old, next] = [before, after].map((side) => (side.at(-1) === '' ? [...side, 'z'] : side));
                const hunk = hunkBetween(old ?? [], next ?? [], ends);
                assert.equal(applyHunks(textOf(old ?? [], ends[0]), [hunk]), textOf(next ?? [], ends[1]));
            }),
        );
    });

    it('a hunk does not fit another text', () => {
        const [file] = read(changed('a', [' one', '-two', '+2'])).files;
        assert.equal(applyHunks('one\ntwo\nthree\n', file?.hunks ?? []), 'one\n2\nthree\n');
        for (const other of ['one\nTWO\n', 'one\n', '', 'one\ntwo', 'zero\none\ntwo\n'])
            assert.equal(applyHunks(other, file?.hunks ?? []), undefined, other);
    });

    it('of a long file are whole', () => {
        const lines = 300_000;
        const text = 'x\n'.repeat(lines);
        const [file] = read(changed('a', [' x', '-x', '+y'], lines - 1)).files;
        assert.equal(applyHunks(text, file?.hunks ?? []), text.slice(0, -2) + 'y\n');
    });

    it('have what the patch shows if the text before is unknown or another', () => {
        const patch = read(changed('a', [' one', '-two', '+2'], 7) + added('n'));
        for (const blob of [() => undefined, () => 'other\n']) {
            const [a, n] = reviewTexts(patch, blob);
            assert.deepEqual([a?.whole, n?.whole], [false, true]);
            assert.match(a?.oldText ?? '', /^⋯ from line 7: .*\none\ntwo\n$/u);
            assert.match(a?.newText ?? '', /\none\n2\n$/u);
            assert.deepEqual([n?.oldPath, n?.oldText, n?.newText], [null, '', 'text\n']);
        }
    });

    it('of a binary file and of a mode say so', () => {
        const id = '3'.repeat(40);
        const binary = `diff --git a/p b/p\nindex ${id}..${id} 100644\nGIT binary patch\nliteral 5\nMcmZQzU|<kA00031\n\ndelta 3\nKcmZQzU|<kA00031\n\n`;
        const [p, m] = reviewTexts(
            read(`${binary}diff --git a/m b/m\nold mode 100644\nnew mode 100755\n`),
            () => undefined,
        );
        assert.match(p?.newText ?? '', /Binary file of 5 bytes/u);
        assert.deepEqual([m?.oldText, m?.newText], ['File mode 100644\n', 'File mode 100755\n']);
    });
});
