import assert from 'node:assert/strict';
import fc from 'fast-check';
import { plainName, plainText } from '../../../src/extension/shell/plainText.ts';

/** What VS Code takes for a link in a message, and for an icon in a row. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/giu;
const ICON = /\$\([\w~-]+\)/u;
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const parts = fc.constantFrom('[', ']', '(', ')', '$', '$(', '](', 'x', 'command:hush.stopSharing', 'https://a.b', 'verified', '\u202e', '\u2066', '\n', '\r', '\u2028', '\u200f', ' '); // prettier-ignore
const hostile = fc.array(parts, { maxLength: 40 }).map((list) => list.join(''));

describe('text from outside', () => {
    it('has no link and no icon, whatever it is made of, and stays on its line', () => {
        fc.assert(
            fc.property(hostile, (text) => {
                const shown = plainText(text);
                assert.doesNotMatch(shown, LINK);
                assert.doesNotMatch(shown, ICON);
                assert.doesNotMatch(shown, TURNING);
                assert.doesNotMatch(shown, /[\n\r\u2028\u2029]/u);
            }),
        );
    });
    it('makes no link together with what our own sentence has around it', () => {
        fc.assert(
            fc.property(hostile, hostile, (name, room) => {
                assert.doesNotMatch(plainText(`${plainName(name)} invites you to ${plainName(room)}`), LINK);
                assert.doesNotMatch(`$(account) ${plainName(name)}`.slice('$(account) '.length), ICON);
            }),
        );
    });
    it('what a name like a button looked like can still be read', () => {
        const shown = plainText('[Verify](command:hush.stopSharing) $(verified) Alice');
        assert.equal(shown.replaceAll('\u200b', ''), '[Verify](command:hush.stopSharing) $(verified) Alice');
    });
    it('names are cut where they would push the sentence away', () => {
        assert.equal(plainName('Alice'), 'Alice');
        assert.equal([...plainName('🦊'.repeat(500))].length, 80);
    });
});
