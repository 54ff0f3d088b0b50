import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { problemMessage, selectionMessage } from '../../../src/extension/chat/editorMessages.ts';
import { globOf, pathInWorkspace } from '../../../src/extension/chat/workspacePath.ts';
import { createDrafts } from '../../../src/webview/chat/drafts.ts';
import { findAddresses } from '../../../src/webview/chat/addresses.ts';
import { findReferences } from '../../../src/webview/chat/references.ts';

const found = (text: string): unknown[] =>
    findReferences(text)
        .filter((p) => p.kind !== 'text')
        .map((p) => (p.kind === 'file' ? [p.path, p.line, p.endLine, p.column] : p.text));
/** What of a sentence is an address. */
const addresses = (text: string): string[] => findAddresses(text).map((address) => address.text);

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

    it('are what compilers, test runners, editors and code hosts print', () => {
        for (const [text, ...places] of [
            ['src/main.c:10:5: error: x', ['src/main.c', 10, 0, 5]],
            ['src/a.ts(3,4): error TS1', ['src/a.ts', 3, 0, 4]],
            ['a.cpp(10): warning C4', ['a.cpp', 10, 0, 0]],
            ['a.cs(3,4,5,6): error', ['a.cs', 3, 0, 4]],
            ['src/a.ts[3, 5]: lint', ['src/a.ts', 3, 0, 5]],
            ['  --> src/main.rs:4:5', ['src/main.rs', 4, 0, 5]],
            ['    at f (src/x.ts:3:4)', ['src/x.ts', 3, 0, 4]],
            ['f@src/x.js:3:4', ['f@src/x.js', 3, 0, 4]],
            ['src/a.ts#L10', ['src/a.ts', 10, 0, 0]],
            ['src/a.ts#L10-L20, src/b.ts#L1C2-L3C4', ['src/a.ts', 10, 20, 0], ['src/b.ts', 1, 3, 2]],
            [
                'src/a.ts:12:3-14:5 src/a.ts:12:3-9 x.y:3.5-8',
                ['src/a.ts', 12, 14, 3],
                ['src/a.ts', 12, 0, 3],
                ['x.y', 3, 0, 5],
            ],
            ['  File "my dir/x.py", line 3, in f', ['my dir/x.py', 3, 0, 0]],
            ["in '/var/www/a.php' on line 12", ['/var/www/a.php', 12, 0, 0]],
            ['in /var/www/a.php on line 12', ['/var/www/a.php', 12, 0, 0]],
            ['died at x.pl line 3.', ['x.pl', 3, 0, 0]],
            ['"a.json", line 3, column 4', ['a.json', 3, 0, 4]],
            ['C:\\proj\\src\\a.ts:10:5 C:/x/a.cs(1,2)', ['C:\\proj\\src\\a.ts', 10, 0, 5], ['C:/x/a.cs', 1, 0, 2]],
            ['\\\\srv\\share\\a.ts:3:1', ['\\\\srv\\share\\a.ts', 3, 0, 1]],
            ['file:///home/me/app/src/a.ts:3:4', ['file:///home/me/app/src/a.ts', 3, 0, 4]],
            [
                'src/[id]/page.tsx:3 app/(group)/x.ts:4 src/$id.ts:5',
                ['src/[id]/page.tsx', 3, 0, 0],
                ['app/(group)/x.ts', 4, 0, 0],
                ['src/$id.ts', 5, 0, 0],
            ],
            ['at com.foo.Bar.baz(Bar.java:42)', ['Bar.java', 42, 0, 0]],
            ['src/A.hs:(3,5)-(4,7): error', ['src/A.hs', 3, 4, 5]],
            ['src/main.js (12:8)', ['src/main.js', 12, 0, 8]],
            ['ERROR in ./src/index.js 3:10-22', ['./src/index.js', 3, 0, 10]],
            ['a.c|10 col 5| error', ['a.c', 10, 0, 5]],
            ['app.rb:3:in `foo`', ['app.rb', 3, 0, 0]],
            ['a.ts:L3-L5', ['a.ts', 3, 5, 0]],
            ['webpack:///./src/a.ts:3:4', ['webpack:///./src/a.ts', 3, 0, 4]],
            [
                '/home/me/app/src/a.ts\n  3:10  error  no\n  12:1  warning  b\n\n✖ 2 problems',
                ['/home/me/app/src/a.ts', 3, 0, 10],
                ['/home/me/app/src/a.ts', 12, 0, 1],
            ],
            ['"src/my file.ts:10:5"', ['src/my file.ts', 10, 0, 5]],
            ['"src/my file.ts":10', ['src/my file.ts', 10, 0, 0]],
            [
                '(a.ts:3), [b.ts:4], f(c.ts:5); d.ts:6:',
                ['a.ts', 3, 0, 0],
                ['b.ts', 4, 0, 0],
                ['c.ts', 5, 0, 0],
                ['d.ts', 6, 0, 0],
            ],
            [
                '.gitignore:2 Dockerfile:3 CMakeLists.txt:4',
                ['.gitignore', 2, 0, 0],
                ['Dockerfile', 3, 0, 0],
                ['CMakeLists.txt', 4, 0, 0],
            ],
        ] as const)
            assert.deepEqual(found(text), places, text);
    });

    it('may have blanks that nothing marks: then the longer paths are asked for too', () => {
        const wider = (text: string): readonly string[] =>
            findReferences(text).flatMap((piece) => (piece.kind === 'file' ? piece.wider : []));
        assert.deepEqual(wider('see src/my file.ts:10'), ['see src/my file.ts', 'src/my file.ts']);
        assert.deepEqual(wider('C:\\my dir\\a.ts:3'), ['C:\\my dir\\a.ts']);
        assert.deepEqual(wider('in /a/b.ts:3 and ./c.ts:4'), []);
    });

    it('are not times, versions, ratios or half words', () => {
        assert.deepEqual(found('at 10:30, v1.2:3, 16:9, a:1, src/:4, a//b.ts:1, x.ts:0, x.ts:12abc'), []);
    });

    it('leave every character where it was, however long the text', function () {
        this.timeout(20_000); // the strings take long to make
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
        for (const [path, inside] of [
            ['src/../b/./a.ts', 'b/a.ts'],
            ['src/[id]/a.ts', 'src/[id]/a.ts'],
            ['file:///home/me/app/src/a%20b.ts', 'src/a b.ts'],
            ['/home/other/code/app/src/a.ts', 'src/a.ts'],
            ['~/code/app/src/a.ts', 'src/a.ts'],
            ['webpack:///./src/a.ts', 'src/a.ts'],
            ['C:\\code\\app\\src\\a.ts', 'src/a.ts'],
            ['\\\\srv\\share\\app\\a.ts', 'a.ts'],
        ] as const)
            assert.equal(pathInWorkspace(path, folders), inside, path);
        assert.equal(pathInWorkspace('C:\\App\\a.ts', ['/c:/App']), 'a.ts');
        assert.equal(pathInWorkspace('\\\\SRV\\share\\a.ts', ['//srv/share']), 'a.ts');
        assert.equal(globOf('src/[id]/{a}*.ts'), '**/src/[[]id[]]/[{]a[}][*].ts');
        for (const path of [
            '../secret.ts',
            'src/../../x.ts',
            '/etc/passwd',
            '~/x.ts',
            'C:/x.ts',
            '/home/me/application/x.ts',
            '',
        ])
            assert.equal(pathInWorkspace(path, folders), undefined, path);
    });
});

