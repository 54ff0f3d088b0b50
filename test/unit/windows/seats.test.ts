import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { createSeats } from '../../../src/extension/windows/seats.ts';
import { FakeAccount } from './fakeAccount.ts';

const ROOM = '!r:hs';
const share = (id: string) => ({ id, startedTs: 1 });

function world() {
    const account = new FakeAccount();
    const seats = createSeats(account.asAccount);
    return { account, seats, did: account.rtc.calls };
}

describe('several windows at one account', () => {
    it('one membership holds for all of them, and ends with the last', async () => {
        const { account, seats, did } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        await a.rtc.join(ROOM, [share('a')]);
        await b.rtc.join(ROOM, []);
        assert.deepEqual(account.announced.get(ROOM), [share('a')]);
        await a.rtc.leave(ROOM);
        assert.deepEqual(account.announced.get(ROOM), []);
        assert.ok(!did.includes(`leave ${ROOM}`));
        await b.rtc.leave(ROOM);
        assert.equal(did.filter((line) => line === `leave ${ROOM}`).length, 1);
    });

    it('who asks to verify is brought to the window in front; what goes on is told to all', () => {
        const { account, seats } = world();
        const [back, front] = [seats.take(), seats.take()];
        front.front();
        const heard: string[] = [];
        back.account.trust.onVerification(({ state }) => heard.push(`back ${state.kind}`));
        front.account.trust.onVerification(({ state }) => heard.push(`front ${state.kind}`));
        const bob = { id: 'v', userId: '@bob:hs', name: 'Bob', deviceId: undefined, self: false, startedHere: false };
        account.verifications.emit({ ...bob, state: { kind: 'asked' } });
        account.verifications.emit({ ...bob, state: { kind: 'waiting' } });
        assert.deepEqual(heard, ['front asked', 'front waiting', 'back waiting']);
        assert.equal(back.account.trust.own.kind, 'trusted');
    });

    it('only one of them shares at a time, and the other is told why', async () => {
        const { seats } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        await a.rtc.join(ROOM, [share('a')]);
        await assert.rejects(b.rtc.publishGrant(ROOM), { code: 'media.otherWindow' });
        await assert.rejects(b.rtc.mayShare(), { code: 'media.otherWindow' });
        await a.rtc.mayShare();
        await assert.rejects(b.rtc.join('!other:hs', [share('b')]), { code: 'media.otherWindow' });
        await a.rtc.announce(ROOM, []);
        await b.rtc.join('!other:hs', [share('b')]);
    });

    it('others see the person as there while one of the windows is used', async () => {
        const { seats, account } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        a.presence.show('online');
        b.presence.show('away');
        a.presence.show('away');
        b.presence.show('hidden');
        a.presence.show('hidden');
        b.presence.show('online');
        await b.stop();
        assert.deepEqual(account.statuses, ['online', 'online', 'away', 'away', 'hidden', 'online', 'hidden']);
    });

    it('the media key lives while one of them uses it', async () => {
        const { seats, did } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        await a.rtc.startKeys(ROOM);
        await b.rtc.startKeys(ROOM);
        a.rtc.stopKeys(ROOM);
        assert.ok(!did.includes(`stopKeys ${ROOM}`));
        b.rtc.stopKeys(ROOM);
        assert.ok(did.includes(`stopKeys ${ROOM}`));
    });

    it('the sharer hears that we stopped watching when no window watches', async () => {
        const { seats, did } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        const target = { roomId: ROOM, userId: '@bob:hs', deviceId: 'B', shareId: 's' };
        await a.rtc.sendWatch(target, true);
        await b.rtc.sendWatch(target, true);
        await a.rtc.sendWatch(target, false);
        assert.ok(!did.includes('watch s false'));
        await b.rtc.sendWatch(target, false);
        assert.ok(did.includes('watch s false'));
    });

    it('an invitation shows in the window that was in front last', () => {
        const { account, seats } = world();
        const [a, b] = [seats.take(), seats.take()];
        const seen: string[] = [];
        a.account.onInvite(() => seen.push('a'));
        b.account.onInvite(() => seen.push('b'));
        b.front();
        account.invitations.emit({} as RoomSnapshot);
        a.front();
        account.invitations.emit({} as RoomSnapshot);
        assert.deepEqual(seen, ['b', 'a']);
    });

    it('tells about a room in the window that was in front last', () => {
        const { account, seats } = world();
        const [a, b] = [seats.take(), seats.take()];
        const seen: string[] = [];
        a.account.roomAdmin.onNews(() => seen.push('a'));
        b.account.roomAdmin.onNews(() => seen.push('b'));
        b.front();
        account.roomNews.emit({ kind: 'replaced', roomId: ROOM, roomName: 'Room' });
        assert.deepEqual(seen, ['b']);
    });

    it('a screen shown back in a call is told in the window that shares', () => {
        const { account, seats } = world();
        const [a, b] = [seats.take(), seats.take()];
        const seen: string[] = [];
        a.account.calls.onForeignCall(() => seen.push('a'));
        b.account.calls.onForeignCall(() => seen.push('b'));
        a.account.calls.publish({ roomId: ROOM, shareId: 'S1' }, { pageId: 'S1', generation: 1 });
        b.front();
        const eve = { callId: 'c', roomId: ROOM, userId: '@eve:hs', deviceId: 'E' };
        account.calls.foreign.fire({ kind: 'screen', pageId: 'S1', ...eve });
        account.calls.foreign.fire({ kind: 'ring', ...eve });
        assert.deepEqual(seen, ['a', 'b']);
    });

    it('a page’s messages reach its own window only', () => {
        const { account, seats } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        const seen: string[] = [];
        a.calls.onPage((pageId) => seen.push(`a ${pageId}`));
        b.calls.onPage((pageId) => seen.push(`b ${pageId}`));
        b.calls.publish({ roomId: ROOM, shareId: 's' }, { pageId: 'page', generation: 1 });
        account.calls.pages.fire('page', 1, { type: 'mesh.reset' });
        assert.deepEqual(seen, ['b page']);
    });

    it('pages that a window brings along are its own', () => {
        const { account, seats } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        const seen: string[] = [];
        a.calls.onForeignCall(() => seen.push('a'));
        b.calls.onForeignCall(({ kind }) => seen.push(`b ${kind}`));
        const page = { pageId: 'tab', generation: 1 };
        b.calls.adopt([{ roomId: ROOM, page, callId: 'c' }]);
        account.calls.foreign.fire({ kind: 'over', ...page, userId: '', deviceId: '' });
        assert.deepEqual(seen, ['b over']);
    });

    it('a window that goes takes its own things along, and nothing of the others', async () => {
        const { account, seats, did } = world();
        const [a, b] = [seats.take().account, seats.take().account];
        await a.rtc.join(ROOM, [share('a')]);
        await a.rtc.startKeys(ROOM);
        await a.rtc.join('!only:hs', []);
        a.calls.publish({ roomId: ROOM, shareId: 'a' }, { pageId: 'page', generation: 1 });
        await b.rtc.join(ROOM, []);
        await a.stop();
        assert.deepEqual(account.announced.get(ROOM), []);
        assert.ok(did.includes('leave !only:hs') && did.includes(`stopKeys ${ROOM}`));
        assert.ok(account.calls.asked.includes('release page'));
        assert.deepEqual([seats.count, account.stops], [1, []]);
    });

    it('after any order of joins, shares and leaves the membership says what the windows want', async () => {
        const step = fc.record({ seat: fc.nat(2), what: fc.constantFrom('join', 'share', 'leave', 'stop') });
        await fc.assert(
            fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
                const { account, seats } = world();
                const windows = [seats.take().account, seats.take().account, seats.take().account];
                const wants = new Map<number, readonly string[]>();
                for (const { seat, what } of steps) {
                    const window = windows[seat];
                    if (!window) continue;
                    const others = [...wants].some(([at, ids]) => at !== seat && ids.length > 0);
                    const ids = what === 'share' ? [`s${seat}`] : [];
                    if (what === 'leave') await window.rtc.leave(ROOM);
                    else if (what === 'share' && others) {
                        await assert.rejects(window.rtc.join(ROOM, ids.map(share)));
                        continue;
                    } else if (what !== 'stop') await window.rtc.join(ROOM, ids.map(share));
                    else if (wants.has(seat)) await window.rtc.announce(ROOM, []);
                    else continue;
                    if (what === 'leave') wants.delete(seat);
                    else wants.set(seat, ids);
                }
                const announced = account.announced.get(ROOM)?.map(({ id }) => id);
                assert.deepEqual(announced, wants.size === 0 ? undefined : [...wants.values()].flat());
            }),
        );
    });
});
