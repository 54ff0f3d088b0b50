/** A homeserver that is away while somebody looks for the devices of its people (tests/federation_connectivity_test.go). */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { pair, untilRoom } from '../../integration/support/matrixAccounts.ts';
import { eventually } from '../../stack/eventually.ts';
import { canRead, failsToRead, reads, say, type Someone } from './people.ts';
import { scenarios } from './scenarios.ts';

scenarios('a homeserver that is away', ({ personOn }, world) => {
    const three = (): Promise<[Someone, Someone, Someone]> =>
        Promise.all([personOn('near', 'Alice'), personOn('far', 'Bob'), personOn('near', 'Charlie')]);
    const exchange = async (from: Someone, to: Someone, roomId: string): Promise<void> => {
        const { eventId } = await say(from, roomId, 'hello');
        await reads(to, roomId, eventId, 'hello');
    };
    const letIn = async (host: Someone, guest: Someone, roomId: string): Promise<void> => {
        await host.account.invite(roomId, guest.userId);
        await untilRoom(guest.account, roomId, (room) => room.membership === 'invite', 'the invitation');
        await guest.account.join(roomId);
    };

    it('TestNewUserCannotGetKeysForOfflineServer: nobody waits for it, and it is asked again once it is back', async () => {
        const [alice, bob, charlie] = await three();
        const roomId = await pair(alice, bob);
        await exchange(alice, bob, roomId);
        await world.setFarAway(true);
        await letIn(alice, charlie, roomId);
        const missed = await say(charlie, roomId, 'while Bob’s server is away');
        await reads(alice, roomId, missed.eventId, 'while Bob’s server is away');
        await world.setFarAway(false);
        // The crypto library asks a server that did not answer again after 15 seconds at the earliest.
        await eventually(async () => {
            const { eventId } = await say(charlie, roomId, 'is it back?');
            return canRead(bob, roomId, eventId);
        }, 'Bob to read what Charlie says');
        assert.match(await failsToRead(bob, roomId, missed.eventId), /got the key for later messages only/u);
    });

    it('TestExistingSessionCannotGetKeysForOfflineServer: who has a session already is reached through it', async () => {
        const [alice, bob, charlie] = await three();
        const [roomId, other] = [await pair(alice, bob), await pair(charlie, bob)];
        await exchange(alice, bob, roomId);
        await exchange(charlie, bob, other);
        await world.setFarAway(true);
        await letIn(alice, charlie, roomId);
        const { eventId } = await say(charlie, roomId, 'over the session of the other room');
        await reads(alice, roomId, eventId, 'over the session of the other room');
        await world.setFarAway(false);
        await reads(bob, roomId, eventId, 'over the session of the other room');
    });
});
