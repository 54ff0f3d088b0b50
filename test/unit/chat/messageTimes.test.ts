/** Dates and times of messages, right and wrong ones. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createTimeWords } from '../../../src/core/base/timeWords.ts';
import { chatHtml } from '../../../src/extension/chat/chatHtml.ts';
import { timesOf } from '../../../src/webview/chat/messageTimes.ts';
import { ChatWorld, message, ROOM } from './chatWorld.ts';

const words = createTimeWords('en-GB');
const at = (day: number, hour = 12): number => new Date(2026, 5, day, hour).getTime();
const NOW = at(10, 13);
const odd = (...all: readonly number[]): boolean[] =>
    timesOf(
        all.map((ts) => ({ ts })),
        NOW,
        words,
    ).map((time) => time.odd);
const days = (...all: readonly number[]): (string | undefined)[] =>
    timesOf(
        all.map((ts) => ({ ts })),
        NOW,
        words,
    ).map(({ newDay }) => newDay?.replace(/,? (\d+) June 2026$/u, ' $1'));

describe('when messages were sent', () => {
    it('is told by days in the order of the room', () => {
        assert.deepEqual(days(at(8), at(8, 15), at(9), at(10)), ['Monday 8', undefined, 'Tuesday 9', 'Wednesday 10']);
        assert.deepEqual(days(at(9), at(8), at(9)), ['Tuesday 9', undefined, undefined], 'one came late');
        assert.deepEqual(odd(at(9), at(8), at(9)), [false, true, false]);
    });

    it('opens no day where a clock is wrong, and says so', () => {
        for (const wrong of [
            new Date(2100, 0, 1).getTime(),
            at(10, 15),
            at(11),
            0,
            -1,
            Number.NaN,
            Infinity,
            8.64e15,
            8.64e15 + 1,
            new Date(2001, 0, 1).getTime(),
        ]) {
            assert.deepEqual(days(at(10), wrong, at(10)), ['Wednesday 10', undefined, undefined], String(wrong));
            const [, time] = timesOf([{ ts: at(10) }, { ts: wrong }], NOW, words);
            assert.equal(time?.label, 'wrong clock');
            assert.match(
                time.title,
                /^This clock or that of the sender’s homeserver is wrong\. The message says: (?!.*Invalid)/u,
            );
        }
        assert.deepEqual(odd(at(10, 13) + 50 * 60_000), [false], 'clocks differ by some minutes');
    });

    it('is believed against our own clock where many say the same', () => {
        const tomorrow = [0, 1, 2, 3, 4].map((n) => at(12, n));
        assert.deepEqual(new Set(odd(...tomorrow)), new Set([false]));
        assert.deepEqual(odd(...tomorrow, new Date(2100, 0, 1).getTime()).at(-1), true);
    });

    it('never throws, and never is an invalid date', () => {
        fc.assert(
            fc.property(fc.array(fc.double()), (all) => {
                for (const time of timesOf(
                    all.map((ts) => ({ ts })),
                    NOW,
                    words,
                ))
                    assert.doesNotMatch(`${time.label}${time.title}${time.newDay}`, /Invalid/u);
            }),
        );
    });

    it('does not count later messages as read because of a time in the future', async () => {
        const world = new ChatWorld();
        world.chat.messages.push(message('$future', '@you:hs', { ts: 4_102_444_800_000 })); // now is 5
        await world.open();
        assert.deepEqual(world.memory.get('seen @me:hs'), [[ROOM.roomId, { key: '$future', ts: 3_600_005 }]]);
        world.chat.messages = [message('$later', '@you:hs', { ts: 3_600_006 })];
        await world.open();
        assert.equal(world.session.unread, 1);
    });
});

describe('dates and times', () => {
    it('are in VS Code’s language, also where it is none that is known', () => {
        const moment = new Date(2026, 2, 5, 14, 7).getTime();
        assert.equal(createTimeWords('de').day(moment), 'Donnerstag, 5. März 2026');
        assert.equal(createTimeWords('fr').day(moment), 'jeudi 5 mars 2026');
        assert.match(createTimeWords('ja').moment(moment), /^2026\/03\/05 14:07$/u);
        assert.match(createTimeWords('pt-br').moment(moment), /5 de mar/u);
        assert.match(createTimeWords('en').time(moment), /^02:07\sPM$/u);
        for (const language of ['', 'x_y', 'qps-ploc', 'no such language'])
            assert.equal(createTimeWords(language).day(moment), 'Thursday, March 5, 2026', language);
        for (const none of [Number.NaN, Infinity, 1e20]) assert.equal(createTimeWords('en').time(none), 'unknown time');
    });

    it('come to the page with it', () => {
        const page = { generation: 1, cspSource: '', nonce: '', scriptUri: '', styleUri: '' };
        assert.match(chatHtml({ ...page, language: 'de"' }), / lang="en" .*data-hush-language="de&quot;"/u);
    });

    it('are made in one place only', () => {
        const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
        const others = files.filter((file) =>
            /\.toLocale(?:Date|Time)?String\(|Intl\.DateTimeFormat/u.test(readFileSync(`src/${file}`, 'utf8')),
        );
        assert.deepEqual(others, ['core/base/timeWords.ts']);
    });
});
