import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { createCapabilities, parseCapabilities } from '../../../src/matrix/requests/serverCapabilities.ts';
import { newRoom } from '../../../src/matrix/rooms/newRoom.ts';

describe('the capabilities of a homeserver', () => {
    it('are read from its answer, and what it does not say is as the specification has it', () => {
        const said = parseCapabilities({
            'm.change_password': { enabled: false },
            'm.room_versions': { default: '11', available: { 10: 'stable', 'org.x': 'unstable' } },
        });
        assert.equal(said.defaultRoomVersion, '11');
        assert.deepEqual(said.roomVersions, [
            { version: '10', stable: true },
            { version: 'org.x', stable: false },
        ]);
        assert.deepEqual([said.enabled('m.change_password'), said.enabled('m.set_displayname')], [false, true]);
        assert.equal(parseCapabilities({}).defaultRoomVersion, '1');
    });

    it('reads answers of any shape without an exception', () => {
        fc.assert(
            fc.property(fc.anything(), fc.anything(), (answer, versions) => {
                for (const given of [answer, { 'm.room_versions': versions, 'm.change_password': answer }]) {
                    const { defaultRoomVersion, roomVersions, enabled } = parseCapabilities(given);
                    assert.ok(defaultRoomVersion.length > 0 && Array.isArray(roomVersions));
                    assert.equal(typeof enabled('m.change_password'), 'boolean');
                }
            }),
        );
    });

    it('are asked for once, again after an hour, and again after a failure', async () => {
        let [asked, at] = [0, 0];
        let fails = true;
        const source = createCapabilities(
            () => {
                asked++;
                return fails ? Promise.reject(new Error('away')) : Promise.resolve({});
            },
            () => at,
        );
        await assert.rejects(source.get());
        fails = false;
        await Promise.all([source.get(), source.get()]);
        await source.get();
        assert.equal(asked, 2);
        at = 3_600_001;
        await source.get();
        assert.equal(asked, 3);
    });
});

describe('the request for a new room', () => {
    const session = { name: 'r', invite: [], workspaceLink: undefined };
    const tombstone = (version: string | undefined): unknown =>
        (newRoom(session, version).power_level_content_override as { events: Record<string, unknown> }).events[
            'm.room.tombstone'
        ];

    it('leaves replacing the room to its creators where there are such', () => {
        assert.deepEqual([tombstone('12'), tombstone('11'), tombstone(undefined)], [150, 100, 100]);
    });

    it('asks for encryption, whatever else is chosen', () => {
        for (const access of ['private', 'trusted', 'knock'] as const)
            for (const federate of [true, false]) {
                const { initial_state: state, creation_content: creation } = newRoom(
                    { ...session, access, federate },
                    '11',
                );
                assert.equal(state?.[0]?.type, 'm.room.encryption');
                assert.deepEqual(creation, federate ? {} : { 'm.federate': false });
            }
    });
});
