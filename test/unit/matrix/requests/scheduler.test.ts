import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { refusal, type Fetch } from '../../../../src/matrix/requests/matrixHttp.ts';
import { laneOf } from '../../../../src/matrix/requests/lanes.ts';
import { createScheduler, PATIENCE_MS } from '../../../../src/matrix/requests/scheduler.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const API = 'https://h.example/_matrix/client/v3';
const put = (init: RequestInit = {}): RequestInit => ({ method: 'PUT', body: '{}', ...init });
const send = (room: string, txn: string): string =>
    `${API}/rooms/${encodeURIComponent(room)}/send/m.room.message/${txn}`;

/** A scheduler over a server that answers as it is told, with a clock that moves when somebody waits. */
function world(answer: (url: string, now: number) => Response | Promise<Response>) {
    let clock = 1_000;
    const asked: { url: string; at: number }[] = [];
    const fetch: Fetch = async (input) => {
        const url = String(input);
        asked.push({ url, at: clock });
        return answer(url, clock);
    };
    const scheduled = createScheduler({
        fetch,
        now: () => clock,
        wallNow: () => clock,
        log,
        wait(ms, signal) {
            signal?.throwIfAborted();
            clock += ms;
            return Promise.resolve();
        },
    });
    return {
        scheduled,
        asked,
        get clock() {
            return clock;
        },
    };
}
const limited = (headers: HeadersInit, body: object = {}): Response =>
    Response.json({ errcode: 'M_LIMIT_EXCEEDED', error: 'slow down', ...body }, { status: 429, headers });

