/** Which bytes are images, and how large browsers show them. What Chromium does with each was measured (156). */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { imageKind, isTooManyPixels } from '../../../src/core/files/imageKind.ts';

const le16 = (n: number): number[] => [n & 255, n >> 8];
const side = fc.integer({ min: 1, max: 32_000 });

/** A GIF up to and with the descriptor of its first image. `extensions`: the blocks of each. */
function gif(
    screen: readonly [number, number],
    frame: readonly [number, number, number, number],
    { table = 0, extensions = [] as readonly (readonly Uint8Array[])[] } = {},
): Buffer {
    const colours = table === 0 ? 0 : 3 * 2 ** table;
    return Buffer.concat([
        Buffer.from('GIF89a'),
        Buffer.from([...screen.flatMap(le16), table === 0 ? 0x70 : 0x80 | (table - 1), 0, 0]),
        Buffer.alloc(colours, 0x2c),
        ...extensions.flatMap((blocks) => [
            Buffer.from([0x21, 0xfe]),
            ...blocks.flatMap((block) => [Buffer.from([block.length]), block]),
            Buffer.from([0]),
        ]),
        Buffer.from([0x2c, ...frame.flatMap(le16), 0]),
    ]);
}
const sof = (width: number, height: number): Buffer =>
    Buffer.from([0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 0x11, 0]);
const segment = (marker: number, content: Uint8Array): Buffer =>
    Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content]);
const SOI = Buffer.from([0xff, 0xd8]);
/** `before`: entries of the directory before the orientation's. */
function tiff(orientation: number, little: boolean, before = 0): Buffer {
    const n16 = (n: number): number[] => (little ? le16(n) : le16(n).toReversed());
    const n32 = (n: number): number[] => (little ? [...n16(n), 0, 0] : [0, 0, ...n16(n)]);
    const entry = (tag: number, value: number): number[] => [...n16(tag), ...n16(3), ...n32(1), ...n16(value), 0, 0];
    return Buffer.from([
        ...Buffer.from(little ? 'II' : 'MM'),
        ...n16(42),
        ...n32(8),
        ...n16(before + 1),
        ...Array.from({ length: before }, () => entry(0x0100, 6)).flat(),
        ...entry(0x0112, orientation),
        ...n32(0),
    ]);
}
const exif = (content: Uint8Array): Buffer => Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), content]);
const sizeOf = (bytes: Uint8Array): readonly [number, number] | undefined => {
    const kind = imageKind(bytes);
    return kind && [kind.width, kind.height];
};

