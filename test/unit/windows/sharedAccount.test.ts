import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { createSharedAccount } from '../../../src/extension/windows/sharedAccount.ts';
import type { AccountSource } from '../../../src/extension/windows/succession.ts';
import { FakeAccount } from './fakeAccount.ts';

const ROOM = '!r:hs';
const nothing = (): void => undefined;
const log = createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function backend() {
    const account = new FakeAccount();
    let gone: (() => void) | undefined;
    const made: AccountSource = {
        account: account.asAccount,
        front: nothing,
        onGone: (listener) => {
            gone = listener;
        },
    };
    return { account, made, die: () => gone?.() };
}

const attend = () => ({ dispose: nothing });

function world() {
    const first = backend();
    const second = backend();
    const third = backend();
    const opening = Promise.withResolvers<AccountSource>();
    const backends = [opening.promise, Promise.resolve(third.made)];
    const reopen = (): Promise<AccountSource> => backends.shift() ?? Promise.reject(new Error('no more'));
    const shared = createSharedAccount({ first: first.made, reopen, attend, now: () => 0, log });
    const states: string[] = [];
    shared.onState((s) => states.push(s.kind === 'ready' ? `ready ${s.online}` : s.kind));
    return { first, second, third, shared, states, opening };
}

describe('the account of one window', () => {
    it('goes on at the next leader: its memberships, its key after the old one, its direct shares', async () => {
        const { first, second, shared, opening, states } = world();
        const shares = [{ id: 's', startedTs: 1 }];
        const { identity } = await shared.rtc.publishGrant(ROOM);
        await shared.rtc.join(ROOM, shares);
        await shared.rtc.startKeys(ROOM);
        first.account.rtc.keyEvents.fire({ kind: 'key', key: { roomId: ROOM, identity, index: 4, key: 'k' } });
        shared.calls.publish({ roomId: ROOM, shareId: 's' }, { pageId: 'page', generation: 1 });
        const started: unknown[] = [];
        second.account.rtc.startKeys = async (roomId: string, after?: number) => void started.push([roomId, after]);
        first.die();
        opening.resolve(second.made);
        await shared.people();
        assert.deepEqual(second.account.announced.get(ROOM), shares);
        assert.deepEqual(started, [[ROOM, 4]]);
        assert.deepEqual(second.account.calls.asked, ['adopt page', 'serve s']);
        assert.deepEqual(states, ['ready false', 'ready true']);
    });

    it('acts on rooms once, reads again at the next leader, and gets its notices too', async () => {
        const { first, second, shared, opening } = world();
        const did: string[] = [];
        const gone = new HushError('account.leaderGone', 'gone');
        first.account.roomAdmin.kick = async () => Promise.reject(gone);
        first.account.roomAdmin.people = async () => Promise.reject(gone);
        second.account.roomAdmin.kick = async (...args) => void did.push(args.join(' '));
        second.account.roomAdmin.people = async () => [];
        const news: string[] = [];
        shared.roomAdmin.onNews(({ roomName }) => news.push(roomName));
        const [kicked, people] = [shared.roomAdmin.kick(ROOM, '@eve:hs', 'why'), shared.roomAdmin.people(ROOM)];
        const refused = assert.rejects(kicked, { code: 'account.leaderGone' });
        first.die();
        opening.resolve(second.made);
        await refused;
        assert.deepEqual([await people, did], [[], []]);
        await shared.roomAdmin.kick(ROOM, '@eve:hs', 'why');
        assert.deepEqual(did, [`${ROOM} @eve:hs why`]);
        second.account.roomNews.emit({ kind: 'replaced', roomId: ROOM, roomName: 'Room' });
        assert.deepEqual(news, ['Room']);
    });

    it('follows the chat at the next leader too', async () => {
        const { first, second, shared, opening } = world();
        const changed: string[] = [];
        shared.chat.onChange((roomId) => changed.push(roomId));
        first.account.chatChanges.emit('!before:hs');
        first.die();
        opening.resolve(second.made);
        await shared.chat.timeline(ROOM);
        second.account.chatChanges.emit('!after:hs');
        assert.deepEqual(changed, ['!before:hs', '!after:hs']);
    });

    it('a verification ends with the leader that has it, and says so in its tab; what was over stays as it was', async () => {
        const { first, second, shared, opening } = world();
        const told: string[] = [];
        shared.trust.onVerification(({ id, state }) =>
            told.push(`${id} ${state.kind}${state.kind === 'cancelled' ? ` ${state.reason}` : ''}`),
        );
        const verification = { userId: '@bob:hs', name: 'Bob', deviceId: undefined, self: false, startedHere: true };
        first.account.verifications.emit({ ...verification, id: 'over', state: { kind: 'waiting' } });
        first.account.verifications.emit({ ...verification, id: 'over', state: { kind: 'done' } });
        first.account.verifications.emit({ ...verification, id: 'open', state: { kind: 'waiting' } });
        told.length = 0;
        first.die();
        opening.resolve(second.made);
        await shared.people();
        assert.deepEqual(told, ['open cancelled windowGone']);
    });

    it('hands over the pages that may have connections, also of a share that is no longer direct', async () => {
        const { first, second, shared, opening } = world();
        const page = (pageId: string) => ({ pageId, generation: 1 });
        shared.calls.publish({ roomId: ROOM, shareId: 's' }, page('s'));
        shared.calls.unpublish('s');
        shared.calls.accept({ roomId: ROOM, callId: 'theirs' }, page('tab'));
        shared.calls.accept({ roomId: ROOM, callId: 'closed' }, page('tab2'));
        shared.calls.release('tab2');
        first.die();
        opening.resolve(second.made);
        await shared.people();
        assert.deepEqual(second.account.calls.asked, ['adopt s,theirs']);
    });

    it('what is asked meanwhile waits for the next leader', async () => {
        const { first, second, shared, opening } = world();
        first.die();
        const asked = shared.rtc.join(ROOM, []);
        await turn();
        assert.ok(!first.account.announced.has(ROOM));
        opening.resolve(second.made);
        await asked;
        assert.ok(second.account.announced.has(ROOM));
    });

    it('shows the rooms it had until the next leader has them', async () => {
        const { first, second, shared, opening } = world();
        let changes = 0;
        shared.onRooms(() => changes++);
        second.account.state = { kind: 'starting', userId: second.account.userId };
        first.die();
        opening.resolve(second.made);
        await turn();
        second.account.changes.emit();
        assert.equal(changes, 0);
        second.account.become({ kind: 'ready', userId: shared.userId, deviceId: shared.deviceId, online: true });
        await shared.people();
        assert.equal(changes, 1);
    });

    it('a room that cannot be joined again is lost, and only that', async () => {
        const { first, second, shared, opening } = world();
        await shared.rtc.join(ROOM, []);
        await shared.rtc.join('!other:hs', []);
        const lost: string[] = [];
        shared.rtc.onMembershipLost(({ roomId }) => lost.push(roomId));
        const { join } = second.account.rtc;
        second.account.rtc.join = (roomId, shares) =>
            roomId === ROOM ? Promise.reject(new HushError('room.notFound', 'gone')) : join(roomId, shares);
        first.die();
        opening.resolve(second.made);
        await shared.people();
        assert.deepEqual(lost, [ROOM]);
    });

    it('loses nothing when the next leader goes while it takes over', async () => {
        const { first, second, third, shared, opening, states } = world();
        const lost: string[] = [];
        shared.rtc.onMembershipLost(({ roomId }) => lost.push(roomId));
        const shares = [{ id: 's', startedTs: 1 }];
        await shared.rtc.join(ROOM, shares);
        const joining = Promise.withResolvers<void>();
        const asked = Promise.withResolvers<void>();
        second.account.rtc.join = () => {
            asked.resolve();
            return joining.promise;
        };
        first.die();
        opening.resolve(second.made);
        await asked.promise;
        joining.reject(new HushError('account.leaderGone', 'gone'));
        second.die();
        await shared.people();
        assert.deepEqual(third.account.announced.get(ROOM), shares);
        assert.deepEqual(lost, []);
        assert.deepEqual(states, ['ready false', 'ready true']);
    });

    it('does at the next leader what was in progress when the leader went', async () => {
        const { first, second, shared, opening } = world();
        const joining = Promise.withResolvers<void>();
        first.account.rtc.join = () => joining.promise;
        const joined = shared.rtc.join(ROOM, []);
        await turn();
        joining.reject(new HushError('account.leaderGone', 'gone'));
        first.die();
        opening.resolve(second.made);
        await joined;
        assert.ok(second.account.announced.has(ROOM));
    });

    it('says so when no window can go on', async () => {
        const { first, shared, opening, states } = world();
        first.die();
        opening.reject(new HushError('account.storeLocked', 'locked'));
        await assert.rejects(shared.people(), { code: 'account.storeLocked' });
        assert.deepEqual(states, ['ready false', 'failed']);
    });

    it('is signed out when the person signed out meanwhile', async () => {
        const { first, shared, opening, states } = world();
        first.die();
        opening.reject(new HushError('account.notSignedIn', 'gone'));
        await assert.rejects(shared.people());
        assert.deepEqual(states, ['ready false', 'signedOut']);
    });

    it('does not come back after it was stopped or signed out', async () => {
        for (const end of ['stop', 'signOut'] as const) {
            const { first, shared, states } = world();
            await shared[end]();
            first.die();
            await turn();
            assert.ok(!states.includes('ready false'), end);
        }
    });
});
