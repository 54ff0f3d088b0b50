import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    levelOf,
    obstacle,
    powersOf,
    roomVersionOf,
    stateLevel,
    type CreateEvent,
    type RoomAction,
} from '../../../src/core/rooms/powerLevels.ts';
import { newerVersions, newestFirst, versionTraits } from '../../../src/core/rooms/roomVersions.ts';
import { abilities, obstacleSentence, roleChoices, roleName, roleWarning } from '../../../src/extension/rooms/roles.ts';

const [ALICE, BOB, CAROL, DAVE] = ['@alice:hs', '@bob:hs', '@carol:hs', '@dave:hs'];
const PEOPLE = [ALICE, BOB, CAROL, DAVE];
const VERSIONS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];
const TYPES = ['m.room.name', 'm.room.power_levels', 'm.room.tombstone', 'm.room.message', 'com.hush.workspace'];

/** A room as it may be: its creators, and levels that its version allows. */
const rooms = fc.constantFrom(...VERSIONS).chain((version) => {
    const number = Number(version);
    const integer = fc.integer({ min: -2, max: 4 }).map((n) => n * 25);
    const level =
        number < 10
            ? fc.oneof(
                  integer,
                  integer.map(String),
                  integer.map((n) => ` ${n} `),
              )
            : (integer as fc.Arbitrary<unknown>);
    const creators = number >= 12 ? [ALICE, CAROL] : [];
    const users = fc.dictionary(fc.constantFrom(...PEOPLE.filter((p) => !creators.includes(p))), level);
    const key = <K extends string>(name: K) => fc.option(level, { nil: undefined }).map((v) => [name, v] as const);
    const content = fc
        .tuple(
            users,
            fc.dictionary(fc.constantFrom(...TYPES), level),
            key('users_default'),
            key('events_default'),
            key('state_default'),
            key('invite'),
            key('kick'),
            key('ban'),
            key('redact'),
        )
        .map(([u, events, ...rest]) => ({
            users: u,
            events,
            ...Object.fromEntries(rest.filter(([, v]) => v !== undefined)),
        }));
    const create: CreateEvent = {
        sender: ALICE,
        content: {
            room_version: version,
            ...(number < 11 ? { creator: ALICE } : {}),
            ...(number >= 12 ? { additional_creators: [CAROL] } : {}),
        },
    };
    return fc.record({ create: fc.constant(create), content: fc.option(content, { nil: undefined }) });
});
const person = fc.constantFrom(...PEOPLE);
const actions: fc.Arbitrary<RoomAction> = fc.oneof(
    fc.constant({ kind: 'invite' } as const),
    fc.constant({ kind: 'redact' } as const),
    fc.record({ kind: fc.constantFrom('kick' as const, 'ban' as const, 'unban' as const), target: person }),
    fc.record({ kind: fc.constantFrom('state' as const, 'message' as const), type: fc.constantFrom(...TYPES) }),
    fc.record({ kind: fc.constant('level' as const), target: person, level: fc.integer({ min: -50, max: 125 }) }),
);

type Content = Readonly<Record<string, unknown>>;

/** The rules as the specification words them, over the raw events. */
function allowed(
    { create, content }: { create: CreateEvent; content: Content | undefined },
    who: string,
    a: RoomAction,
) {
    const twelve = create.content['room_version'] === '12';
    const isCreator = (id: string): boolean => twelve && (id === ALICE || id === CAROL);
    const int = (v: unknown): number => Number(String(v).trim());
    const at = (map: unknown, key: string): number | undefined =>
        (map as Content | undefined)?.[key] === undefined ? undefined : int((map as Content)[key]);
    const levelIn = (id: string): number => {
        if (isCreator(id)) return Infinity;
        if (!content) return id === ALICE ? 100 : 0;
        return at(content['users'], id) ?? at(content, 'users_default') ?? 0;
    };
    const named = (key: string, otherwise: number): number => at(content, key) ?? otherwise;
    const [mine, send] = [
        levelIn(who),
        (type: string, state: boolean): number =>
            at(content?.['events'], type) ?? (state ? named('state_default', 50) : named('events_default', 0)),
    ];
    switch (a.kind) {
        case 'invite':
            return mine >= named('invite', 0);
        case 'redact':
            return mine >= named('redact', 50);
        case 'kick':
            return mine >= named('kick', 50) && levelIn(a.target) < mine;
        case 'ban':
            return mine >= named('ban', 50) && levelIn(a.target) < mine;
        case 'unban':
            return mine >= named('ban', 50) && mine >= named('kick', 50) && levelIn(a.target) < mine;
        case 'state':
            return mine >= send(a.type, true);
        case 'message':
            return mine >= send(a.type, false);
        case 'level': {
            if (isCreator(a.target) || mine < send('m.room.power_levels', true)) return false;
            const old = content ? at(content['users'], a.target) : a.target === ALICE && !twelve ? 100 : undefined;
            if (a.target !== who && old !== undefined && old >= mine) return false;
            return a.level <= mine;
        }
    }
}

