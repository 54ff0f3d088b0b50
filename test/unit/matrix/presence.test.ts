import assert from 'node:assert/strict';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import { createPresence } from '../../../src/matrix/rooms/presence.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('who has read how far', () => {
    it('names those of a large room who have read furthest, wherever they stand in the list', async () => {
        const members = Array.from({ length: 300 }, (_, i) => ({
            userId: `@u${i}:h`,
            rawDisplayName: `U${i}`,
            typing: false,
        }));
        const room = {
            currentState: { on: () => undefined },
            getMembers: () => members,
            getMyMembership: () => 'join',
            getJoinedMembers: () => members,
            getMember: (id: string) => members.find(({ userId }) => userId === id),
            findEventById: () => undefined,
            getReadReceiptForUserId(id: string) {
                const i = Number(/\d+/u.exec(id)?.[0]);
                return i < 150 ? null : { eventId: `$${i}`, data: { ts: i } };
            },
        };
        const sdk = { on: () => sdk, off: () => sdk, getRoom: () => room, getSafeUserId: () => '@u7:h' };
        const presence = createPresence({ sdk: sdk as unknown as MatrixClient, look: () => undefined, log });
        const { read, ownRead } = await presence.activity('!r');
        assert.deepEqual([read.length, read[0]?.name, read.at(-1)?.name, ownRead], [100, 'U299', 'U200', undefined]);
        presence.dispose();
    });
});
