/** A patch is read whole or not at all: nothing in it can be hidden from the person. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { asBytesText } from '../../../src/core/changes/bytesText.ts';
import { isHushError } from '../../../src/core/base/errors.ts';
import { MAX_PATCH, MAX_PATCH_FILES, MAX_PATCH_LINES, pathOf } from '../../../src/core/changes/patch.ts';
import { parseDiff } from '../../../src/core/changes/parseDiff.ts';
import { readPatch } from '../../../src/core/changes/readPatch.ts';
import { added, changed, NEW, NONE, OLD, read, renamed } from './patches.ts';

const refuses = (text: string, code = 'changes.malformed'): void =>
    assert.throws(
        () => read(text),
        (error) => isHushError(error) && error.code === code,
        text.slice(0, 400),
    );

describe('reading a patch', () => {
    it('finds new, changed, deleted and renamed files, with their modes and lines', () => {
        const deleted = added('d.txt')
            .replace('new file', 'deleted file')
            .replace(`${NONE}..${NEW}`, `${OLD}..${NONE}`)
            .replace('--- /dev/null\n+++ b/d.txt\n@@ -0,0 +1 @@\n+', '--- a/d.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-');
        const mode = 'diff --git a/m.sh b/m.sh\nold mode 100644\nnew mode 100755\n';
        const text = [added('n.txt'), changed('c.txt', [' a', '-b', '+c', '+d']), deleted, renamed('r', 's'), mode];
        const files = read(text.join('')).files;
        assert.deepEqual(
            files.map(({ kind, oldPath, newPath, insertions, deletions }) => [
                kind,
                oldPath,
                newPath,
                insertions,
                deletions,
            ]),
            [
                ['added', null, 'n.txt', 1, 0],
                ['modified', 'c.txt', 'c.txt', 2, 1],
                ['deleted', 'd.txt', null, 0, 1],
                ['renamed', 'r', 's', 0, 0],
                ['modified', 'm.sh', 'm.sh', 0, 0],
            ],
        );
        assert.deepEqual([files[4]?.oldMode, files[4]?.newMode], ['100644', '100755']);
        assert.equal(files.map((file) => file.text).join(''), text.join(''));
    });

    it('reads names with spaces, in quotes, with " b/" in them, and in any language', () => {
        const names = ['a b', 'x b/x', 'tab\there', 'quote"', 'ü', '日本.txt', 'a b/a b/a b'];
        for (const name of names) {
            const bytes = asBytesText(name);
            const quoted = [...bytes]
                .map((c) =>
                    /[\\"]/u.test(c)
                        ? `\\${c}`
                        : /[ -~]/u.test(c)
                          ? c
                          : `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`,
                )
                .join('');
            const text = /^[ -~]*$/u.test(name) && !/["\\]/u.test(name) ? added(name) : added(`"${quoted}"`);
            assert.deepEqual(parseDiff(text).map(pathOf), [name]);
        }
        // Git writes a tab after a name with a space.
        assert.deepEqual(parseDiff(added('a b').replace('+++ b/a b', '+++ b/a b\t')).map(pathOf), ['a b']);
    });

    it('takes lines that look like headers for what they are', () => {
        const lines = ['--- a/evil', '-+++ b/evil', '+diff --git a/evil b/evil', '+-- ', ' @@ -1 +1 @@'];
        const [file, ...more] = read(changed('a.txt', lines)).files;
        assert.deepEqual(more, []);
        assert.deepEqual([file?.insertions, file?.deletions], [2, 2]);
    });

    it('reads binary files, and says how large they become', () => {
        const head = `diff --git a/p.png b/p.png\nindex ${OLD}..${NEW} 100644\nGIT binary patch\n`;
        const text = `${head}literal 5\nMcmZQzU|<kA00031\n\ndelta 3\nKcmZQzU|<kA00031\n\n`;
        const [file] = parseDiff(text);
        assert.deepEqual([file?.binary, file?.binarySize], [true, 5]);
        refuses(text.replace('literal 5\nMcm', 'literal 5\ndiff --git a/x b/x\nMcm'));
        refuses(`${head.replace('GIT binary patch\n', '')}Binary files a/p.png and b/p.png differ\n`);
    });

    it('refuses whatever is not accounted for', () => {
        const good = changed('a.txt', [' a', '-b', '+c']);
        read(good);
        for (const bad of [
            `hello\n${good}`,
            `${good}hello\n`,
            `${good}\n`,
            `${good}-more\n`,
            good.slice(0, -1),
            good.replace('+c\n', ''),
            good.replace(' a\n', ' a\n b\n'),
            good.replace('@@ -1,2 +1,2 @@', '@@ -1,2 +1,x @@'),
            good.replace('--- a/a.txt', '--- a/b.txt'),
            good.replace('+++ b/a.txt', '+++ b/b.txt'),
            good.replace('diff --git a/a.txt b/a.txt', 'diff --git a/a.txt b/b.txt'),
            good.replace('+++ b/a.txt', '+++ /dev/null'),
            good.replace(` 100644\n`, ` 100600\n`),
            good.replace('index ', 'copy from x\nindex '),
            good.replace(`index ${OLD}..${NEW} 100644\n`, ''),
            good.replace(OLD, OLD.slice(0, 7)),
            good.replace(`index ${OLD}..${NEW} 100644`, `index ${OLD}..${NEW} 100644\nindex ${OLD}..${NEW} 100755`),
            good + good,
            renamed('a', 'b') + changed('b', [' a', '+b']),
            renamed('a', 'b').replace('rename to b\n', ''),
            renamed('a', 'b').replace('b/b', 'b/c'),
            added('a').replace('new file mode 100644', 'new file mode 100644\ndeleted file mode 100644'),
            added('a').replace('new file mode 100644', 'old mode 100644'),
            'diff --git a/m b/m\nold mode 100755\nnew mode 100755\n',
            'diff --git a/m b/m\nold mode 120000\nnew mode 120000\n',
            added('"a\\q"'),
            added('"a\\377"'),
            good.replaceAll('\n', '\r\n'),
        ])
            refuses(bad);
    });

    it('a file that becomes a link has two parts, in this order', () => {
        const gone = added('a').replace('new file', 'deleted file').replace(`${NONE}..${NEW}`, `${OLD}..${NONE}`);
        const deleted = gone.replace(
            '--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+',
            '--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-',
        );
        assert.equal(read(deleted + added('a', '120000')).files.length, 2);
    });

    it('has limits for bytes, files and lines, and says so', () => {
        const many = Array.from({ length: MAX_PATCH_FILES + 1 }, (_, i) => added(`f${i}`)).join('');
        refuses(many, 'changes.tooLarge');
        refuses(
            changed(
                'a',
                Array.from({ length: MAX_PATCH_LINES + 1 }, () => '+'),
            ),
            'changes.tooLarge',
        );
        assert.throws(() => readPatch(new Uint8Array(MAX_PATCH + 1), 'working'), /too large: more than 10 MB/u);
        refuses('', 'changes.nothing');
    });

    it('whatever comes, it ends with a patch or a sentence; a patch says every line of it', () => {
        const good = [added('n.txt'), changed('c.txt', [' a', '-b', '+c']), renamed('r', 's')].join('');
        const piece = fc.oneof(
            fc.string({ unit: 'binary-ascii' }),
            fc.constantFrom(
                'diff --git a/x b/x',
                '@@ -1 +1 @@',
                '--- /dev/null',
                'GIT binary patch',
                '\n',
                '+x\n',
                '\\ No',
            ),
        );
        fc.assert(
            fc.property(fc.nat(good.length), fc.nat(40), piece, (at, length, inserted) => {
                const text = good.slice(0, at) + inserted + good.slice(at + length);
                try {
                    assert.equal(
                        parseDiff(text)
                            .map((file) => file.text)
                            .join(''),
                        text,
                    );
                } catch (error) {
                    assert.ok(isHushError(error), String(error));
                }
            }),
            { numRuns: 2_000 },
        );
    });
});