describe('power levels', () => {
    it('allow exactly what the authorization rules allow, in every room version', () => {
        fc.assert(
            fc.property(rooms, person, actions, (room, who, action) => {
                const powers = powersOf(room.create, room.content);
                assert.equal(obstacle(powers, who, action) === undefined, allowed(room, who, action));
            }),
            { numRuns: 3_000 },
        );
    });

    it('reads levels of any shape without an exception', () => {
        fc.assert(
            fc.property(
                fc.anything(),
                fc.dictionary(fc.string(), fc.anything()),
                person,
                actions,
                (levels, c, who, a) => {
                    const powers = powersOf({ sender: ALICE, content: c }, levels);
                    for (const n of [
                        powers.ban,
                        powers.stateDefault,
                        levelOf(powers, BOB),
                        stateLevel(powers, '__proto__'),
                    ])
                        assert.equal(typeof n, 'number');
                    const why = obstacle(powers, who, a);
                    assert.ok(why === undefined || obstacleSentence(why).length > 0);
                    assert.deepEqual(structuredClone(powers), powers, 'goes to another window');
                },
            ),
        );
    });

    it('more power never takes an action away', () => {
        fc.assert(
            fc.property(rooms, person, fc.nat(100), actions, (room, who, more, action) => {
                if ('target' in action && action.target === who) return; // nobody is above themselves
                const before = powersOf(room.create, room.content);
                const after = { ...before, users: { ...before.users, [who]: levelOf(before, who) + more } };
                if (obstacle(before, who, action) === undefined) assert.equal(obstacle(after, who, action), undefined);
            }),
        );
    });

    it('a room without levels is its creator’s', () => {
        const old = powersOf({ sender: BOB, content: { creator: ALICE, room_version: '6' } }, undefined);
        assert.deepEqual([levelOf(old, ALICE), levelOf(old, BOB)], [100, 0]);
        const eleven = powersOf({ sender: BOB, content: { room_version: '11' } }, undefined);
        assert.equal(levelOf(eleven, BOB), 100);
        const twelve = powersOf(
            { sender: BOB, content: { room_version: '12', additional_creators: [CAROL, 7] } },
            undefined,
        );
        assert.deepEqual(
            [levelOf(twelve, BOB), levelOf(twelve, CAROL), levelOf(twelve, ALICE)],
            [Infinity, Infinity, 0],
        );
    });

    it('strings are levels in rooms of old versions only', () => {
        const levels = { users: { [BOB]: '+050', [CAROL]: '1e2', [DAVE]: 49.9 }, ban: ' -1 ' };
        const nine = powersOf({ sender: ALICE, content: { room_version: '9' } }, levels);
        assert.deepEqual([levelOf(nine, BOB), levelOf(nine, CAROL), levelOf(nine, DAVE), nine.ban], [50, 0, 49, -1]);
        const ten = powersOf({ sender: ALICE, content: { room_version: '10' } }, levels);
        assert.deepEqual([levelOf(ten, BOB), levelOf(ten, DAVE), ten.ban], [0, 0, 50]);
    });

    it('the version of a room that names none is 1, and versions are listed newest first', () => {
        assert.equal(roomVersionOf({ sender: ALICE, content: {} }), '1');
        assert.deepEqual(['1', '12', 'org.x', '9', '10'].toSorted(newestFirst), ['12', '10', '9', '1', 'org.x']);
        assert.ok(
            versionTraits('org.matrix.hydra.11').infiniteCreators && !versionTraits('org.example').infiniteCreators,
        );
        assert.deepEqual(
            [
                versionTraits('6').knock,
                versionTraits('7').knock,
                versionTraits('7').restricted,
                versionTraits('8').restricted,
            ],
            [false, true, false, true],
        );
    });
});

describe('the versions that a room may be upgraded to', () => {
    it('are newer ones, the recommended first', () => {
        assert.deepEqual(newerVersions('10', ['12', '11', '10', '9'], '11'), ['11', '12']);
        assert.deepEqual(newerVersions('12', ['12', '11'], '12'), []);
        assert.deepEqual(newerVersions('org.example', ['12', '11'], '11'), ['11', '12']);
    });
});

describe('roles', () => {
    const eleven = (users: Record<string, number>, more = {}) =>
        powersOf({ sender: ALICE, content: { room_version: '11' } }, { users, ...more });

    it('have names, and a number where the name is not enough', () => {
        const names = [Infinity, 100, 75, 50, 10, 0, -1].map((level) => roleName(level));
        assert.deepEqual(names, [
            'Creator',
            'Admin',
            'Moderator (75)',
            'Moderator',
            'Member (10)',
            'Member',
            'Limited (-1)',
        ]);
        assert.equal(roleName(25, 25), 'Member');
        assert.match(abilities(eleven({}), 50), /^Roles, settings, banning, removing/u);
        assert.match(abilities(eleven({}), -1), /Reads along/u);
    });

    it('offers only what is allowed', () => {
        fc.assert(
            fc.property(rooms, person, person, (room, who, target) => {
                const powers = powersOf(room.create, room.content);
                for (const { level } of roleChoices(powers, who, target))
                    assert.equal(obstacle(powers, who, { kind: 'level', target, level }), undefined);
            }),
        );
    });

    it('warn of what cannot be taken back: an equal, and less for oneself', () => {
        const powers = eleven({ [ALICE]: 100, [BOB]: 50 });
        assert.match(roleWarning(powers, ALICE, BOB, 100) ?? '', /as much power/u);
        assert.match(roleWarning(powers, ALICE, ALICE, 50) ?? '', /give up/u);
        assert.equal(roleWarning(powers, ALICE, BOB, 50), undefined);
        assert.equal(roleWarning(powers, ALICE, ALICE, 100), undefined);
    });

    it('a moderator is told why an admin cannot be removed, and a member why nobody can', () => {
        const powers = eleven({ [ALICE]: 100, [BOB]: 50 });
        const why = (who: string, target: string): string => {
            const found = obstacle(powers, who, { kind: 'kick', target });
            return found ? obstacleSentence(found) : '';
        };
        assert.match(why(BOB, ALICE), /as much power as you or more \(Admin, level 100\)/u);
        assert.match(why(CAROL, DAVE), /asks for level 50; you have 0/u);
        assert.equal(why(BOB, CAROL), '');
    });
});