describe('the request scheduler', () => {
    it('keeps the order of what is sent to a room, however long each takes', async () => {
        await fc.assert(
            fc.asyncProperty(
                fc.array(fc.record({ room: fc.integer({ min: 0, max: 2 }), turns: fc.nat(5), ok: fc.boolean() }), {
                    maxLength: 20,
                }),
                async (sends) => {
                    const done: string[] = [];
                    const { scheduled } = world(async (url) => {
                        const i = Number(url.split('/').at(-1));
                        for (let turn = 0; turn < (sends[i]?.turns ?? 0); turn++) await Promise.resolve();
                        done.push(url);
                        if (sends[i]?.ok !== true) throw new TypeError('fetch failed');
                        return Response.json({});
                    });
                    const urls = sends.map(({ room }, i) => send(`!${room}:h`, String(i)));
                    await Promise.allSettled(urls.map((url) => scheduled(url, put())));
                    for (const room of [0, 1, 2]) {
                        const prefix = send(`!${room}:h`, '');
                        const mine = (list: readonly string[]): string[] => list.filter((u) => u.startsWith(prefix));
                        assert.deepEqual(mine(done), mine(urls));
                    }
                },
            ),
        );
    });

    it('one room does not wait for another, nor state for a message that hangs', async () => {
        const hanging = Promise.withResolvers<Response>();
        const { scheduled } = world((url) => (url.includes('hangs') ? hanging.promise : Response.json({})));
        const stuck = scheduled(send('!a:h', 'hangs'), put());
        await scheduled(send('!b:h', '1'), put());
        await scheduled(`${API}/rooms/!a:h/state/m.room.topic/`, put());
        hanging.resolve(Response.json({}));
        await stuck;
    });

    it('waits as long as the server asks, then makes the request again', async () => {
        let first = true;
        const { scheduled, asked } = world(() => {
            if (!first) return Response.json({ ok: true });
            first = false;
            return limited({ 'Retry-After': '3' });
        });
        const response = await scheduled(send('!a:h', '1'), put());
        assert.equal(response.status, 200);
        assert.deepEqual(
            asked.map(({ at }) => at),
            [1_000, 4_000],
        );
    });

    it('takes a date, and the older field, for the length of the pause', async () => {
        for (const [headers, body] of [
            [{ 'Retry-After': new Date(5_000).toUTCString() }, {}],
            [{}, { retry_after_ms: 4_000 }],
        ] as const) {
            const w = world((_, now) => (now < 5_000 ? limited(headers, body) : Response.json({})));
            assert.equal((await w.scheduled(`${API}/createRoom`, { method: 'POST' })).status, 200);
            assert.equal(w.clock, 5_000);
        }
    });

    it('sends nothing else that counts against the same limit during the pause, and everything else at once', async () => {
        const w = world((url, now) =>
            url.includes('/send/') && now < 9_000 ? limited({ 'Retry-After': '8' }) : Response.json({}),
        );
        await w.scheduled(send('!a:h', '1'), put());
        const before = w.asked.length;
        await w.scheduled(send('!b:h', '2'), put());
        await w.scheduled(`${API}/keys/query`, { method: 'POST', body: '{}' });
        assert.equal(w.asked.length, before + 2);
        assert.ok(w.asked.every(({ url, at }, i) => i === 0 || !url.includes('/send/') || at >= 9_000));
    });

    it('a pause longer than anybody waits for is the caller’s to tell, and is not asked about again', async () => {
        const w = world(() => limited({ 'Retry-After': '60' }));
        const first = await w.scheduled(send('!a:h', '1'), put());
        const second = await w.scheduled(send('!a:h', '2'), put());
        assert.deepEqual([first.status, second.status, w.asked.length], [429, 429, 1]);
        assert.equal(second.headers.get('Retry-After'), '60');
        assert.equal(((await second.json()) as { retry_after_ms: number }).retry_after_ms, 60_000);
    });

    it('gives up on a server that never stops asking for pauses', async () => {
        const w = world(() => limited({ 'Retry-After': '1' }));
        assert.equal((await w.scheduled(send('!a:h', '1'), put())).status, 429);
        assert.ok(w.clock <= 1_000 + PATIENCE_MS);
        assert.ok(w.asked.length <= 1 + PATIENCE_MS / 1_000);
    });

    it('a pause of nothing is a short one all the same', async () => {
        const w = world(() => limited({ 'Retry-After': '0' }));
        assert.equal((await w.scheduled(send('!a:h', '1'), put())).status, 429);
        assert.ok(w.asked.length <= 1 + PATIENCE_MS / 250);
    });

    it('rejects a cancelled request at once, and does not send it', async () => {
        const hanging = Promise.withResolvers<Response>();
        const w = world(() => hanging.promise);
        const stuck = w.scheduled(send('!a:h', '1'), put());
        const control = new AbortController();
        const waiting = w.scheduled(send('!a:h', '2'), put({ signal: control.signal }));
        control.abort(new Error('gave up'));
        await assert.rejects(waiting, /gave up/u);
        hanging.resolve(Response.json({}));
        await stuck;
        await w.scheduled(send('!a:h', '3'), put());
        assert.deepEqual(
            w.asked.map(({ url }) => url.split('/').at(-1)),
            ['1', '3'],
        );
    });

    it('a stream is not sent twice', async () => {
        const w = world(() => limited({ 'Retry-After': '1' }));
        const body = new ReadableStream({ start: (controller) => controller.close() });
        const response = await w.scheduled(`${API.replace('client', 'media')}/upload`, { method: 'POST', body });
        assert.deepEqual([response.status, w.asked.length], [429, 1]);
    });

    it('an event larger than Matrix allows never leaves', async () => {
        const w = world(() => Response.json({}));
        const body = JSON.stringify({ body: 'ä'.repeat(40_000) });
        const answer = await w.scheduled(send('!a:h', '1'), put({ body }));
        const { errcode, error: text } = (await answer.json()) as Record<string, string>;
        const told = refusal({ status: answer.status, errcode, text, retryAfterMs: undefined }, 'Sending');
        assert.equal(told.code, 'event.tooLarge');
        assert.match(told.message, /may have 60 KiB, as it goes out \(64 with what servers add to it\)/u);
        assert.equal(w.asked.length, 0);
        await w.scheduled(send('!a:h', '2'), put({ body: JSON.stringify({ body: 'x'.repeat(60_000) }) }));
        assert.equal(w.asked.length, 1);
    });
});

describe('limits that requests count against', () => {
    const limit = (method: string, path: string): string => laneOf(method, `/_matrix/client/v3/${path}`).limit;

    it('all that is sent to rooms counts as sending', () => {
        const limits = ['send/m.reaction/1', 'state/m.room.name/', 'redact/$e/1'].map((rest, i) =>
            limit('PUT', `rooms/%21room${i}%3Ah/${rest}`),
        );
        assert.equal(new Set(limits).size, 1);
    });

    it('is the same whatever room, person, device or version of the API it is about', () => {
        for (const [one, other] of [
            ['rooms/!a:h/invite', 'rooms/%21b%3Ah/invite'],
            ['join/!a:h', 'join/%23alias%3Ah'],
            ['profile/@a:h/displayname', 'profile/@b:h/displayname'],
            ['devices/AAA', 'devices/BBB'],
            ['sendToDevice/m.room.encrypted/1', 'sendToDevice/m.room.encrypted/2'],
        ] as const)
            assert.equal(
                laneOf('POST', `/_matrix/client/v3/${one}`).limit,
                laneOf('POST', `/_matrix/client/v1/${other}`).limit,
            );
    });

    it('differs for different things', () => {
        const limits = ['rooms/!a:h/invite', 'rooms/!a:h/join', 'createRoom', 'keys/query', 'keys/claim', 'login'];
        assert.equal(new Set(limits.map((path) => limit('POST', path))).size, limits.length);
    });
});