describe('images', () => {
    const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');
    const known: readonly (readonly [string, string, readonly [string, number, number]])[] = [
        ['PNG', '89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 08060000', ['image/png', 640, 480]],
        ['GIF', '474946383961 8002 e001 700000 2c 0000 0000 8002 e001 00', ['image/gif', 640, 480]],
        [
            'WebP, lossy',
            '52494646 00000000 57454250 56503820 00000000 000000 9d012a 8002 e001 0000',
            ['image/webp', 640, 480],
        ],
        [
            'WebP, lossless',
            '52494646 00000000 57454250 5650384c 00000000 2f 7fc27700 0000000000',
            ['image/webp', 640, 480],
        ],
        [
            'WebP, extended',
            '52494646 00000000 57454250 56503858 0a000000 10000000 7f0200 df0100',
            ['image/webp', 640, 480],
        ],
        ['JPEG', 'ffd8 ffe0 0010 4a46494600010100000100010000 ffc0 0011 08 01e0 0280 03', ['image/jpeg', 640, 480]],
    ];
    for (const [what, hex, [type, width, height]] of known)
        it(`${what} is known by its first bytes`, () => {
            assert.deepEqual(imageKind(bytesOf(hex)), { type, width, height });
        });

    it('a drawing with scripts, a page and an empty file are none, whatever they are called', () => {
        for (const text of ['<svg xmlns="http://www.w3.org/2000/svg"/>', '<html>', '', 'GIF', '\u0089PNG', 'BM....'])
            assert.equal(imageKind(Buffer.from(text, 'latin1')), undefined);
    });

    it('any bytes are looked at without an exception', () => {
        const heads = fc.constantFrom(
            'ffd8ff',
            'ffd8ffe00002',
            'ffd8ffffffffff',
            '474946383961010001008000000000000000002c',
            '4749463839610100010080000000000000000021f9',
            '89504e470d0a1a0a0000000d49484452',
            '52494646000000005745425056503858',
        );
        fc.assert(
            fc.property(fc.tuple(heads, fc.uint8Array({ maxLength: 64 })), ([head, rest]) => {
                const kind = imageKind(Buffer.concat([bytesOf(head), rest]));
                if (kind) assert.ok(kind.width > 0 && kind.height > 0);
            }),
            { numRuns: 500 },
        );
    });

    it('a small file that unpacks to billions of pixels is not shown', () => {
        assert.ok(isTooManyPixels({ type: 'image/png', width: 100_000, height: 100_000 }));
        assert.ok(!isTooManyPixels({ type: 'image/png', width: 7_680, height: 4_320 }), '8K is fine');
    });

    it('a GIF is as large as its screen and what sticks out of it of its first image, whatever is written before', () => {
        const extensions = fc.array(fc.array(fc.uint8Array({ minLength: 1, maxLength: 255 }), { maxLength: 3 }), {
            maxLength: 3,
        });
        const frame = fc.tuple(side, side, side, side);
        fc.assert(
            fc.property(
                fc.tuple(side, side),
                frame,
                fc.nat(8),
                extensions,
                fc.nat(),
                (screen, [left, top, width, height], table, blocks, cut) => {
                    const bytes = gif(screen, [left, top, width, height], { table, extensions: blocks });
                    const [w, h] = screen;
                    assert.deepEqual(sizeOf(bytes), [Math.max(w, left + width), Math.max(h, top + height)]);
                    // Without a descriptor nobody knows how large it gets.
                    assert.equal(imageKind(bytes.subarray(0, cut % (bytes.length - 1))), undefined);
                },
            ),
        );
    });

    it('a GIF of one pixel whose image has 256 million is not unpacked; its later images are cut to the first', () => {
        const kind = imageKind(gif([1, 1], [0, 0, 16_000, 16_000]));
        assert.ok(kind && isTooManyPixels(kind));
        const image = [0, 2, 2, 0x44, 0x01, 0];
        const second = [0x2c, ...[0, 0, 2_000, 1_000].flatMap(le16), ...image];
        assert.deepEqual(
            sizeOf(Buffer.from([...gif([1, 1], [0, 0, 1, 1]).subarray(0, -1), ...image, ...second])),
            [1, 1],
        );
    });

    it('a picture behind a marker without a length, where decoders find it, is not passed over', () => {
        const hidden = Buffer.concat([sof(16_000, 16_000), segment(0xda, Buffer.alloc(8))]);
        for (const marker of [0x00, 0x01, ...Array.from({ length: 10 }, (_, i) => 0xd0 + i)]) {
            const bytes = Buffer.concat([SOI, segment(marker, hidden), sof(16, 8)]);
            assert.equal(imageKind(bytes), undefined, marker.toString(16));
        }
        assert.equal(imageKind(Buffer.concat([SOI, segment(0xda, hidden), sof(16, 8)])), undefined, 'a scan');
        assert.deepEqual(sizeOf(Buffer.concat([SOI, segment(0xe2, hidden), sof(16, 8)])), [16, 8], 'not for decoders');
    });

    it('a photograph has the width and height that it is shown with', () => {
        fc.assert(
            fc.property(
                side,
                side,
                fc.nat(9),
                fc.boolean(),
                fc.nat(4),
                (width, height, orientation, little, before) => {
                    const camera = segment(0xe1, exif(tiff(orientation, little, before)));
                    const other = segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0'));
                    const turned = orientation >= 5 && orientation <= 8;
                    const shown = turned ? [height, width] : [width, height];
                    assert.deepEqual(sizeOf(Buffer.concat([SOI, other, camera, sof(width, height)])), shown);
                    const again = segment(0xe1, exif(tiff(turned ? 1 : 6, little)));
                    assert.deepEqual(
                        sizeOf(Buffer.concat([SOI, camera, again, sof(width, height)])),
                        shown,
                        'the first',
                    );
                },
            ),
        );
    });

    it('a PNG that says so is turned as well', () => {
        const head = bytesOf('89504e470d0a1a0a 0000000d 49484452 00000280 000001e0 0806000000 00000000');
        const chunk = (type: string, content: Buffer): Buffer =>
            Buffer.concat([Buffer.from([0, 0, 0, content.length]), Buffer.from(type), content, Buffer.alloc(4)]);
        const [text, turn] = [chunk('tEXt', Buffer.from('eXIf')), chunk('eXIf', tiff(6, false))];
        assert.deepEqual(sizeOf(Buffer.concat([head, text, turn])), [480, 640]);
        assert.deepEqual(sizeOf(Buffer.concat([head, text, chunk('IDAT', Buffer.alloc(0)), turn])), [640, 480]);
    });

    it('does not turn a picture for malformed camera data, and reads only the data that is there', () => {
        const plausible = fc
            .tuple(fc.constantFrom(5, 6, 8), fc.boolean(), fc.nat(3))
            .map(([orientation, little, before]) => tiff(orientation, little, before));
        const spoilt = fc
            .tuple(plausible, fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }), fc.nat(70))
            .map(([bytes, changes, cut]) => {
                for (const [at, value] of changes) bytes[at % bytes.length] = value;
                return bytes.subarray(0, cut);
            });
        fc.assert(
            fc.property(fc.oneof(spoilt, fc.uint8Array({ maxLength: 60 })), (content) => {
                const size = sizeOf(Buffer.concat([SOI, segment(0xe1, exif(content)), sof(400, 200)]));
                assert.ok(size && Math.min(...size) === 200 && Math.max(...size) === 400);
            }),
            { numRuns: 1_000 },
        );
        const cut = exif(tiff(6, false).subarray(0, 18));
        assert.deepEqual(sizeOf(Buffer.concat([SOI, segment(0xe1, cut), sof(400, 200)])), [400, 200]);
    });
});
