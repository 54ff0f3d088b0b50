import assert from 'node:assert/strict';
import { mock } from 'node:test';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { SESSION_FIELD } from '../../../../src/matrix/events/hushEvents.ts';
import { quietRoomsOf, withRoom } from '../../../../src/matrix/sync/quietRooms.ts';
import { createQuietSync } from '../../../../src/matrix/sync/quietSync.ts';
import type { Fetch } from '../../../../src/matrix/requests/matrixHttp.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const event = (type: string, content: object = {}, key = '') => ({ type, state_key: key, content });
const room = (...state: object[]) => ({ state: { events: state }, timeline: { events: [] } });
const BASE = 'https://h.example';
const SELF = '@me:h';
const NOW = 10 ** 12;
const member = (membership: string, key = SELF) => event('m.room.member', { membership }, key);
const saved = {
    nextBatch: 's1',
    roomsData: {
        join: {
            '!clear': room(event('m.room.name', { name: 'Lobby' })),
            '!encrypted': room(event('m.room.encryption', { algorithm: 'm.megolm.v1.aes-sha2' })),
            '!encryptedLately': { state: { events: [] }, timeline: { events: [event('m.room.encryption')] } },
            '!session': room(event('m.room.create', { [SESSION_FIELD]: { version: 1 } })),
            '!new': room({ ...member('join'), origin_server_ts: NOW - 60_000 }),
            '!call': room(event('org.matrix.msc3401.call.member', {}, '@a:h')),
            '!direct': room(),
        },
        invite: { '!invited': {} },
    },
    accountData: [event('m.direct', { '@bob:h': ['!direct'] })],
};

describe('rooms that cannot matter', () => {
    it('are the joined ones without encryption, a call, anything of Hush, or a person to verify', () => {
        assert.deepEqual(quietRoomsOf(saved, SELF, NOW), ['!clear']);
    });

    it('are none where the saved sync cannot be read', () => {
        fc.assert(fc.property(fc.anything(), (anything) => Array.isArray(quietRoomsOf(anything, SELF, NOW))));
        assert.deepEqual(
            [null, { roomsData: { join: 7 } }].map((broken) => quietRoomsOf(broken, SELF, NOW)),
            [[], []],
        );
    });
});

describe('a room that is taken in again', () => {
    const state = [member('join'), member('join', '@bob:h'), event('m.room.encryption'), event('org.other', {})];

    it('comes with its state, its members, and the word that something was left out', () => {
        const answer = withRoom({ next_batch: 's2', rooms: { invite: { '!i': {} } } }, '!r', state, SELF, 's1');
        assert.deepEqual(answer, {
            next_batch: 's2',
            rooms: {
                invite: { '!i': {} },
                join: {
                    '!r': {
                        timeline: { events: [], prev_batch: 's1', limited: true },
                        state: { events: state.slice(0, 3) },
                    },
                },
            },
        });
    });

    it('keeps what the answer has of it already', () => {
        const had = {
            timeline: { events: [{ type: 'm.room.encrypted' }], prev_batch: 'p', limited: false },
            'org.matrix.msc4222.state_after': { events: [] },
        };
        const { rooms } = withRoom({ rooms: { join: { '!r': had } } }, '!r', state, SELF, 's1');
        const { timeline, ...rest } = (rooms as { join: Record<string, typeof had> }).join['!r'] ?? had;
        assert.deepEqual(timeline, { ...had.timeline, limited: true });
        assert.equal(rest['org.matrix.msc4222.state_after'].events.length, 3);
    });

    it('is left where we are not in it any more', () => {
        for (const gone of [[member('leave')], []]) {
            const { rooms } = withRoom({}, '!r', gone, SELF, 's1');
            assert.deepEqual(Object.keys(rooms as object), ['leave']);
            const { state: said } =
                (rooms as { leave: Record<string, { state: { events: object[] } }> }).leave['!r'] ?? {};
            assert.deepEqual((said?.events[0] as { content: object } | undefined)?.content, { membership: 'leave' });
        }
    });
});

