import assert from 'node:assert/strict';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { startChild, type Child } from './support/child.ts';
import { childAccount, type ChildAccount } from './support/childAccount.ts';
import { newPerson, until, type Person } from './support/matrixAccounts.ts';

const HOLDS = 'This window holds the account';
const KILLS = 30;

describe('several windows of one person', function () {
    this.timeout(240_000);
    let synapse: Synapse;
    let bob: Person;
    const windows = new Set<Child>();
    let sharer: Child | undefined;
    /** Messages that any window told of. */
    const heard = new Set<string>();
    let folder: string;
    let roomId: string;
    let alice: ChildAccount;
    let to: { roomId: string; userId: string; deviceId: string };

    const openWindow = async (mode: 'look' | 'share'): Promise<Child> => {
        const child = startChild('windowChild.ts', folder, roomId, mode);
        windows.add(child);
        child.onLine((line) => {
            if (line.startsWith('watch ')) heard.add(line.slice('watch '.length));
        });
        await child.until((lines) => lines.includes('ready'), 'ready');
        return child;
    };
    const openSharer = async (): Promise<void> => {
        sharer = await openWindow('share');
        await until(
            () => aliceShares().includes('01SHARE'),
            (check) => bob.account.onRooms(check),
            'the share at Bob',
        );
    };
    const leaders = (): Child[] => [...windows].filter(({ lines }) => lines.includes(HOLDS));
    const aliceShares = (): string[] =>
        bob.account
            .rooms()
            .flatMap((room) => room.rtc)
            .filter((member) => member.userId === alice.userId)
            .flatMap((member) => member.shares.map((share) => share.id));

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ livekitServiceUrl: 'http://127.0.0.1:9/livekit' });
        bob = await newPerson(synapse, 'Bob');
        alice = await childAccount(synapse, bob, 'windows');
        ({ folder, roomId } = alice);
        to = { roomId, userId: alice.userId, deviceId: alice.deviceId };
    });
    after(async () => {
        await Promise.all([...windows].map((window) => window.kill()));
        await bob?.account.stop();
        await synapse?.stop();
    });

    it('use one device: the first holds the account, the others ask it', async () => {
        const first = await openWindow('look');
        await Promise.all([openWindow('look'), openWindow('look')]);
        assert.deepEqual(leaders(), [first]);
        assert.ok(first.lines.includes('from scratch'), 'the first has nothing to go on from');
    });

    it('each shares and hears: one window’s share is announced by the one membership', async () => {
        await openSharer();
        assert.equal(sharer && leaders().includes(sharer), false);
        await bob.account.rtc.join(roomId, []);
        await bob.account.rtc.sendWatch({ ...to, shareId: 'first' }, true);
        await Promise.all(
            [...windows].map((window) => window.until((lines) => lines.includes('watch first'), 'the watch message')),
        );
    });

    it(`the leader killed ${KILLS} times under traffic: another goes on, the share stays, nothing is lost`, async () => {
        let counting = true;
        let gone = 0;
        const missed = bob.account.onRooms(() => {
            if (counting && !aliceShares().includes('01SHARE')) gone++;
        });
        let sent = 0;
        let running = true;
        const traffic = (async () => {
            while (running) await bob.account.rtc.sendWatch({ ...to, shareId: `w${sent++}` }, true);
        })();
        const takeOvers: number[] = [];
        const killLeaders = async (): Promise<void> => {
            for (let kills = 0; kills < KILLS; kills++) {
                const [leader, ...more] = leaders();
                assert.ok(leader, 'no window holds the account');
                assert.deepEqual(more, [], 'two windows hold the account');
                const survivors = [...windows].filter((window) => window !== leader);
                for (const window of survivors) window.lines.length = 0;
                windows.delete(leader);
                if (leader === sharer) counting = false; // its share goes with it
                const began = performance.now();
                await leader.kill();
                await Promise.all(survivors.map((window) => window.until((lines) => lines.includes('again'), 'again')));
                takeOvers.push(performance.now() - began);
                for (const window of survivors) assert.ok(!window.lines.includes('from scratch'));
                if (leader === sharer) {
                    await openSharer();
                    counting = true;
                } else if (survivors.length < 3) await openWindow('look');
            }
        };
        await killLeaders().finally(() => {
            running = false;
        });
        await traffic;
        await bob.account.rtc.sendWatch({ ...to, shareId: 'last' }, true);
        await Promise.all(
            [...windows].map((window) => window.until((lines) => lines.includes('watch last'), 'the last message')),
        );
        missed.dispose();
        const lost = Array.from({ length: sent }, (_, n) => `w${n}`).filter((id) => !heard.has(id));
        assert.deepEqual(lost, []);
        assert.equal(gone, 0, 'the share of a window that lived was gone');
        takeOvers.sort((a, b) => a - b);
        console.log(
            `        ${KILLS} kills, ${sent} messages; another window went on after ${Math.round(takeOvers[KILLS >> 1] ?? 0)} ms (median), ${Math.round(takeOvers.at(-1) ?? 0)} ms (most)`,
        );
    });

    it('the leader whose own window is gone hands over; it goes on through the next, and nothing is lost', async () => {
        const [leader] = leaders();
        assert.ok(leader);
        if (windows.size < 2) await openWindow('look');
        for (const window of windows) window.lines.length = 0;
        let gone = 0;
        const missed = bob.account.onRooms(() => {
            if (!aliceShares().includes('01SHARE')) gone++;
        });
        leader.tell('lose window');
        await Promise.all([...windows].map((window) => window.until((lines) => lines.includes('again'), 'again')));
        const next = leaders();
        assert.equal(next.length, 1);
        assert.ok(!next.includes(leader), 'the leader without a window took the account again');
        await bob.account.rtc.sendWatch({ ...to, shareId: 'handed over' }, true);
        await Promise.all(
            [...windows].map((w) => w.until((lines) => lines.includes('watch handed over'), 'the watch message')),
        );
        missed.dispose();
        assert.equal(gone, 0, 'the share was gone meanwhile');
        // Alone and without a window nobody can hold the account. It waits, and goes on when its window is back.
        for (const window of [...windows].filter((w) => w !== leader)) {
            windows.delete(window);
            await window.kill();
        }
        if (sharer && !windows.has(sharer)) sharer = undefined;
        leader.tell('find window');
        await leader.until((lines) => lines.includes(HOLDS), 'the account back');
        await openWindow('look');
    });

    it('the leader closes in good order: the next one goes on, and the last one leaves the session', async () => {
        let gone = 0;
        const missed = bob.account.onRooms(() => {
            if (sharer && windows.has(sharer) && !aliceShares().includes('01SHARE')) gone++;
        });
        while (windows.size > 0) {
            const [leader] = leaders();
            assert.ok(leader && windows.delete(leader));
            for (const window of windows) window.lines.length = 0;
            assert.equal(await leader.end(), 0);
            await Promise.all([...windows].map((w) => w.until((lines) => lines.includes('again'), 'again')));
            if (sharer && windows.has(sharer)) assert.ok(aliceShares().includes('01SHARE'));
        }
        missed.dispose();
        assert.equal(gone, 0, 'the share of a window that lived was gone meanwhile');
        await until(
            () => aliceShares().length === 0,
            (check) => bob.account.onRooms(check),
            'the end of the share',
        );
    });
});
