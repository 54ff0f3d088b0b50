import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    EMPTY_WINDOW,
    followReplaced,
    isSuccessor,
    mappedRoom,
    offeredRooms,
    readMap,
    sessionName,
    withMapping,
    withoutMapping,
    workspaceKeys,
} from '../../../src/core/workspace/workspaceRooms.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';

const A = { uri: 'file:///a', name: 'a' };
const B = { uri: 'file:///b', name: 'b' };
const one = { workspaceFile: undefined, folders: [A] };
const two = { workspaceFile: undefined, folders: [A, B] };
const saved = { workspaceFile: 'file:///x/pair%20work.code-workspace', folders: [A, B] };
const empty = { workspaceFile: undefined, folders: [] };
const joined = (roomId: string) => ({ roomId, membership: 'join', workspaces: [] }) as unknown as RoomSnapshot;

describe('mapping workspaces to rooms', () => {
    for (const [name, workspace] of [
        ['one folder', one],
        ['several folders', two],
        ['a saved workspace', saved],
        ['an empty window', empty],
    ] as const) {
        it(`${name}: what was mapped is found again, and nothing after unmapping`, () => {
            const map = withMapping({}, workspace, '!r');
            assert.equal(mappedRoom(map, workspace, [joined('!r')]), '!r');
            assert.equal(mappedRoom(withoutMapping(map, workspace), workspace, [joined('!r')]), undefined);
        });
    }

    it('a replaced room’s workspaces go to its successor, and to nothing that only claims to be one', () => {
        const old = { ...joined('!old'), replacement: { room: '!new', via: [] } };
        const [next, liar] = [
            { ...joined('!new'), predecessor: '!old' },
            { ...joined('!liar'), predecessor: '!old' },
        ];
        const map = { [A.uri]: '!old', [B.uri]: '!other' };
        assert.deepEqual(followReplaced(map, [old, next, liar]), { [A.uri]: '!new', [B.uri]: '!other' });
        for (const rooms of [[old, liar], [old], [joined('!old'), next], [old, joined('!new')]])
            assert.equal(followReplaced(map, rooms), map);
        const invited = { ...next, membership: 'invite' } as const;
        assert.equal(followReplaced(map, [old, invited]), map, 'not before one is in it');
        assert.deepEqual(
            [isSuccessor([old], invited), isSuccessor([old], liar), isSuccessor([], invited)],
            [true, false, false],
        );
    });

    it('a folder keeps its room when it is opened among others', () => {
        const map = withMapping({}, two, '!r', B.uri);
        assert.equal(mappedRoom(map, two, [joined('!r')]), '!r');
        assert.equal(mappedRoom(map, one, [joined('!r')]), undefined);
    });

    it('a room that was left counts as not mapped', () => {
        assert.equal(mappedRoom(withMapping({}, one, '!r'), one, []), undefined);
    });

    it('a damaged store is an empty one', () => {
        fc.assert(fc.property(fc.anything(), (stored) => assert.equal(typeof readMap(stored), 'object')));
        assert.deepEqual(readMap({ a: 1 }), {});
    });

    it('names the room after the workspace', () => {
        assert.equal(sessionName(one), 'a');
        assert.equal(sessionName(two), 'a + b');
        assert.equal(sessionName(saved), 'pair work');
        assert.equal(sessionName(empty), 'Pairing session');
        assert.deepEqual(workspaceKeys(empty), [EMPTY_WINDOW]);
    });

    it('offers the room whose link matches a remote', () => {
        const link = { salt: 's', hash: 'h' };
        const rooms = [joined('!x'), { ...joined('!y'), workspaces: [link] }];
        assert.deepEqual(
            offeredRooms(rooms, ['git@h:a/b'], (l) => l === link).map((r) => r.roomId),
            ['!y'],
        );
    });
});
