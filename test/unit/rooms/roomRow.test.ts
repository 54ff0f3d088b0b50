import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { rowFlags, rows } from '../../../src/extension/manifest/contexts.ts';
import { roomFlags, roomTooltip, whyLinkIsOwn, refusalOf, whyNotWrite } from '../../../src/extension/rooms/roomRow.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { roomSnapshot } from '../roomSnapshot.ts';
import { obstacle, powersOf } from '../../../src/core/rooms/powerLevels.ts';
import { CALL_MEMBER_TYPE, WORKSPACE_TYPE } from '../../../src/core/rooms/eventTypes.ts';

const [ALICE, BOB] = ['@alice:hs', '@bob:hs'];

/** As `snapshotOf` makes it, for Bob: of level 0, in Alice's room. */
function roomOf(levels: Readonly<Record<string, unknown>>, patch: Partial<RoomSnapshot> = {}): RoomSnapshot {
    const powers = powersOf({ sender: ALICE, content: { room_version: '11' } }, { users: { [ALICE]: 100 }, ...levels });
    const may = (action: Parameters<typeof obstacle>[2]): boolean => obstacle(powers, BOB, action) === undefined;
    return roomSnapshot({
        roomId: '!r:hs',
        members: [{ userId: ALICE, name: 'Alice', membership: 'join' }],
        mayJoinSession: may({ kind: 'state', type: CALL_MEMBER_TYPE }),
        mayInvite: may({ kind: 'invite' }),
        mayLinkWorkspace: may({ kind: 'state', type: WORKSPACE_TYPE }),
        mayWrite: may({ kind: 'message', type: 'm.room.encrypted' }),
        mayReact: may({ kind: 'message', type: 'm.reaction' }),
        powers,
        ...patch,
    });
}
const OPEN = { events: { [CALL_MEMBER_TYPE]: 0, [WORKSPACE_TYPE]: 0 } };

describe('the menu of a room’s row', () => {
    it('has what the room allows, and the tooltip why the rest is missing', () => {
        assert.equal(roomFlags(roomOf(OPEN), BOB), '+share+invite+link+chat');
        assert.equal(roomTooltip(roomOf(OPEN), BOB), 'Room\nEnd-to-end encrypted · 1 person');
        const strict = roomOf({ invite: 60, events: { [CALL_MEMBER_TYPE]: 40 } });
        assert.equal(roomFlags(strict, BOB), '+link+chat');
        assert.deepEqual(roomTooltip(strict, BOB).split('\n').slice(2), [
            'You cannot share or watch screens here. This room asks for level 40; you have 0.',
            'You cannot invite. This room asks for level 60; you have 0.',
            'A workspace that you link here is linked for you alone. This room asks for level 50; you have 0.',
        ]);
        assert.equal(roomFlags(strict, undefined), '', 'nobody is signed in');
    });

    it('offers nothing that needs a session in an unencrypted room', () => {
        const plain = roomOf(OPEN, { encrypted: false });
        assert.equal(roomFlags(plain, BOB), '+invite');
        assert.match(roomTooltip(plain, BOB), /Not encrypted.*\nYou cannot share, watch, chat or link a workspace/u);
        assert.doesNotMatch(roomTooltip(plain, BOB), /turns encryption on/u);
        assert.match(roomTooltip(plain, ALICE), /\nRoom Settings… turns encryption on.$/u);
    });

    it('says that a room is read-only, and why', () => {
        const announcements = roomOf({ ...OPEN, events_default: 50 });
        const why = 'This room asks for level 50; you have 0.';
        assert.equal(
            roomTooltip(announcements, BOB).split('\n').at(-1),
            `You can read the chat here, but not write in it. ${why}`,
        );
        assert.equal(roomFlags(announcements, BOB), '+share+invite+link+chat', 'it is read');
        const reacting = roomOf({ events_default: 50, events: { ...OPEN.events, 'm.reaction': 0 } });
        assert.deepEqual(
            (['message', 'reaction'] as const).map((what) => whyNotWrite(reacting, BOB, what)),
            [why, undefined],
        );
        const sealed = roomOf({ events: { 'm.room.encrypted': 10, 'm.reaction': 20 } });
        assert.deepEqual(
            (['message', 'reaction'] as const).map((what) => whyNotWrite(sealed, BOB, what)),
            ['This room asks for level 10; you have 0.', 'This room asks for level 20; you have 0.'],
        );
        assert.equal(whyNotWrite(roomOf({}), BOB, 'message'), undefined);
    });

    it('says only where to go from a replaced room', () => {
        const replaced = roomOf({ invite: 60 }, { replacement: { room: '!n:hs', via: [] } });
        assert.match(roomTooltip(replaced, BOB), /\nThis room was replaced by a newer one. Continue there.$/u);
    });

    it('a flag and a reason never stand for the same thing, whatever the levels', () => {
        const level = fc.integer({ min: -5, max: 110 });
        fc.assert(
            fc.property(level, level, level, fc.boolean(), (call, invite, link, encrypted) => {
                const room = roomOf(
                    { invite, events: { [CALL_MEMBER_TYPE]: call, [WORKSPACE_TYPE]: link } },
                    { encrypted },
                );
                for (const deed of ['share', 'invite', 'link', 'chat'] as const) {
                    const why = refusalOf(room, BOB, deed);
                    assert.equal(roomFlags(room, BOB).includes(rowFlags[deed]), why === undefined, deed);
                    assert.notEqual(why, '');
                }
                assert.equal(whyLinkIsOwn(room, BOB) === undefined, link <= 0);
            }),
        );
    });
});

