import assert from 'node:assert/strict';
import { request } from 'node:http';
import { afterEach, describe, it } from 'mocha';
import type { AuthoriserOptions, Rooms } from '../../../src/livekit/authoriser/authoriser.ts';
import { listenAuthoriser, type RunningAuthoriser } from '../../../src/livekit/authoriser/authoriserServer.ts';
import type { OpenIdCheck } from '../../../src/livekit/authoriser/openId.ts';

const body = {
    room: '!room:example.org',
    openid_token: { access_token: 'secret-token', matrix_server_name: 'example.org' },
    device_id: 'DEVICE',
};

describe('the authoriser', () => {
    let running: RunningAuthoriser | undefined;
    afterEach(() => running?.close());

    async function start(options: Partial<AuthoriserOptions> = {}): Promise<{ url: string; lines: string[] }> {
        const lines: string[] = [];
        const checkOpenId: OpenIdCheck = async () => ({ ok: true, userId: '@a:example.org' });
        running = await listenAuthoriser(
            {
                livekitUrl: 'ws://livekit.invalid',
                key: { apiKey: 'key', apiSecret: 'a secret of sufficient length for HS256' },
                fullAccessHomeservers: ['example.org'],
                checkOpenId,
                rooms: fakeRooms().rooms,
                log: (line) => lines.push(line),
                ...options,
            },
            '127.0.0.1',
            0,
        );
        return { url: running.url, lines };
    }

    it('lets a browser of another origin ask', async () => {
        const { url } = await start();
        const preflight = await fetch(`${url}/sfu/get`, {
            method: 'OPTIONS',
            headers: { Origin: 'https://call.example.org' },
        });
        assert.equal(preflight.status, 204);
        assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
        assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /Content-Type/);
        const answer = await post(`${url}/sfu/get`, body);
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    });

    it('answers in Matrix form where there is nothing or the wrong method', async () => {
        const { url } = await start();
        for (const [path, method, status] of [
            ['/delegate_delayed_leave', 'POST', 404],
            ['/', 'GET', 404],
            ['/__proto__', 'POST', 404],
            ['/sfu/get', 'GET', 405],
        ] as const) {
            const answer = await fetch(url + path, { method });
            assert.equal(answer.status, status, path);
            assert.equal(((await answer.json()) as { errcode: string }).errcode, 'M_UNRECOGNIZED');
        }
        assert.equal((await fetch(`${url}/healthz`)).status, 200);
    });

    it('refuses what is not JSON, and a body beyond its limit without reading it all', async () => {
        const { url } = await start();
        assert.deepEqual(await problem(await post(`${url}/sfu/get`, '{')), [400, 'M_NOT_JSON']);
        assert.deepEqual(await problem(await post(`${url}/sfu/get`, { ...body, extra: 1 })), [400, 'M_BAD_JSON']);
        assert.equal(await postForEver(`${url}/sfu/get`), 413);
    });

    it('opens rooms for users of full-access homeservers only', async () => {
        const { rooms, open } = fakeRooms();
        const { url } = await start({ rooms, fullAccessHomeservers: ['other.org'] });
        assert.deepEqual(await problem(await post(`${url}/sfu/get`, body)), [403, 'M_FORBIDDEN']);
        assert.equal(open.size, 0);
        open.add('any'); // whatever the name, fakeRooms then says that it exists
        assert.equal((await post(`${url}/sfu/get`, body)).status, 200);
    });

    it('refuses a member who claims to be somebody else', async () => {
        const { url } = await start();
        const member = { id: '1', claimed_user_id: '@b:example.org', claimed_device_id: 'DEVICE' };
        const claim = { room_id: body.room, slot_id: 'm.call#ROOM', openid_token: body.openid_token, member };
        assert.deepEqual(await problem(await post(`${url}/get_token`, claim)), [403, 'M_FORBIDDEN']);
    });

    it('tells a refused token from a homeserver that is away', async () => {
        let cause: 'refused' | 'unreachable' = 'refused';
        const { url } = await start({ checkOpenId: async () => ({ ok: false, cause, reason: 'No.' }) });
        assert.deepEqual(await problem(await post(`${url}/sfu/get`, body)), [401, 'M_UNAUTHORIZED']);
        cause = 'unreachable';
        assert.deepEqual(await problem(await post(`${url}/sfu/get`, body)), [502, 'M_UNKNOWN']);
    });

    it('says when to come back once a client asks too often', async () => {
        const { url } = await start({ rateLimit: { perSecond: 0.1, burst: 2 } });
        for (const status of [200, 200]) assert.equal((await post(`${url}/sfu/get`, body)).status, status);
        const answer = await post(`${url}/sfu/get`, body);
        assert.equal(answer.status, 429);
        assert.match(answer.headers.get('retry-after') ?? '', /^([1-9]|10)$/);
        const { errcode, retry_after_ms } = (await answer.json()) as { errcode: string; retry_after_ms: number };
        assert.equal(errcode, 'M_LIMIT_EXCEEDED');
        assert.ok(retry_after_ms > 0 && retry_after_ms <= 10_000);
    });

    it('logs one line per request, and no token in any', async () => {
        const { url, lines } = await start();
        await post(`${url}/sfu/get?access_token=secret-token`, body);
        await post(`${url}/secret-token`, body);
        await post(`${url}/sfu/get`, { ...body, 'secret-token': 1 });
        assert.equal(lines.length, 3);
        assert.match(lines[0] ?? '', /POST \/sfu\/get 200 @a:example\.org/);
        assert.doesNotMatch(lines.join('\n'), /secret-token|eyJ/);
    });
});

function fakeRooms(): { rooms: Rooms; open: Set<string> } {
    const open = new Set<string>();
    const rooms = {
        createRoom: async ({ name }: { name: string }) => void open.add(name),
        listRooms: async () => [...open].map((name) => ({ name })),
    };
    return { rooms: rooms as unknown as Rooms, open };
}

function post(url: string, content: unknown): Promise<Response> {
    return fetch(url, { method: 'POST', body: typeof content === 'string' ? content : JSON.stringify(content) });
}

async function problem(answer: Response): Promise<[number, string]> {
    const { errcode, error } = (await answer.json()) as { errcode: string; error: string };
    assert.ok(error.endsWith('.'), error);
    return [answer.status, errcode];
}

/** A body that does not end until the answer is there. */
function postForEver(url: string): Promise<number> {
    return new Promise((done, fail) => {
        const outgoing = request(url, { method: 'POST' }, (incoming) => {
            done(incoming.statusCode ?? 0);
            outgoing.destroy();
        });
        const more = (): void =>
            void outgoing.write('x'.repeat(4096), (error) => (error ? undefined : setImmediate(more)));
        outgoing.on('error', fail);
        more();
    });
}
