import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { member } from './fixtures.ts';
import { crossedSessions } from '../../../src/extension/session/glare.ts';
import type { RoomSnapshot } from '../../../src/extension/session/types.ts';

const people = ['@alice:hs', '@bob:hs', '@carol:hs', '@dave:hs', '@erin:hs'];
const room = (creator: string, patch: Partial<RoomSnapshot>): RoomSnapshot => ({
    roomId: `!${creator}`,
    name: 'hush',
    membership: 'join',
    inviter: undefined,
    createdBy: creator,
    encrypted: true,
    isDirect: false,
    members: [],
    rtc: [],
    workspaces: [],
    mayJoinCall: true,
    mayInvite: true,
    mayLinkWorkspace: true,
    ...patch,
});
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
