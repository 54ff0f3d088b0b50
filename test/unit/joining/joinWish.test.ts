import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createWishFollower } from '../../../src/extension/joining/followWish.ts';
import { readWish, type JoinWish } from '../../../src/core/rooms/joinWish.ts';
import { createJoinWishes } from '../../../src/core/rooms/joinWishes.ts';
import type { RoomLink } from '../../../src/core/rooms/joinLink.ts';
import type { AccountState } from '../../../src/core/account/accountState.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { initialState } from '../../../src/core/session/state.ts';
import { roomSnapshot } from '../roomSnapshot.ts';

const LINK: RoomLink = { target: { room: '!pair:hs.org', via: ['hs.org'] }, from: '@alice:hs.org' };
const BOB = '@bob:hs.org';
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const MINUTE = 60_000;
const READY: AccountState = { kind: 'ready', userId: BOB, deviceId: 'D', online: true };

const failed = (error: unknown): never => assert.fail(String(error));

function memento() {
    const values = new Map<string, unknown>();
    return {
        values,
        get: (key: string): unknown => values.get(key),
        update(key: string, value: unknown): Promise<void> {
            // As VS Code keeps it: what is not JSON is lost.
            values.set(key, value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown));
            return Promise.resolve();
        },
    };
}

describe('the wish to join', () => {
    it('is there again after a reload of the window, as far as it had come', () => {
        const store = memento();
        const now = () => 1_000;
        createJoinWishes(store, now, failed).begin(LINK);
        const reloaded = createJoinWishes(store, now, failed);
        assert.deepEqual(reloaded.wish, { link: LINK, step: 'opened', since: 1_000 });
        reloaded.asked(LINK, BOB);
        assert.equal(createJoinWishes(store, now, failed).wish?.userId, BOB);
        reloaded.drop();
        assert.equal(createJoinWishes(store, now, failed).wish, undefined);
    });

    it('ends by itself: who comes back later opens the link again', () => {
        const steps = [
            ['opened', 10],
            ['agreed', 30],
            ['asked', 60],
            ['inside', 0.5],
        ] as const;
        for (const [step, minutes] of steps) {
            const wish = { link: LINK, step, since: 0 };
            assert.ok(readWish(wish, minutes * MINUTE), step);
            assert.equal(readWish(wish, minutes * MINUTE + 1), undefined, step);
            assert.equal(readWish(wish, -1), undefined, 'of a time to come');
        }
    });

    it('is nobody’s when another link was opened meanwhile', () => {
        const wishes = createJoinWishes(memento(), () => 0, failed);
        wishes.begin(LINK);
        const other = { target: { room: '!other:hs.org', via: [] } };
        wishes.begin(other);
        wishes.reach(LINK, 'agreed');
        wishes.drop(LINK);
        assert.deepEqual(wishes.wish, { link: other, step: 'opened', since: 0 });
    });

    it('is read only where every part of it is what it should be', () => {
        const sound = { link: LINK, step: 'asked', since: 0, userId: BOB };
        assert.deepEqual(readWish(sound, 1), sound);
        const odd = fc.anything().filter((value) => value !== undefined);
        fc.assert(
            fc.property(fc.constantFrom('link', 'step', 'since', 'userId'), odd, (key, value) => {
                const read = readWish({ ...sound, [key]: value }, 1);
                if (read) assert.deepEqual({ ...sound, ...read }, read);
            }),
        );
        for (const room of ['', 'https://hs.org', '@alice:hs.org', '!a b:hs.org'])
            assert.equal(readWish({ ...sound, link: { target: { room, via: [] } } }, 1), undefined, room);
        assert.equal(readWish({ ...sound, link: { ...LINK, from: 'javascript:' } }, 1), undefined);
        fc.assert(fc.property(fc.anything(), fc.integer(), (value, now) => void readWish(value, now)));
    });
});

describe('what a wish to join does by itself', () => {
    function world() {
        const wishes = createJoinWishes(memento(), () => 0, failed);
        const done: string[] = [];
        let screens = false;
        const follower = createWishFollower({
            wishes,
            shares: () => screens,
            goOn: async () => void done.push('goOn'),
            accept: async (roomId) => void done.push(`accept ${roomId}`),
            view: (roomId) => void done.push(`view ${roomId}`),
            changed: () => undefined,
            log: silent,
        });
        const update = (account: AccountState, ...rooms: Partial<RoomSnapshot>[]): string[] => {
            follower.update({
                account,
                rooms: rooms.map((room) => roomSnapshot({ roomId: LINK.target.room, ...room })),
                session: initialState,
                workspaceRoomId: undefined,
            });
            return done.splice(0);
        };
        return { wishes, follower, update, share: () => (screens = true) };
    }

    it('goes on once the person is signed in, and not before', () => {
        const { wishes, update } = world();
        wishes.begin(LINK);
        assert.deepEqual(update({ kind: 'signedOut' }), []);
        assert.deepEqual(update({ kind: 'starting', userId: BOB }), []);
        assert.deepEqual(update(READY), ['goOn']);
    });

    it('takes the invitation that answers the request, and only as who asked', async () => {
        const { wishes, follower, update } = world();
        wishes.asked(LINK, BOB);
        assert.ok(follower.awaits(LINK.target.room));
        assert.deepEqual(update({ ...READY, userId: '@eve:hs.org' }, { membership: 'invite' }), []);
        assert.deepEqual(update(READY, { membership: 'knock' }), []);
        assert.deepEqual(update(READY, { membership: 'invite', roomId: '!other:hs.org' }), []);
        assert.equal(wishes.wish, undefined, 'the request is not there any more');
        wishes.asked(LINK, BOB);
        assert.deepEqual(update(READY, { membership: 'invite' }), ['accept !pair:hs.org']);
    });

    it('is over when the request was withdrawn or denied: a later invitation asks again', () => {
        const { wishes, follower, update } = world();
        wishes.asked(LINK, BOB);
        update(READY);
        assert.ok(wishes.wish, 'the sync need not have brought the request yet');
        update(READY, { membership: 'knock' });
        update(READY);
        assert.equal(wishes.wish, undefined);
        assert.ok(!follower.awaits(LINK.target.room));
        assert.deepEqual(update(READY, { membership: 'invite' }), []);
    });

    it('opens what is shared once inside, once', () => {
        const { wishes, update, share } = world();
        wishes.inside(LINK, BOB);
        assert.deepEqual(update(READY, { membership: 'join' }), []);
        share();
        assert.deepEqual(update(READY, { membership: 'join' }), ['view !pair:hs.org']);
        assert.deepEqual(update(READY, { membership: 'join' }), []);
    });

    it('does nothing while the person is being asked', async () => {
        const { wishes, follower, update } = world();
        wishes.begin(LINK);
        await follower.during(async () => assert.deepEqual(update(READY), []));
        assert.deepEqual(update(READY), ['goOn']);
    });

    it('never does anything about a wish of another kind of moment', () => {
        const kinds = fc.constantFrom<JoinWish['step']>('opened', 'agreed', 'asked', 'inside');
        fc.assert(
            fc.property(kinds, fc.boolean(), (step, shared) => {
                const { wishes, update, share } = world();
                wishes.begin(LINK);
                wishes.reach(LINK, step);
                if (shared) share();
                const did = update({ kind: 'signedOut' }, { membership: 'join' });
                assert.deepEqual(did, [], 'nothing without an account');
            }),
        );
    });
});
