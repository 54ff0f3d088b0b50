import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { viewStates } from '../../../src/webview/protocol/messages.ts';
import { encryptionWords, viewerCountWords, viewWords } from '../../../src/webview/ui/words.ts';

describe('the words of the viewer', () => {
    it('promises encryption only for pictures that were decrypted', () => {
        const promised = viewStates.filter((s) => encryptionWords(s).tone === 'good');
        assert.deepEqual(promised, ['live', 'frozen']);
    });
    it('says something for every state, and a way on for every one that does not pass by itself', () => {
        for (const state of viewStates) {
            const { line, way } = viewWords(state, 'Ann');
            assert.ok(line.length > 0, state);
            if (!['connecting', 'live', 'reconnecting'].includes(state)) assert.ok(way, state);
        }
    });
    it('names the sharer when it is known', () => {
        assert.match(viewWords('notSharing', 'Ann').headline ?? '', /^Ann is not/u);
        assert.match(viewWords('notSharing', '').headline ?? '', /^The sharer is not/u);
    });
    it('counts people in words', () =>
        assert.deepEqual([0, 1, 2].map(viewerCountWords), [
            'Nobody is watching yet',
            '1 person is watching',
            '2 people are watching',
        ]));
});
