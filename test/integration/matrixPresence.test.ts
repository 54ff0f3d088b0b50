/** Who is there, who types and who has read how far, between real devices through a real homeserver. */
import assert from 'node:assert/strict';
import type { ReadMark, RoomActivity } from '../../src/core/rooms/presencePort.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, pair, signedIn, until, untilRoom, type Person } from './support/matrixAccounts.ts';

describe('presence, typing and receipts', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    let roomId: string;

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        [alice, bob] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Bob')]);
        roomId = await pair(alice, bob);
    });
    after(async () => {
        await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    async function untilActivity(
        person: Person,
        holds: (activity: RoomActivity) => boolean,
        what: string,
    ): Promise<RoomActivity> {
        const { presence } = person.account;
        let activity = await presence.activity(roomId);
        await until(
            () => holds(activity),
            (check) =>
                presence.onActivity(() => void presence.activity(roomId).then((next) => ((activity = next), check()))),
            what,
        );
        return activity;
    }
    const presenceOf = (of: Person) => (room: { members: readonly { userId: string; presence?: string }[] }) =>
        room.members.find(({ userId }) => userId === of.userId)?.presence;

    it('somebody is seen online and away, and as offline once they hide', async () => {
        bob.account.presence.show('online');
        await untilRoom(alice.account, roomId, (room) => presenceOf(bob)(room) === 'online', 'Bob online');
        bob.account.presence.show('away');
        await untilRoom(alice.account, roomId, (room) => presenceOf(bob)(room) === 'away', 'Bob away');
        bob.account.presence.show('hidden');
        await untilRoom(alice.account, roomId, (room) => presenceOf(bob)(room) === 'offline', 'Bob hidden');
        assert.notEqual(
            presenceOf(alice)(await untilRoom(bob.account, roomId, () => true, 'the room')),
            'online',
            'Alice has shown nothing',
        );
    });

    it('who types is named, and not when they have stopped', async () => {
        bob.account.presence.type(roomId, true);
        assert.deepEqual((await untilActivity(alice, ({ typing }) => typing.length > 0, 'typing')).typing, ['Bob']);
        bob.account.presence.type(roomId, false);
        await untilActivity(alice, ({ typing }) => typing.length === 0, 'nobody typing');
    });

    it('how far somebody has read reaches the others, and their own other device', async () => {
        const other = await signedIn(synapse, bob.userId, bob.password);
        try {
            await untilRoom(other.account, roomId, () => true, 'the room on the other device');
            await bob.account.chat.timeline(roomId);
            for (const txn of ['1', '2'])
                await alice.account.chat.send(roomId, `p.${txn}`, { kind: 'text', markdown: txn, replyTo: null });
            let keys: string[] = [];
            await until(
                () => keys.length === 2,
                (check) =>
                    bob.account.chat.onChange(
                        () =>
                            void bob.account.chat.timeline(roomId).then(({ messages }) => {
                                keys = messages.map(({ key }) => key);
                                check();
                            }),
                    ),
                'both messages',
            );
            const [first = '', second = ''] = keys;
            const at = (mark: ReadMark | undefined): string | undefined => mark?.eventId;
            const bobs = ({ read }: RoomActivity): ReadMark | undefined =>
                read.find(({ userId }) => userId === bob.userId);
            bob.account.presence.markRead(roomId, first);
            await untilActivity(alice, (activity) => at(bobs(activity)) === first, 'the first was read');
            bob.account.presence.markRead(roomId, second);
            const seen = await untilActivity(alice, (activity) => at(bobs(activity)) === second, 'the second was read');
            assert.equal(bobs(seen)?.name, 'Bob');
            await untilActivity(other, ({ ownRead }) => at(ownRead) === second, 'the other device knows');
        } finally {
            await other.account.stop();
        }
    });
});
