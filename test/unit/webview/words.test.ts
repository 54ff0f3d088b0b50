import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { agains, viewStates } from '../../../src/core/share/mediaMessages.ts';
import { trustLevels } from '../../../src/core/trust/trustLevels.ts';
import {
    durationWords,
    encryptionWords,
    endedWords,
    limitWords,
    viewerCountWords,
    viewWords,
} from '../../../src/webview/ui/words.ts';
import { deviceLabel, trustMeaning, trustWord } from '../../../src/core/trust/trustWords.ts';

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
    it('say for an ended share who shared, for how long, and what comes next', () => {
        for (const again of agains) {
            const words = endedWords('Ann', again, 125_000);
            assert.match(words.headline ?? '', /^Ann /u, again);
            assert.match(words.explanation ?? '', /^The share lasted 2 minutes\./u, again);
            const labels = [words.way, ...(words.more ?? [])].map((way) => way?.label);
            assert.ok(labels.includes('Open Chat') && labels.includes('Close Tab'), again);
        }
        assert.equal(endedWords('', 'offered', undefined).explanation, '');
    });
    it('say a time as people do', () => {
        assert.deepEqual([400, 1_000, 59_000, 60_000, 90_000, 3_599_000, 3_600_000, 5_460_000].map(durationWords), [
            '1 second',
            '1 second',
            '59 seconds',
            '1 minute',
            '2 minutes',
            '1 hour',
            '1 hour',
            '1 hour 31 minutes',
        ]);
    });
    it('have one word for a level of trust, and no ID beside a name', () => {
        assert.equal(new Set(trustLevels.map(trustWord)).size, trustLevels.length);
        for (const level of trustLevels)
            assert.ok(
                trustMeaning(level)
                    .toLowerCase()
                    .startsWith(`${trustWord(level)}:`),
            );
        assert.equal(deviceLabel('Ann', 'Laptop'), 'Ann · Laptop');
        assert.equal(deviceLabel('Ann', ''), 'Ann');
        assert.equal(deviceLabel('Ann', 'a\u202Eb'), 'Ann · a[U+202E]b');
    });
    it('counts people in words', () =>
        assert.deepEqual([0, 1, 2].map(viewerCountWords), [
            'Nobody is watching yet',
            '1 person is watching',
            '2 people are watching',
        ]));

    it('say on the sharer’s page why few frames leave, and nothing while enough do', () => {
        assert.match(limitWords('cpu', 3.4, 30, 'text'), /^3 frames per second: this machine.*sharp/u);
        assert.match(limitWords('bandwidth', 5, 30, 'motion'), /the connection is slow\.$/u);
        for (const [why, rate] of [
            ['cpu', 15],
            ['none', 3],
            ['cpu', 0],
        ] as const)
            assert.equal(limitWords(why, rate, 30, 'text'), '');
    });
});