describe('an address in a message', () => {
    it('ends where a person would end it, in every script', () => {
        for (const [text, address] of [
            ['https://en.wikipedia.org/wiki/Rust_(language))', 'https://en.wikipedia.org/wiki/Rust_(language)'],
            ['(see https://e.org/a_(b)).', 'https://e.org/a_(b)'],
            ['[https://e.org/a]', 'https://e.org/a'],
            ['{https://e.org/a},', 'https://e.org/a'],
            ['https://e.org/a[1]', 'https://e.org/a[1]'],
            ['<https://e.org>, "https://e.org"', 'https://e.org'],
            ['«https://e.org/x», „https://e.org/x“', 'https://e.org/x'],
            ['**https://e.org/x**', 'https://e.org/x'],
            ['https://e.org/?a=1&b=2!?', 'https://e.org/?a=1&b=2'],
            ['https://e.org/a,b;', 'https://e.org/a,b'],
            ['https://e.org/__init__', 'https://e.org/__init__'],
            ['https://e.org…', 'https://e.org'],
            ['https://e.org/(', 'https://e.org/'],
            ['请看https://e.org/a。谢谢', 'https://e.org/a'],
            ['请看（https://e.org/a）谢谢', 'https://e.org/a'],
            ['「https://e.org/a」です', 'https://e.org/a'],
            ['https://e.org/aを見て', 'https://e.org/a'],
            ['https://e.orgです', 'https://e.org'],
            ['https://e.org/a를', 'https://e.org/a'],
            ['انظر https://e.org/a، شكرا', 'https://e.org/a'],
            ['देखें https://e.org/a।', 'https://e.org/a'],
            ['https://e.org/a 🎉, https://e.org/a🎉', 'https://e.org/a'],
            ['https://zh.wikipedia.org/wiki/红楼梦', 'https://zh.wikipedia.org/wiki/红楼梦'],
            ['https://пример.рф/путь, да', 'https://пример.рф/путь'],
            ['https://www.schön.de/ä.', 'https://www.schön.de/ä'],
            ['https://e.org/x[U+200B]', 'https://e.org/x'],
            ['https://[::1]:8080/x', 'https://[::1]:8080/x'],
        ] as const)
            assert.deepEqual(new Set(addresses(text)), new Set([address]), text);
    });

    it('of mail is one that a person writes to', () => {
        assert.deepEqual(addresses('ann@example.org, <b.c+d@x.co.uk>; (e@exämple.de).'), [
            'ann@example.org',
            'b.c+d@x.co.uk',
            'e@exämple.de',
        ]);
        assert.equal(findAddresses('ann@example.org')[0]?.href, 'mailto:ann@example.org');
    });

    it('of mail is no version, remote, target of a copy, image or decorator', () => {
        for (const text of [
            'git@github.com:x/y.git',
            'git@github.com',
            'me@host.example.com:/srv/x',
            'scp a.txt me@host.example.com:',
            'ssh -p 22 me@host.example.com',
            'ssh://git@host.example.com/x',
            'git+ssh://git@github.com/x/y.git',
            'lodash@4.17.21',
            '@types/node@20.1.0',
            'pkg@1.0.0-beta.dev',
            'postgres://u:p@db.example.com/x',
            'docker.io/x@sha256:abc',
            'icon@2x.png, logo@dark.svg',
            'getty@tty1.service',
            '@app.route',
            '@ann:example.org',
            'a@b',
        ])
            assert.deepEqual(addresses(text), [], text);
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

describe('a hostile address', () => {
    it('takes no time to end', () => {
        for (const text of [
            `https://a.b/${'.'.repeat(900)}x${'(.'.repeat(500)}`,
            `https://a.b/${'.'.repeat(1_900)}x `.repeat(20),
            `https://a.b/${'😀'.repeat(900)}x `.repeat(20),
            `https://a.b/${'(.'.repeat(900)} `.repeat(20),
            `https://a.b/${'&amp;'.repeat(380)} `.repeat(20),
        ]) {
            const start = performance.now();
            findAddresses(text);
            assert.ok(performance.now() - start < 500, text.slice(0, 40));
        }
        assert.deepEqual(addresses('see https://a.b/c...!?)😀, and'), ['https://a.b/c']);
    });
});
