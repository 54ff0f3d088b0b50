import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { problemMessage, selectionMessage } from '../../../src/extension/chat/editorMessages.ts';
import { pathInWorkspace } from '../../../src/extension/chat/workspacePath.ts';
import { createDrafts } from '../../../src/webview/chat/drafts.ts';
import { findReferences } from '../../../src/webview/chat/references.ts';

const found = (text: string): unknown[] =>
    findReferences(text)
        .filter((p) => p.kind !== 'text')
        .map((p) => (p.kind === 'file' ? [p.path, p.line, p.endLine, p.column] : p.text));

describe('references in a message', () => {
    it('are files with a line, a range or a column, and web addresses', () => {
        assert.deepEqual(found('see src/main.ts:12, lib\\a.cs:3:4 and ./x/y.test.ts:7-9.'), [
            ['src/main.ts', 12, 0, 0],
            ['lib\\a.cs', 3, 0, 4],
            ['./x/y.test.ts', 7, 9, 0],
        ]);
        assert.deepEqual(found('Makefile:3 größe/übung.py:1 (https://e.org/a.ts:5).'), [
            ['Makefile', 3, 0, 0],
            ['größe/übung.py', 1, 0, 0],
            'https://e.org/a.ts:5',
        ]);
    });

    it('are not times, versions, ratios or half words', () => {
        assert.deepEqual(found('at 10:30, v1.2:3, 16:9, a:1, src/:4, a//b.ts:1, x.ts:0, x.ts:12abc'), []);
    });

    it('leave every character where it was, however long the text', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
                assert.equal(
                    findReferences(text)
                        .map((p) => p.text)
                        .join(''),
                    text,
                );
            }),
        );
        for (const long of [
            'a.'.repeat(30_000),
            'a/'.repeat(30_000),
            'https://'.repeat(8_000),
            'x.ts:1 '.repeat(8_000),
        ])
            assert.equal(
                findReferences(long)
                    .map((p) => p.text)
                    .join(''),
                long,
            );
    });

    it('lead into the workspace only', () => {
        const folders = ['/home/me/app'];
        assert.equal(pathInWorkspace('./src\\a.ts', folders), 'src/a.ts');
        assert.equal(pathInWorkspace('/home/me/app/src/a.ts', folders), 'src/a.ts');
        for (const path of [
            '../secret.ts',
            'src/../../x.ts',
            '/etc/passwd',
            '~/x.ts',
            '**/x.ts',
            'C:/x.ts',
            '/home/me/application/x.ts',
            '',
        ])
            assert.equal(pathInWorkspace(path, folders), undefined, path);
    });
});

describe('what is sent from the editor', () => {
    it('says where it is and keeps the code, without its margin', () => {
        assert.equal(
            selectionMessage({ path: 'src/a.ts', line: 3, language: 'typescript' }, 4, '    if (x) {\n        y();\n'),
            '`src/a.ts:3-4`\n\n```typescript\nif (x) {\n    y();\n```',
        );
        assert.deepEqual(found('src/a.ts:3-4'), [['src/a.ts', 3, 4, 0]]);
    });

    it('code that holds a fence gets a longer one', () => {
        const text = selectionMessage({ path: 'R.md', line: 1, language: 'markdown' }, 1, '````\nx\n````');
        assert.ok(text.includes('`````markdown\n````\nx\n````\n`````'));
    });

    it('a problem comes with its place, its number and its line', () => {
        assert.equal(
            problemMessage({
                path: 'a.ts',
                line: 2,
                column: 5,
                language: 'typescript',
                severity: 'Error',
                message: 'Cannot find name `x`.',
                from: 'ts 2304',
                code: '    x;',
            }),
            '**Error** at `a.ts:2:5` (`ts 2304`)\n\n```\nCannot find name `x`.\n```\n\n```typescript\nx;\n```',
        );
    });
});

describe('drafts', () => {
    it('are kept for each room; a memory of another shape counts as none', () => {
        let kept: unknown = { drafts: [['!a', { text: 5 }]] };
        const keep = (state: unknown): void => void (kept = state);
        const draft = { text: 'half a', replyTo: null, edits: null, about: '', files: [] };
        createDrafts(kept, keep).set('@me:hs', '!a', draft);
        const drafts = createDrafts(kept, keep);
        assert.deepEqual([drafts.get('@me:hs', '!a'), drafts.get('@me:hs', '!b')], [draft, undefined]);
        drafts.set('@me:hs', '!a', { ...draft, text: '' });
        assert.deepEqual(kept, { drafts: [] });
    });

    it('keep their files while the page is there; the next one knows how many are gone, once', () => {
        let kept: unknown;
        const keep = (state: unknown): void => void (kept = structuredClone(state));
        const files = [new File(['1'], 'a.txt'), new File(['2'], 'b.txt')];
        const draft = { text: '', replyTo: null, edits: null, about: '', files };
        const first = createDrafts(undefined, keep);
        first.set('@me:hs', '!a', draft);
        assert.deepEqual([first.get('@me:hs', '!a')?.files, first.lost('@me:hs', '!a')], [files, 0]);
        const next = createDrafts(kept, keep);
        assert.deepEqual([next.get('@me:hs', '!a')?.files, next.lost('@bob:hs', '!a')], [[], 0]);
        assert.deepEqual([next.lost('@me:hs', '!a'), next.lost('@me:hs', '!a')], [2, 0]);
        assert.deepEqual(kept, { drafts: [] });
    });
});
