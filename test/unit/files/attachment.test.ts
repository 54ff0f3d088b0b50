/** What messages say about files, from people and servers that may be hostile. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { safeFileName, shownName } from '../../../src/core/files/fileName.ts';
import { mimeTypeOf } from '../../../src/extension/files/mimeType.ts';
import { parseMessage } from '../../../src/matrix/chat/parseMessage.ts';
import { attachmentOf } from '../../../src/matrix/files/attachment.ts';
import { formatMxc, mxcPath, parseMxc } from '../../../src/matrix/files/mxc.ts';
import { assertWithin } from '../../../src/matrix/files/uploadLimit.ts';
import { sizeWords } from '../../../src/core/base/sizeWords.ts';

const serverName = fc
    .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })))
    .map(([host, port]) => (port === null ? host : `${host}:${port}`));
const mediaId = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/u);
const FILE = {
    v: 'v2',
    url: 'mxc://hs.example/abc',
    key: { kty: 'oct', alg: 'A256CTR', k: 'A'.repeat(43), key_ops: ['encrypt', 'decrypt'], ext: true },
    iv: 'A'.repeat(22),
    hashes: { sha256: 'A'.repeat(43) },
};
const image = (more: Record<string, unknown>): unknown => ({ msgtype: 'm.image', body: 'a.png', file: FILE, ...more });

describe('mxc URIs', () => {
    it('are read as they are written', () => {
        fc.assert(
            fc.property(serverName, mediaId, (server, media) => {
                assert.deepEqual(parseMxc(formatMxc({ serverName: server, mediaId: media })), {
                    serverName: server,
                    mediaId: media,
                });
            }),
        );
    });

    it('whatever is taken for one leads to two segments of a path, and nowhere else', () => {
        const part = fc.oneof(
            serverName,
            mediaId,
            fc.string(),
            fc.constantFrom('..', '.', '%2e%2e', 'a?b', 'a#b', '\\'),
        );
        const uri = fc.oneof(
            fc.anything(),
            fc.string(),
            fc.tuple(part, part).map(([a, b]) => `mxc://${a}/${b}`),
            fc.tuple(part, part, part).map((all) => `mxc://${all.join('/')}`),
        );
        fc.assert(
            fc.property(uri, (value) => {
                const mxc = parseMxc(value);
                if (!mxc) return;
                assert.equal(value, formatMxc(mxc));
                const url = new URL(`https://hs.example/_matrix/client/v1/media/download/${mxcPath(mxc)}`);
                assert.equal(url.host, 'hs.example');
                assert.match(url.pathname, /^\/_matrix\/client\/v1\/media\/download\/[^/]+\/[^/]+$/u);
                assert.deepEqual([url.search, url.hash], ['', '']);
            }),
            { numRuns: 500 },
        );
    });

    for (const bad of [
        'mxc://hs/',
        'mxc:///a',
        'mxc://hs/a/b',
        'mxc://hs/..',
        'mxc://../a',
        'http://hs/a',
        'mxc://hs/a?b',
        'mxc://h s/a',
        'MXC://hs/a',
        'mxc://hs:99999/a',
    ])
        it(`${bad} is none`, () => assert.equal(parseMxc(bad), undefined));
});

describe('what a message says of its file', () => {
    it('anything at all is read without an exception, and only well-formed sources come out', () => {
        const odd = fc.oneof(fc.anything(), fc.constant(FILE), fc.constant('mxc://hs/a'));
        const content = fc.record(
            {
                msgtype: fc.oneof(fc.constantFrom('m.image', 'm.file', 'm.video', 'm.text'), fc.anything()),
                body: odd,
                filename: odd,
                file: odd,
                url: odd,
                info: fc.oneof(fc.anything(), fc.record({ size: odd, w: odd, h: odd, thumbnail_file: odd })),
            },
            { requiredKeys: [] },
        );
        fc.assert(
            fc.property(fc.oneof(content, fc.anything()), (value) => {
                const attachment = attachmentOf(value);
                for (const source of [attachment?.source, attachment?.thumbnail])
                    if (source) assert.ok(parseMxc(formatMxc(source.mxc)));
            }),
        );
    });

    const wrong: readonly (readonly [string, unknown])[] = [
        ['a key of 31 bytes', { ...FILE, key: { ...FILE.key, k: 'A'.repeat(42) } }],
        ['a key of 33 bytes', { ...FILE, key: { ...FILE.key, k: 'A'.repeat(44) } }],
        ['a key in the wrong alphabet', { ...FILE, key: { ...FILE.key, k: `${'A'.repeat(42)}/` } }],
        ['another algorithm', { ...FILE, key: { ...FILE.key, alg: 'A128CTR' } }],
        ['an IV of 12 bytes', { ...FILE, iv: 'A'.repeat(16) }],
        ['no hash', { ...FILE, hashes: {} }],
        ['a hash of the wrong length', { ...FILE, hashes: { sha256: 'AAAA' } }],
        ['an older version', { ...FILE, v: 'v1' }],
        ['a URL that leads elsewhere', { ...FILE, url: 'https://evil.example/a' }],
    ];
    for (const [what, file] of wrong)
        it(`${what} makes it unreadable, and a clear URL beside it is not used instead`, () => {
            const attachment = attachmentOf({ msgtype: 'm.file', body: 'a', file, url: 'mxc://hs/clear' });
            assert.ok(attachment);
            assert.equal(attachment.source, undefined);
        });

    it('sizes that cannot be are no sizes', () => {
        const of = (info: unknown) => attachmentOf(image({ info }));
        assert.equal(of({ size: 2 ** 53 })?.size, undefined);
        assert.equal(of({ size: -1 })?.size, undefined);
        assert.equal(of({ size: '12' })?.size, undefined);
        assert.equal(of({ size: 12, w: 1e9, h: 0 })?.width, undefined);
        assert.deepEqual([of({ size: 12, w: 3, h: 4 })?.size, of({ w: 3 })?.width], [12, 3]);
    });

    it('a caption does not hide the name', () => {
        assert.equal(attachmentOf(image({ body: 'look at this', filename: 'b.png' }))?.name, 'b.png');
    });

    it('neither key nor address of it reaches the page', () => {
        const shown = JSON.stringify(parseMessage(image({ info: { size: 3, thumbnail_file: FILE } })));
        assert.match(shown, /a\.png/u);
        for (const secret of [FILE.key.k, FILE.iv, 'mxc:']) assert.ok(!shown.includes(secret), shown);
    });

    it('padded base64 is taken as well', () => {
        const file = { ...FILE, iv: `${FILE.iv}==`, hashes: { sha256: `${FILE.hashes.sha256}=` } };
        assert.equal(attachmentOf(image({ file }))?.source?.kind, 'encrypted');
    });
});

describe('names of files', () => {
    it('any name becomes one that stays in its folder, is seen, and is what it looks like', () => {
        const tricky = fc.constantFrom(
            '../',
            '..\\',
            '/',
            '\u202E',
            '\u200B',
            ':',
            '.',
            ' ',
            '\0',
            'con',
            'nul.txt',
            '\uD800',
        );
        const name = fc.oneof(
            fc.string({ unit: 'binary' }),
            fc.array(fc.oneof(tricky, fc.string())).map((all) => all.join('')),
        );
        fc.assert(
            fc.property(name, (value) => {
                const safe = safeFileName(value);
                assert.ok(safe.length > 0 && safe.length <= 90, safe);
                assert.ok(Buffer.byteLength(safe) <= 255);
                assert.doesNotMatch(safe, /[/\\:*?"<>|\u0000-\u001F\u202A-\u202E\u2066-\u2069\u200B]/u);
                assert.doesNotMatch(safe, /^[. ]|[. ]$/u);
                assert.doesNotMatch(safe, /^(?:con|nul|prn|aux)(?:\.|$)/iu);
                assert.ok(safe.isWellFormed());
                assert.equal(safeFileName(safe), safe);
                assert.ok(shownName(value).length > 0);
            }),
            { numRuns: 1_000 },
        );
    });

    it('ordinary names stay', () => {
        for (const name of ['report.pdf', '__init__.py', 'a b (2).tar.gz', 'Übersicht.png', '図.webp', 'Makefile'])
            assert.equal(safeFileName(name), name);
    });

    it('a path keeps nothing of its folders’ power, and a long name keeps its ending', () => {
        assert.equal(safeFileName('../../etc/passwd'), '_._etc_passwd');
        assert.equal(safeFileName('C:\\Windows\\x.exe'), 'C__Windows_x.exe');
        assert.ok(safeFileName(`${'a'.repeat(500)}.png`).endsWith('a.png'));
        assert.equal(safeFileName('photo\u202Egnp.exe'), 'photo_gnp.exe');
        assert.match(shownName('photo\u202Egnp.exe'), /U\+202E/u);
        assert.equal(safeFileName('...'), 'attachment');
        for (const blank of ['\u2800', '\u3164', '\uFFA0', '\u200B']) {
            const name = `photo.jpg${blank.repeat(30)}.exe`;
            assert.equal(safeFileName(name), `photo.jpg${'_'.repeat(30)}.exe`);
            assert.match(shownName(name), /^photo\.jpg\[U\+[0-9A-F]{4}\]/u);
        }
        assert.equal(safeFileName('COM¹.txt'), '_COM¹.txt');
        assert.equal(safeFileName('conin$'), '_conin$');
        for (const name of [`a..${'b'.repeat(80)}`, `con.${'b'.repeat(80)}`, 'a. .b'])
            assert.equal(safeFileName(safeFileName(name)), safeFileName(name));
    });

    it('give a type to the other side', () => {
        assert.deepEqual(
            [mimeTypeOf('a.PDF'), mimeTypeOf('a.rs'), mimeTypeOf('a.rs', true), mimeTypeOf('constructor.constructor')],
            ['application/pdf', 'application/octet-stream', 'text/plain', 'application/octet-stream'],
        );
    });
});

describe('sizes', () => {
    it('are told as people say them', () => {
        assert.deepEqual([1, 999, 1_500, 52_428_800, 999_999, 2 ** 40].map(sizeWords), [
            '1 byte',
            '999 bytes',
            '1.5 KB',
            '52.4 MB',
            '1 MB',
            '1.1 TB',
        ]);
    });
    it('beyond the server’s limit are refused with both numbers', () => {
        assert.throws(() => assertWithin(50_000_000, 60_000_000), /60 MB.*50 MB/u);
        assertWithin(undefined, 1e12);
        assertWithin(10, 10);
    });
});
