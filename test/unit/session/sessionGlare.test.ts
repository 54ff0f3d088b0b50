import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Account } from '../../../src/core/account/account.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { createSessionGlare } from '../../../src/core/workspace/sessionGlare.ts';
import { member } from './fixtures.ts';
import { crossedSessions } from '../../../src/core/session/glare.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { roomSnapshot } from '../roomSnapshot.ts';

const people = ['@alice:hs', '@bob:hs', '@carol:hs', '@dave:hs', '@erin:hs'];
const room = (creator: string, patch: Partial<RoomSnapshot>): RoomSnapshot =>
    roomSnapshot({ roomId: `!${creator}`, name: 'hush', createdBy: creator, ...patch });
const own = (self: string, invited: readonly string[], membership: 'join' | 'invite' = 'invite'): RoomSnapshot =>
    room(self, {
        members: [
            { userId: self, name: self, membership: 'join' },
            ...invited.map((userId) => ({ userId, name: userId, membership })),
        ],
    });
const invitation = (from: string): RoomSnapshot =>
    room(from, { membership: 'invite', inviter: { userId: from, name: from } });
const same = (): boolean => true;

describe('sessions that two or more people start for one workspace at the same moment', () => {
    it('the smaller user ID’s room survives, at both', () => {
        assert.equal(
            crossedSessions('@alice:hs', own('@alice:hs', ['@bob:hs']), [invitation('@bob:hs')], same)?.keep.roomId,
            '!@alice:hs',
        );
        assert.equal(
            crossedSessions('@bob:hs', own('@bob:hs', ['@alice:hs']), [invitation('@alice:hs')], same)?.keep.roomId,
            '!@alice:hs',
        );
    });

    it('everybody keeps the same room, in whatever order the invitations came', () => {
        fc.assert(
            fc.property(fc.shuffledSubarray(people, { minLength: 2 }), fc.infiniteStream(fc.nat()), (group, seeds) => {
                const kept = group.map((self) => {
                    const others = group
                        .filter((p) => p !== self)
                        .toSorted(() => (seeds.next().value % 2 === 0 ? -1 : 1));
                    return crossedSessions(self, own(self, others), others.map(invitation), same)?.keep.roomId;
                });
                assert.deepEqual(new Set(kept), new Set([`!${group.toSorted()[0] ?? ''}`]));
            }),
        );
    });

    it('an ordinary invitation stays one: from who was not invited, has come already, or works on something else', () => {
        assert.equal(crossedSessions('@bob:hs', own('@bob:hs', []), [invitation('@alice:hs')], same), undefined);
        assert.equal(
            crossedSessions('@bob:hs', own('@bob:hs', ['@alice:hs'], 'join'), [invitation('@alice:hs')], same),
            undefined,
        );
        assert.equal(
            crossedSessions('@bob:hs', own('@bob:hs', ['@alice:hs']), [invitation('@alice:hs')], () => false),
            undefined,
        );
        assert.equal(
            crossedSessions(
                '@bob:hs',
                own('@bob:hs', ['@alice:hs']),
                [{ ...invitation('@alice:hs'), encrypted: false }],
                same,
            ),
            undefined,
        );
        const running = { ...own('@bob:hs', ['@alice:hs']), rtc: [member({ userId: '@bob:hs', deviceId: 'B' })] };
        assert.equal(crossedSessions('@bob:hs', running, [invitation('@alice:hs')], same), undefined);
        assert.equal(crossedSessions('@bob:hs', undefined, [invitation('@alice:hs')], same), undefined);
    });

    it('an invitation to somebody else’s room is none of it', () => {
        const forwarded = { ...invitation('@alice:hs'), createdBy: '@zoe:hs' };
        assert.equal(crossedSessions('@bob:hs', own('@bob:hs', ['@alice:hs']), [forwarded], same), undefined);
    });
});

describe('the room that is given up for another', () => {
    it('is left once its invitations are taken back, and again when that did not work at first', async () => {
        const bobs = { ...own('@bob:hs', ['@alice:hs', '@carol:hs']), roomId: '!bob' };
        const kept = invitation('@alice:hs');
        let rooms: readonly RoomSnapshot[] = [bobs, kept];
        let mapped = bobs.roomId;
        let broken = true;
        const done: string[] = [];
        const account = {
            userId: '@bob:hs',
            state: { kind: 'ready' },
            rooms: () => rooms,
            join: async (roomId: string) => {
                rooms = [bobs, { ...kept, membership: 'join' }];
                done.push(`join ${roomId}`);
            },
            invite: async (roomId: string, userId: string) => void done.push(`invite ${userId} to ${roomId}`),
            leaveRoom: async (roomId: string) => {
                if (broken) throw new Error('no connection');
                rooms = rooms.filter((it) => it.roomId !== roomId);
                done.push(`leave ${roomId}`);
            },
            roomAdmin: {
                kick: async (roomId: string, userId: string) => void done.push(`kick ${userId} from ${roomId}`),
            },
        } as unknown as Account;
        const glare = createSessionGlare({
            account: () => account,
            ownRoomId: () => mapped,
            sameWorkspace: async () => true,
            map: async (roomId) => {
                mapped = roomId;
            },
            after: () => () => undefined,
            log: createLog({ debug() {}, info() {}, warn() {}, error() {} }),
        });
        await glare.check();
        const given = ['kick @alice:hs from !bob', 'kick @carol:hs from !bob'];
        assert.deepEqual(done, ['join !@alice:hs', 'invite @carol:hs to !@alice:hs', ...given]);
        broken = false;
        await glare.check();
        assert.deepEqual(done.slice(-3), [...given, 'leave !bob']);
        await glare.check();
        assert.equal(done.length, 7);
    });
});
