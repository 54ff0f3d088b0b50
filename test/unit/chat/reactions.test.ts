/** Which reactions are one, how they look, and that what is sent is whole. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { withChanges } from '../../../src/core/chat/echoes.ts';
import type { Reaction } from '../../../src/core/chat/message.ts';
import { createOutbox, type Waiting } from '../../../src/core/chat/outbox.ts';
import { isSameReaction } from '../../../src/core/base/reactionKey.ts';
import { foldMessages } from '../../../src/matrix/chat/foldMessages.ts';
import type { RawEvent } from '../../../src/matrix/events/rawEvent.ts';
import { message } from './chatWorld.ts';
import { ALICE, clear, FakeRoom, sealed, text } from './fakeRoom.ts';

const PEOPLE = { self: ALICE, name: (id: string) => id, mayDelete: () => true };
const event = (id: string, type: string, content: object, sender = ALICE): RawEvent => ({
    id,
    sender,
    ts: 1,
    type,
    content,
    relation: (content as Record<string, unknown>)['m.relates_to'],
    redacted: false,
    txnId: undefined,
    encrypted: type === 'm.room.message',
    failure: undefined,
});
const ME = { sender: '@me:hs' };
const about = (key: string): object => ({ 'm.relates_to': { rel_type: 'm.annotation', event_id: '$m', key } });
const reactions = (...all: readonly (readonly [sender: string, key: string, more?: object])[]): readonly Reaction[] => {
    const events = all.map(([sender, key, more], i) =>
        event(`$r${i}`, 'm.reaction', { ...about(key), ...more }, sender),
    );
    return foldMessages([event('$m', 'm.room.message', text('hi')), ...events], PEOPLE)[0]?.reactions ?? [];
};

describe('reactions', () => {
    it('are one with and without a variation selector, in either order', () => {
        for (const [a, b] of [
            ['👍', '👍\uFE0F'],
            ['❤', '❤\uFE0F'],
            ['1\u20E3', '1\uFE0F\u20E3'],
            ['🏳\uFE0F\u200D🌈', '🏳\u200D🌈'],
            ['✔\uFE0E', '✔\uFE0F'],
        ] as const)
            for (const [first, second] of [
                [a, b],
                [b, a],
            ]) {
                const [one, ...others] = reactions([ALICE, first ?? ''], ['@bob:hs', second ?? '']);
                assert.deepEqual([others.length, one?.names.length, one?.own], [0, 2, '$r0'], a);
            }
    });

    it('are different with another skin, sex, flag or letter', () => {
        for (const [a, b] of [
            ['👍', '👍🏽'],
            ['👩\u200D💻', '👨\u200D💻'],
            ['🇩🇪', '🇩🇰'],
            ['🏴', '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}'],
            ['LGTM', 'lgtm'],
        ] as const) {
            assert.ok(!isSameReaction(a, b));
            assert.equal(reactions([ALICE, a], [ALICE, b]).length, 2, a);
        }
    });

    it('have their colour where a client left out the selector', () => {
        assert.deepEqual(
            reactions([ALICE, '❤'], [ALICE, '1\u20E3'], [ALICE, '👍'], [ALICE, 'ok']).map(
                ({ key, label = key }) => label,
            ),
            ['❤\uFE0F', '1\uFE0F\u20E3', '👍', 'ok'],
        );
    });

    it('with long keys stay apart, and whole', () => {
        const long = 'x'.repeat(48);
        const keys = [`${long}a`, `${long}b`, '\n two  lines', '👨\u200D👩\u200D👧'.repeat(9), 'y'.repeat(60_000)];
        const all = reactions(...keys.map((key) => [ALICE, key] as const));
        assert.deepEqual(
            all.map(({ key }) => key),
            keys,
        );
        for (const { key, label = key } of all) assert.ok(label.length <= 48 && !label.includes('\n'), label);
        assert.equal(all[3]?.label, `${'👨\u200D👩\u200D👧'.repeat(5)}…`, 'a family stays whole');
        assert.equal(reactions([ALICE, ''], [ALICE, ' ']).length, 0);
    });

    it('with a custom emoji show its name', () => {
        const [named, other] = reactions(
            [ALICE, 'mxc://hs/a', { shortcode: ':party:' }],
            [ALICE, 'mxc://hs/b', { 'com.beeper.reaction.shortcode': ':no:' }],
        );
        assert.deepEqual([named?.key, named?.label, other?.label], ['mxc://hs/a', ':party:', ':no:']);
    });

    it('takes our reaction back in all its forms', async () => {
        const room = new FakeRoom(
            [
                sealed('$m', text('hi')),
                clear('$r1', about('👍'), 'm.reaction', ME),
                clear('$r2', about('👍\uFE0F'), 'm.reaction', ME),
                clear('$r3', about('🎉'), 'm.reaction', ME),
                clear('$r4', about('👍'), 'm.reaction', { sender: '@bob:hs' }),
            ],
            5,
        );
        const own = (await room.chat.timeline(null)).messages[0]?.reactions[0]?.own ?? '';
        assert.deepEqual([own, ...room.chat.twinsOf(own)].toSorted(), ['$r1', '$r2']);
        assert.deepEqual(room.chat.twinsOf('$r3'), []);
        assert.deepEqual(room.chat.twinsOf('$m'), []);
    });

    it('counts a reaction that is being sent with the existing one, in any form', () => {
        const target = message('$m', ALICE, { reactions: [{ key: '❤', names: ['Bob'], own: null }] });
        const written = { kind: 'reaction', target: '$m', key: '❤\uFE0F' } as const;
        const waiting: Waiting = {
            roomId: '!r',
            txnId: 't',
            lane: '!r',
            written,
            ts: 1,
            problem: null,
            waits: false,
            accepted: true,
        };
        const how = { self: { userId: ALICE, name: 'Me' }, isUnderWay: () => true };
        const [shown] = withChanges([target], [waiting], how);
        assert.deepEqual(
            shown?.reactions.map(({ key, names, own }) => [key, names, own]),
            [['❤', ['Bob', 'Me'], 't']],
        );
        const outbox = createOutbox([], () => undefined);
        outbox.add(waiting);
        outbox.arrived('!r', [{ ...target, reactions: [{ key: '❤', names: ['Me'], own: '$r' }] }]);
        assert.equal(outbox.waiting.length, 0);
    });
});
