import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { ownStatus } from '../../../src/core/rooms/presencePort.ts';
import { visibleLine, visibleText } from '../../../src/core/base/visibleText.ts';

describe('text of others, made visible', () => {
    it('keeps what languages and emoji are written with', () => {
        for (const text of ['می‌خواهم', '👩‍💻', '❤️', 'क्‍ष', 'ᠮᠣᠩᠭᠣᠯ ᠤ᠋ᠨ', 'a\tb\nc', '⠓⠥⠎⠓⠀⠓⠑⠗⠑'])
            assert.equal(visibleText(text), text);
    });

    it('shows by their code what reorders, hides or fills', () => {
        for (const code of [
            0x00ad, 0x061c, 0x115f, 0x180e, 0x200b, 0x202e, 0x2060, 0x2066, 0x3164, 0xfeff, 0xffa0, 0xe0041,
        ])
            assert.equal(
                visibleText(`a${String.fromCodePoint(code)}b`),
                `a[U+${code.toString(16).toUpperCase().padStart(4, '0')}]b`,
            );
        assert.equal(visibleLine('photo.jpg\u2800.exe', 100), 'photo.jpg[U+2800].exe');
    });

    it('is one line of the length that was asked for, whatever it was', () => {
        fc.assert(
            fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 100 }), (text, max) => {
                const line = visibleLine(text, max);
                assert.ok(line.length <= max && !/[\n\r\u202A-\u202E\u2066-\u2069]/u.test(line));
            }),
        );
    });
});

describe('one’s own status', () => {
    it('is told only where the person lets it be', () => {
        const all = [true, false].flatMap((send) => [true, false].map((active) => ownStatus(send, active)));
        assert.deepEqual(all, ['online', 'away', 'hidden', 'hidden']);
    });
});