describe('the sync of an account with rooms that cannot matter', () => {
    /** A homeserver whose /sync waits until it is let go or given up. */
    function world(states: Record<string, object[] | number>) {
        const syncs: URL[] = [];
        const waiting: ((response: Response) => void)[] = [];
        const filters: unknown[] = [];
        const fetch: Fetch = (input, init) => {
            const url = new URL(String(input));
            if (url.pathname.endsWith('/filter')) {
                filters.push((JSON.parse(String(init?.body)) as { room: { not_rooms: unknown } }).room.not_rooms);
                return Promise.resolve(Response.json({ filter_id: `f${filters.length}` }));
            }
            if (url.pathname.endsWith('/sync')) {
                syncs.push(new URL(url));
                if (url.searchParams.get('timeout') === '0')
                    return Promise.resolve(Response.json({ next_batch: 's2' }));
                return new Promise((resolve, reject) => {
                    waiting.push(resolve);
                    init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
                });
            }
            const state = states[decodeURIComponent(url.pathname.split('/')[5] ?? '')];
            if (typeof state === 'number') return Promise.resolve(Response.json({}, { status: state }));
            if (url.pathname.includes('m.room.member')) return Promise.resolve(Response.json({ membership: 'join' }));
            const encryption = state?.find((e) => (e as { type: string }).type === 'm.room.encryption');
            if (url.pathname.endsWith('/state'))
                return slow.then(() => (broken ? Response.json({}, { status: 502 }) : Response.json(state)));
            return Promise.resolve(
                encryption ? Response.json({}) : Response.json({ errcode: 'M_NOT_FOUND' }, { status: 404 }),
            );
        };
        const quiet = createQuietSync({
            baseUrl: BASE,
            userId: SELF,
            accessToken: 't',
            fetch,
            definition: () => ({ room: { timeline: {} } }),
            log,
        });
        quiet.begin(saved, NOW);
        const sync = (init?: RequestInit): Promise<Response> =>
            quiet.fetch(`${BASE}/_matrix/client/v3/sync?filter=own&since=s1&timeout=30000`, init);
        return { quiet, sync, syncs, filters, waiting };
    }
    let broken = false;
    /** The state of a room takes so long. */
    let slow = Promise.resolve();
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const filterOf = (url: URL | undefined): string | null | undefined => url?.searchParams.get('filter');

    it('leaves them out, and nothing of a first sync', async () => {
        const { quiet, sync, syncs, filters, waiting } = world({});
        void quiet.fetch(`${BASE}/_matrix/client/v3/sync?filter=own&timeout=0`);
        void sync();
        await settled();
        assert.deepEqual(syncs.map(filterOf), ['own', 'f1']);
        assert.ok((filters[0] as string[]).includes('!clear'));
        waiting[0]?.(Response.json({}));
        quiet.stop();
    });

    it('asks again at once when one has come to matter, and adds its state', async () => {
        const { quiet, sync, syncs } = world({ '!clear': [member('join'), event('m.room.encryption')] });
        const answer = sync();
        await settled();
        await quiet.look('!clear');
        const { rooms } = (await (await answer).json()) as { rooms: { join: Record<string, object> } };
        assert.deepEqual(Object.keys(rooms.join), ['!clear']);
        assert.deepEqual(
            syncs.map((url) => url.searchParams.get('timeout')),
            ['30000', '0'],
        );
        assert.notEqual(filterOf(syncs[0]), filterOf(syncs[1]));
        quiet.stop();
    });

    it('looks in vain at one that is as it was, and in the way of nobody at a server in trouble', async () => {
        for (const state of [[member('join')], 500]) {
            const { quiet } = world({ '!clear': state });
            const before = quiet.count;
            await quiet.look('!clear');
            assert.equal(quiet.count, before);
            quiet.stop();
        }
    });

    it('brings a room back when we act in it', async () => {
        const { quiet, sync, syncs } = world({ '!clear': [member('join'), event('m.room.encryption')] });
        const answer = sync();
        await settled();
        const path = `${BASE}/_matrix/client/v3/rooms/${encodeURIComponent('!clear')}/state/m.room.encryption/`;
        await quiet.fetch(path, { method: 'PUT', body: '{}' });
        await answer;
        assert.equal(syncs.length, 2);
        quiet.stop();
    });

    it('one whose state cannot be had is left out again, and holds up nothing', async () => {
        const { quiet, sync } = world({ '!clear': [member('join'), event('m.room.encryption')] });
        const before = quiet.count;
        const answer = sync();
        await settled();
        broken = true;
        await quiet.look('!clear');
        const { rooms } = (await (await answer).json()) as { rooms?: object };
        broken = false;
        assert.deepEqual([rooms, quiet.count], [undefined, before]);
        quiet.stop();
    });

    it('checks one of them each minute by itself, and again when its state could not be loaded', async () => {
        mock.timers.enable({ apis: ['setInterval'] });
        try {
            const states: Record<string, object[]> = { '!clear': [member('join')] };
            const { quiet, sync, syncs } = world(states);
            const minute = async (): Promise<void> => {
                mock.timers.tick(60_000);
                for (let i = 0; i < 10; i++) await settled();
            };
            const answer = sync();
            await minute();
            assert.equal(syncs.length, 1);
            states['!clear'] = [member('join'), event('m.room.encryption')];
            broken = true;
            const { promise, resolve } = Promise.withResolvers<void>();
            slow = promise;
            for (let i = 0; i < 2; i++) await minute(); // the second while it is being woken, and none is left out
            resolve();
            assert.equal(((await (await answer).json()) as { rooms?: object }).rooms, undefined);
            broken = false;
            const next = sync();
            await minute();
            const { rooms } = (await (await next).json()) as { rooms: { join: object } };
            assert.deepEqual(Object.keys(rooms.join), ['!clear']);
            quiet.stop();
        } finally {
            mock.timers.reset();
            broken = false;
        }
    });

    it('stops the request when its caller gives up', async () => {
        const { quiet, sync } = world({});
        const control = new AbortController();
        const answer = sync({ signal: control.signal });
        await settled();
        control.abort();
        await assert.rejects(answer);
        quiet.stop();
    });
});
