import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLiveShareNotices } from '../../../src/extension/share/liveShareNotices.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import type { RtcMembership } from '../../../src/core/share/share.ts';
import type { Model } from '../../../src/core/app/model.ts';
import { roomSnapshot } from '../roomSnapshot.ts';
import { ALICE, BOB, member, requestView, ROOM, Run } from '../session/fixtures.ts';

function modelOf(rtc: readonly RtcMembership[], patch: Partial<RoomSnapshot> = {}, run = new Run()): Model {
    const room = roomSnapshot({ roomId: ROOM, rtc, ...patch });
    return {
        account: { kind: 'ready', ...ALICE, online: true },
        rooms: [room],
        session: run.state,
        workspaceRoomId: undefined,
    };
}

/** What is said when `later` is the model a moment after `now`. */
function said(now: Model, later: Model = now, place = true): string[] {
    const told: string[] = [];
    const waiting: (() => void)[] = [];
    const news = createLiveShareNotices({
        model: () => later,
        isPlace: () => place,
        tell: ({ sharerName, roomName }) => told.push(`${sharerName} in ${roomName}`),
        after: (_, work) => {
            waiting.push(work);
            return () => undefined;
        },
    });
    news.update(now);
    news.update(now);
    for (const work of waiting.splice(0)) work();
    news.update(later);
    for (const work of waiting.splice(0)) work();
    return told;
}

const bob = member(BOB, { name: 'Bob', shares: [{ id: 'S9', startedTs: 5 }] });

describe('that somebody began to share', () => {
    it('is told once', () => assert.deepEqual(said(modelOf([bob])), ['Bob in Room']));

    it('is not told of oneself, nor in rooms where nothing can be watched', () => {
        assert.deepEqual(said(modelOf([member(ALICE, { shares: [{ id: 'S1', startedTs: 1 }] })])), []);
        assert.deepEqual(said(modelOf([bob], { encrypted: false })), []);
        assert.deepEqual(said(modelOf([bob], { mayJoinSession: false })), []);
        assert.deepEqual(said(modelOf([bob], { membership: 'invite' })), []);
    });

    it('is not told when it is over, or watched, a moment later, nor in another window than the right one', () => {
        assert.deepEqual(said(modelOf([bob]), modelOf([])), []);
        assert.deepEqual(said(modelOf([bob]), modelOf([bob]), false), []);
        const run = new Run();
        run.do(requestView());
        assert.deepEqual(said(modelOf([bob]), modelOf([bob], {}, run)), []);
    });
});
