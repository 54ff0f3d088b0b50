/** A room's conversation on the SDK's events, and on a homeserver that has many of them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ChatTimeline } from '../../../src/core/chat/chatPort.ts';
import { shownPart } from '../../../src/matrix/chat/shownPart.ts';
import { MAX_SHOWN, type ChatMessage } from '../../../src/core/chat/message.ts';
import { ALICE, clear, edit, FakeRoom, sealed, text } from './fakeRoom.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, i) => sealed(`$${i}`, text(`${i}`)));
const numbers = ({ messages }: ChatTimeline): number[] => messages.map(({ body }) => Number(body));
const oldest = ({ messages }: ChatTimeline): string => messages[0]?.key ?? '';
const newest = ({ messages }: ChatTimeline): string => messages.at(-1)?.key ?? '';

describe('which of many messages are shown', () => {
    it('the one that is looked at is, as many as may be at most, and where there is no room there is more', () => {
        const most = 20;
        fc.assert(
            fc.property(fc.nat(80), fc.nat(80), fc.boolean(), (count, index, anchored) => {
                const anchor = anchored && count > 0 ? index % count : undefined;
                const { first, last, roomAbove, roomBelow } = shownPart(count, anchor, most);
                assert.ok(0 <= first && first <= last && last <= count && last - first <= most);
                if (anchor === undefined) assert.equal(last, count);
                else assert.ok(first <= anchor && anchor < last);
                assert.ok(first === 0 || !roomAbove);
                assert.ok(last === count || !roomBelow);
                if (count < most) assert.deepEqual([first, last], [0, count]);
                // From an end, what comes in there is shown.
                if (anchor === 0) assert.equal(shownPart(count + 1, 1, most).first, 0);
                if (anchor === count - 1) assert.equal(shownPart(count + 1, anchor, most).last, count + 1);
                if (anchor === 0) assert.ok(roomAbove);
                if (anchor === count - 1) assert.ok(roomBelow);
            }),
        );
    });
});

describe('a long conversation', function () {
    this.timeout(60_000);

    it('is gone through up to its beginning and back, in parts of which each has what it was asked for', async () => {
        const total = 2 * MAX_SHOWN + 700;
        const { chat } = new FakeRoom(numbered(total), 50);
        let anchor: string | null = null;
        let part = await chat.timeline(anchor);
        const consistent = (): void => {
            const shown = numbers(part);
            assert.ok(shown.length <= MAX_SHOWN);
            assert.deepEqual(
                shown,
                shown.map((_, i) => (shown[0] ?? 0) + i),
                'a hole',
            );
            assert.ok(anchor === null || part.messages.some(({ key }) => key === anchor), 'the anchor is cut off');
            assert.equal(part.atStart, shown[0] === 0);
            assert.equal(part.atEnd, shown.at(-1) === total - 1);
            assert.ok(!(part.atStart && part.full));
        };
        let parts = 0;
        for (let turns = 0; !part.atStart; turns++) {
            assert.ok(turns < 1_000, 'it does not get to the beginning');
            if (part.full) {
                anchor = oldest(part); // as the page and its host do
                parts++;
            } else {
                if (anchor !== null) anchor = oldest(part);
                await chat.earlier(anchor);
            }
            part = await chat.timeline(anchor);
            if (turns % 20 === 0 || part.full) consistent();
        }
        consistent();
        assert.equal(parts, 1, 'from then on it goes on by itself');
        for (let turns = 0; !part.atEnd; turns++) {
            assert.ok(turns < 1_000, 'it does not get back to the end');
            anchor = newest(part);
            await chat.later(anchor);
            part = await chat.timeline(anchor);
            consistent();
        }
    });

    it('a message that is looked up is shown, however much of what lies below it is loaded', async () => {
        const { chat } = new FakeRoom(numbered(MAX_SHOWN + 900), MAX_SHOWN + 500);
        await chat.find('$410');
        const part = await chat.timeline('$410');
        assert.ok(numbers(part).includes(410) && numbers(part).length <= MAX_SHOWN);
        assert.deepEqual([part.atEnd, part.atStart], [false, false]);
        await chat.find('$100');
        assert.ok(numbers(await chat.timeline('$100')).includes(100));
        assert.equal(numbers(await chat.timeline(null)).at(-1), MAX_SHOWN + 899);
    });
});

describe('what comes in about an old part that is shown', () => {
    /** The part around `$5`, far from what the sync has. */
    async function old(): Promise<{ room: FakeRoom; now: () => Promise<ChatMessage | undefined> }> {
        const room = new FakeRoom(numbered(200), 20);
        await room.chat.find('$5');
        return {
            room,
            now: async () => (await room.chat.timeline('$5')).messages.find(({ key }) => key === '$5'),
        };
    }
    const redaction = (sender: string, redacts = '$5') =>
        clear('$r', { redacts }, 'm.room.redaction', { sender, redacts });

    it('an edit and a reaction show in it', async () => {
        const { room, now } = await old();
        room.arrive(sealed('$e', edit('$5', 'five')));
        room.arrive(
            clear('$re', { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$5', key: '👍' } }, 'm.reaction'),
        );
        const message = await now();
        assert.deepEqual([message?.body, message?.edited, message?.reactions.length], ['five', true, 1]);
        assert.equal((await room.chat.timeline(null)).messages.length, 20, 'they are no messages of their own');
        assert.equal((room.chat.contentOf('$5') as { body: string }).body, 'five');
    });

    it('a redaction of its sender, or of a moderator, takes it back; of somebody else, it does not', async () => {
        for (const [sender, kind] of [
            [ALICE, 'deleted'],
            ['@admin:hs', 'deleted'],
            ['@mallory:hs', 'text'],
        ] as const) {
            const { room, now } = await old();
            room.arrive(redaction(sender));
            assert.equal((await now())?.kind, kind, sender);
            assert.equal(room.chat.contentOf('$5') === undefined, kind === 'deleted');
        }
    });

    it('keeps a message deleted when its moderator loses the role', async () => {
        const { room, now } = await old();
        room.arrive(redaction('@admin:hs'));
        room.powers = {};
        assert.equal((await now())?.kind, 'deleted');
    });

    it('a page that was written before the redaction came in does not bring the message back', async () => {
        const room = new FakeRoom(numbered(200), 20);
        room.arrive(redaction(ALICE));
        await room.chat.find('$5');
        const { messages } = await room.chat.timeline('$5');
        assert.equal(messages.find(({ key }) => key === '$5')?.kind, 'deleted');
    });

    it('an edit that the homeserver tells of beside it counts like one of the timeline, and no other does', async () => {
        const bundle = (event: object) => ({ unsigned: { 'm.relations': { 'm.replace': event } } });
        for (const [what, event, shown] of [
            ['its own', sealed('$e', edit('$5', 'edited')), 'edited'],
            ['in clear', clear('$e', edit('$5', 'forged')), '5'],
            ['of somebody else', sealed('$e', edit('$5', 'forged'), { sender: '@mallory:hs' }), '5'],
            ['of another message', sealed('$e', edit('$6', 'forged')), '5'],
            ['no edit', sealed('$e', text('forged')), '5'],
            ['nonsense', { event_id: '$e' }, '5'],
        ] as const) {
            const events = numbered(200);
            events[5] = sealed('$5', text('5'), bundle(event));
            const room = new FakeRoom(events, 20);
            await room.chat.find('$5');
            const { messages } = await room.chat.timeline('$5');
            assert.deepEqual(
                messages.slice(4, 7).map(({ body }) => body),
                ['4', shown, '6'],
                what,
            );
        }
    });

    it('shows the later one of a bundled edit and an edit in the timeline', async () => {
        const events = numbered(200);
        const bundled = sealed('$e1', edit('$5', 'first'), { origin_server_ts: 5 });
        events[5] = sealed('$5', text('5'), { unsigned: { 'm.relations': { 'm.replace': bundled } } });
        const room = new FakeRoom(events, 20);
        await room.chat.find('$5');
        room.arrive(sealed('$e2', edit('$5', 'second'), { origin_server_ts: 9 }));
        const body = async () => (await room.chat.timeline('$5')).messages.find(({ key }) => key === '$5')?.body;
        assert.equal(await body(), 'second');
        room.arrive(clear('$r', { redacts: '$e2' }, 'm.room.redaction'));
        assert.equal(await body(), 'first');
        room.arrive(clear('$r2', { redacts: '$e1' }, 'm.room.redaction'));
        assert.equal(await body(), '5');
    });
});
