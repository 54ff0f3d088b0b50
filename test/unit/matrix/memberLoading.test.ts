import assert from 'node:assert/strict';
import type { MatrixClient, Room } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import { createMemberLoading } from '../../../src/matrix/sync/memberLoading.ts';
import { WORKSPACE_TYPE } from '../../../src/core/rooms/eventTypes.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface FakeRoom {
    membership: string;
    members: number;
    active: number;
    state: string[];
    fails: number;
}
function world(rooms: Record<string, Partial<FakeRoom>>) {
    const loads: string[] = [];
    const loaded: string[] = [];
    const all = new Map(
        Object.entries(rooms).map(([roomId, more]) => {
            const fake: FakeRoom = { membership: 'join', members: 3, active: 0, state: [], fails: 0, ...more };
            const room = {
                roomId,
                fake,
                getMyMembership: () => fake.membership,
                hasEncryptionStateEvent: () => true,
                getInvitedAndJoinedMemberCount: () => fake.members,
                getLastActiveTimestamp: () => fake.active,
                currentState: { getStateEvents: (type: string) => fake.state.filter((t) => t === type) },
                async loadMembersIfNeeded() {
                    loads.push(roomId);
                    if (fake.fails-- > 0) throw new Error('away');
                },
            };
            return [roomId, room] as const;
        }),
    );
    const sdk = { getRoom: (id: string) => all.get(id), getRooms: () => [...all.values()] } as unknown as MatrixClient;
    const loading = createMemberLoading(sdk, (roomId) => loaded.push(roomId), log);
    const room = (roomId: string): Room & { fake: FakeRoom } => {
        const found = all.get(roomId);
        if (!found) throw new Error(roomId);
        return found as never;
    };
    return { loading, loads, loaded, room };
}
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('loading the members of rooms', () => {
    it('is done once for a room that somebody looks at, and again when that failed', async () => {
        const { loading, loads, loaded } = world({ '!a': {}, '!b': { fails: 1 } });
        for (const roomId of ['!a', '!a', '!b']) loading.look(roomId);
        await settled();
        loading.look('!b');
        await settled();
        assert.deepEqual(
            [loads, loaded],
            [
                ['!a', '!b', '!b'],
                ['!a', '!b'],
            ],
        );
    });

    it('is done when there is a connection, of what could not be loaded without', async () => {
        const { loading, loads, loaded, room } = world({ '!a': { fails: 1 }, '!b': {}, '!left': { fails: 1 } });
        await loading.loadRecent();
        room('!left').fake.membership = 'leave';
        for (let i = 0; i < 2; i++) loading.online();
        await settled();
        assert.deepEqual(
            [loads, loaded],
            [
                ['!a', '!b', '!left', '!a'],
                ['!b', '!a'],
            ],
        );
    });

    it('is done anew in a room that was left and entered again', async () => {
        const { loading, loads, room } = world({ '!a': {} });
        for (const membership of ['join', 'leave', 'join']) {
            room('!a').fake.membership = membership;
            loading.consider(room('!a'));
            loading.look('!a');
            await settled();
        }
        assert.deepEqual(loads, ['!a', '!a']);
    });

    it('is done for the small rooms that were in use last, not for hundreds', async () => {
        const rooms = Array.from(
            { length: 500 },
            (_, i) => [`!${i}`, { active: i, members: i % 2 ? 3 : 300 }] as const,
        );
        const { loading, loads } = world(Object.fromEntries(rooms));
        await loading.loadRecent();
        assert.deepEqual(
            loads,
            Array.from({ length: 20 }, (_, i) => `!${499 - 2 * i}`),
        );
    });

    it('is done where a session is, or that was joined just now', async () => {
        const { loading, loads, room } = world({
            '!old': { members: 99 },
            '!ours': { members: 99, state: [WORKSPACE_TYPE] },
        });
        await loading.loadRecent();
        for (const roomId of ['!old', '!ours']) loading.consider(room(roomId));
        const later = world({ '!new': {} });
        later.loading.consider(later.room('!new')); // nothing is known to be old yet
        await settled();
        assert.deepEqual([loads, later.loads], [['!ours'], []]);
    });
});