describe('the menus of the manifest', () => {
    const { contributes } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
        contributes: { menus: { 'view/item/context': readonly { command: string; when: string }[] } };
    };
    /** Commands in the menu of a row with this `contextValue`, where nobody shares; a button of the row is there, too. */
    const menuOf = (context: string): string[] => {
        const entries = contributes.menus['view/item/context']
            .filter(({ when }) => {
                const pattern = /viewItem =~ \/(.+?)\/(?: |$)/u.exec(when)?.[1];
                const equal = /viewItem == (\S+)/u.exec(when)?.[1];
                return pattern === undefined ? equal === context : new RegExp(pattern, 'u').test(context);
            })
            .map(({ command }) => command);
        return [...new Set(entries)];
    };

    it('offer on a room’s row only what its flags say', () => {
        const always = ['hush.people', 'hush.leaveRoom', 'hush.copyJoinLink', 'hush.roomSettings'];
        const flagged = { share: 'hush.shareScreen', invite: 'hush.inviteTeammate', link: 'hush.linkWorkspace' };
        for (const row of [rows.room, rows.roomInSession]) {
            const leave = row === rows.roomInSession ? ['hush.leaveSession'] : [];
            assert.deepEqual(menuOf(row).toSorted(), [...always, ...leave].toSorted());
            for (const [flag, ...commands] of [
                ...Object.entries(flagged),
                ['chat', 'hush.openChat', 'hush.sendChanges'],
            ])
                assert.deepEqual(
                    menuOf(row + rowFlags[flag as keyof typeof rowFlags]).toSorted(),
                    [...always, ...leave, ...commands].toSorted(),
                );
        }
    });

    it('offer a screen to be watched only where it may be', () => {
        assert.deepEqual(menuOf(rows.share), []);
        assert.deepEqual(menuOf(rows.share + rowFlags.view), ['hush.viewShare']);
        assert.ok(!menuOf(rows.caller + rowFlags.other).includes('hush.viewShare'));
        assert.ok(menuOf(rows.caller + rowFlags.view + rowFlags.other).includes('hush.viewShare'));
    });

    it('read every flag that rows carry, and none that they do not', () => {
        const read = contributes.menus['view/item/context'].flatMap(({ when }) =>
            [...when.matchAll(/\\(\+\w+)/gu)].map((match) => match[1] ?? ''),
        );
        assert.deepEqual([...new Set(read)].toSorted(), Object.values(rowFlags).toSorted());
    });
});
