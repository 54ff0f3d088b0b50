/** Names that others chose: one short line each, and none that may be taken for another. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MatrixEvent, Room, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { describe, it } from 'mocha';
import { nameLine, wholeNameLine } from '../../../src/core/base/nameLine.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import { plainName } from '../../../src/extension/shell/plainText.ts';
import {
    memberName,
    newcomerName,
    shownMember,
    tellApart,
    tellRoomsApart,
} from '../../../src/matrix/names/shownNames.ts';

const [ANN, BEN] = ['@ann:hs', '@ben:hs'];
const shown = (...raw: readonly string[]): string[] =>
    [...tellApart(raw.map((name, i) => ({ id: `@u${i}:hs`, raw: name }))).values()].map(({ name }) => name);
const member = (userId: string, displayname: string): MatrixEvent =>
    new MatrixEvent({
        type: 'm.room.member',
        room_id: '!r:hs',
        event_id: `$${userId}${displayname.length}`,
        state_key: userId,
        sender: userId,
        content: { membership: 'join', displayname },
    });

describe('a name', () => {
    it('is one short line, whatever it is', () => {
        for (const [name, line] of [
            ['Ann\nBen', 'Ann Ben'],
            ['Ann\r\n\u2028\u2029 \t Ben', 'Ann [U+2028][U+2029] Ben'],
            ['  Ann  ', 'Ann'],
            ['Ann\u202Egnp', 'Ann[U+202E]gnp'],
            ['A\u200Bnn', 'A[U+200B]nn'],
            [`Z${'\u0301'.repeat(50)}algo`, `Z${'\u0301'.repeat(4)}algo`],
            ['👨\u200D👩\u200D👧'.repeat(20), `${'👨\u200D👩\u200D👧'.repeat(7)}…`],
        ] as const)
            assert.equal(nameLine(name), line);
        assert.equal(nameLine('x'.repeat(4_000)), `${'x'.repeat(63)}…`);
        assert.equal(wholeNameLine('x'.repeat(4_000)).length, 4_000);
        fc.assert(
            fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
                assert.doesNotMatch(nameLine(name), /[\n\r\u2028\u2029\u202A-\u202E]/u);
                assert.ok(nameLine(name).length <= 64);
            }),
            { numRuns: 50 },
        );
    }).timeout(20_000);

    it('shows the ID behind a name that looks like another', () => {
        const long = 'x'.repeat(64);
        for (const [a, b] of [
            ['Ann', 'Ann'],
            ['Ann', 'ann'],
            ['Ann', ' Ann\n'],
            ['Ann', 'A\u200Bnn'],
            ['Ann', 'Ann\u{E0041}'],
            ['Ann', 'Аnn'], // a Cyrillic letter
            ['Ann', 'Ann'],
            ['Zoë', 'Zoe\u0308'],
            [`${long}a`, `${long}b`],
        ] as const)
            assert.ok(
                shown(a, b).every((name, i) => name.endsWith(` (@u${i}:hs)`)),
                JSON.stringify(shown(a, b)),
            );
        assert.equal(shown(`${long}a`, `${long}b`)[0], `${'x'.repeat(23)}… (@u0:hs)`, 'the ID is in sight');
        assert.deepEqual(shown('Ann', 'Anna', 'Ben', ''), ['Ann', 'Anna', 'Ben', '@u3:hs']);
    });

    it('shows the real ID behind a name that looks like a user ID or changes its direction', () => {
        const room = new Room('!r:hs', {} as MatrixClient, '@me:hs');
        for (const name of [
            ANN,
            `Ann (${ANN})`,
            '@\u200Bann:hs',
            '＠ann：hs',
            'nnA\u202E',
            'Ann\u200F',
            'Ann\u2066',
            'Ann\u061C',
        ]) {
            assert.ok(newcomerName(room, BEN, name).endsWith(` (${BEN})`), name);
            assert.ok(shown(name)[0]?.endsWith(' (@u0:hs)'), name);
        }
        for (const name of ['Ann @ work', 'Ann: me', 'a@b', 'عَنّ', BEN]) {
            assert.equal(newcomerName(room, BEN, name), name);
        }
        const [direct] = [...tellApart([{ id: '!r:hs', raw: ANN }]).values()];
        assert.equal(direct?.name, ANN, 'a room is named after the person in it');
        const start = performance.now();
        shown('@'.repeat(60_000));
        assert.ok(performance.now() - start < 500);
    });

    it('keeps the whole beside it', () => {
        const [one] = [...tellApart([{ id: ANN, raw: 'x'.repeat(100) }]).values()];
        assert.deepEqual([one?.name.length, one?.wholeName], [64, 'x'.repeat(100)]);
        const [plain] = [...tellApart([{ id: ANN, raw: 'Ann' }]).values()];
        assert.deepEqual(plain, { name: 'Ann' });
    });

    it('of a member follows the room, and of a newcomer is compared with theirs', () => {
        const room = new Room('!r:hs', {} as MatrixClient, '@me:hs');
        room.currentState.setStateEvents([member(ANN, 'Ann')]);
        assert.deepEqual([memberName(room, ANN), memberName(room, BEN), memberName(undefined, BEN)], ['Ann', BEN, BEN]);
        assert.deepEqual([newcomerName(room, BEN, 'ANN'), newcomerName(room, BEN, 'Ben')], [`ANN (${BEN})`, 'Ben']);
        room.currentState.setStateEvents([member(BEN, 'аnn')]);
        assert.deepEqual([memberName(room, ANN), memberName(room, BEN)], [`Ann (${ANN})`, `аnn (${BEN})`]);
        assert.equal(shownMember(room, ANN).wholeName, 'Ann');
        room.currentState.setStateEvents([member(BEN, 'Ben')]);
        assert.deepEqual([memberName(room, ANN), memberName(room, BEN)], ['Ann', 'Ben']);
        room.currentState.setStateEvents([member(BEN, ANN)]);
        assert.equal(memberName(room, BEN), `${ANN} (${BEN})`, 'the ID of somebody else as a name');
    });

    it('shows the address, the person or the ID behind a room name that looks like another', () => {
        const snapshot = (roomId: string, name: string, more: Partial<RoomSnapshot> = {}): RoomSnapshot =>
            ({ roomId, name, isDirect: false, members: [{ userId: '@me:hs' }], ...more }) as unknown as RoomSnapshot;
        const rooms = [
            snapshot('!1:hs', 'App'),
            snapshot('!2:hs', 'app', { alias: '#app:hs' }),
            snapshot('!3:hs', 'App\u200B', {
                isDirect: true,
                members: [{ userId: '@me:hs' }, { userId: ANN }] as never,
            }),
            snapshot('!4:hs', 'Other'),
        ];
        const apart = tellRoomsApart(rooms, '@me:hs');
        assert.deepEqual(
            apart.map(({ name }) => name),
            ['App (!1:hs)', 'app (#app:hs)', `App[U+200B] (${ANN})`, 'Other'],
        );
        assert.equal(apart[0]?.wholeName, 'App');
        assert.deepEqual(tellRoomsApart(rooms, '@me:hs'), apart);
        assert.ok(
            tellRoomsApart(rooms, '@me:hs').every((room, i) => room === apart[i]),
            'the same objects until something changed',
        );
    });

    it('of a room and its replacement is one name, if both rooms say so', () => {
        const room = (roomId: string, more: Partial<RoomSnapshot> = {}): RoomSnapshot =>
            ({ roomId, name: 'App', isDirect: false, members: [], ...more }) as unknown as RoomSnapshot;
        const names = (...rooms: RoomSnapshot[]): string[] => tellRoomsApart(rooms, '@me:hs').map(({ name }) => name);
        const old = room('!old:hs', { replacement: { room: '!new:hs', via: [] } });
        assert.deepEqual(names(old, room('!new:hs', { predecessor: '!old:hs' })), ['App', 'App']);
        // Anybody can make a room that claims to follow another one.
        assert.deepEqual(names(room('!old:hs'), room('!evil:hs', { predecessor: '!old:hs' })), [
            'App (!old:hs)',
            'App (!evil:hs)',
        ]);
        assert.deepEqual(
            names(old, room('!new:hs', { predecessor: '!old:hs' }), room('!evil:hs', { predecessor: '!old:hs' })),
            ['App', 'App (!new:hs)', 'App (!evil:hs)'],
        );
    });

    it('in a sentence is cut, and the ID behind it is not', () => {
        const id = `(@${'u'.repeat(90)}:example.org)`;
        assert.equal(plainName(`${'x'.repeat(100)} ${id}`), `${'x'.repeat(79)}… ${id}`);
        assert.equal(plainName(`Ann ${id}`), `Ann ${id}`);
        assert.equal(plainName(id.slice(1, -1)), id.slice(1, -1));
        assert.equal([...new Intl.Segmenter().segment(plainName('👨\u200D👩\u200D👧'.repeat(100)))].length, 80);
    });
});
