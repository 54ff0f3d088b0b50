/** Uploads, and the addresses that a server hands out before them and counts. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'mocha';
import { fromMemory, upload, type EncryptedFile, type UploadSource } from '../../../src/matrix/files/upload.ts';
import { createUploadPlaces, type UploadPlaces } from '../../../src/matrix/files/uploadPlaces.ts';
import type { Fetch } from '../../../src/matrix/requests/matrixHttp.ts';
import { createScheduler } from '../../../src/matrix/requests/scheduler.ts';

const HOUR = 3_600_000;
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const source = fromMemory(Buffer.alloc(1_000, 7));
const refused = (status: number, errcode: string, headers: HeadersInit = {}): Response =>
    Response.json({ errcode, error: 'no' }, { status, headers });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64').replace(/=+$/u, '');

type Put = (init: RequestInit, attempt: number) => Promise<Response>;
const read = async (init: RequestInit): Promise<Buffer> =>
    Buffer.from(await new Response(init.body as ReadableStream).arrayBuffer());
const takes: Put = async (init) => {
    await read(init);
    return Response.json({});
};
/** Hears nothing of it, until it is given up. */
const stalls: Put = (init) =>
    new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));

/** A server with a day's addresses, and an account of it. */
function world(
    put: Put,
    create: (nth: number, now: number) => Response = (nth, now) =>
        Response.json({ content_uri: `mxc://h.example/a${nth}`, unused_expires_at: now + 24 * HOUR }),
) {
    const asked: string[] = [];
    let [created, attempts, now] = [0, 0, 0];
    const fetch: Fetch = async (input, init = {}) => {
        const { pathname } = new URL(String(input));
        asked.push(`${init.method} ${pathname.replace('/_matrix/media/', '')}`);
        if (pathname.endsWith('/create')) return create(++created, now);
        if (init.method === 'PUT') return put(init, ++attempts);
        await read(init);
        return Response.json({ content_uri: 'mxc://h.example/plain' });
    };
    const scheduled = createScheduler({
        fetch,
        now: () => now,
        wallNow: () => now,
        log,
        wait: async (ms) => void (now += ms),
    });
    const server = { baseUrl: 'https://h.example', fetch: scheduled };
    const places: UploadPlaces = createUploadPlaces(server, () => now);
    const send = (signal = new AbortController().signal, from: UploadSource = source): Promise<EncryptedFile> =>
        upload(server, from, { signal, places, onProgress: () => undefined, pauses: [0] });
    return {
        asked,
        send,
        server,
        later: (ms: number) => void (now += ms),
        now: () => now,
        async cancelled() {
            const abort = new AbortController();
            const sending = assert.rejects(send(abort.signal), { code: 'file.cancelled' });
            while (!asked.at(-1)?.startsWith('PUT')) await new Promise(setImmediate);
            abort.abort();
            await sending;
        },
    };
}

describe('uploads', () => {
    for (const [what, headers] of [
        ['for a day', { 'Retry-After': '86400' }],
        ['for a second', { 'Retry-After': '1' }],
    ] as const)
        it(`a server that has no address to give ${what} gets the file without one, at once`, async () => {
            const { asked, send, later, now } = world(takes, () => refused(429, 'M_LIMIT_EXCEEDED', headers));
            assert.equal((await send()).url, 'mxc://h.example/plain');
            await send();
            assert.deepEqual(asked, ['POST v1/create', 'POST v3/upload', 'POST v3/upload'], 'asked during the pause');
            assert.equal(now(), 0, 'waited');
            later(24 * HOUR);
            await send();
            assert.equal(asked.filter((a) => a === 'POST v1/create').length, 2);
        });

    it('an address of an upload that was given up is the next one’s, while the server keeps it', async () => {
        let stalled = true;
        const { asked, send, cancelled, later } = world((init, nth) => (stalled ? stalls : takes)(init, nth));
        for (let i = 0; i < 6; i++) {
            await cancelled();
            asked.push('cancelled');
        }
        assert.equal(asked.filter((a) => a === 'POST v1/create').length, 1);
        later(24 * HOUR - HOUR);
        await cancelled();
        stalled = false;
        assert.equal((await send()).url, 'mxc://h.example/a2');
        assert.equal((await send()).url, 'mxc://h.example/a3', 'an address was used twice');
    });

    it('two uploads at once never share an address', async () => {
        let stalled = true;
        const { send, cancelled } = world((init, nth) => (stalled ? stalls : takes)(init, nth));
        await cancelled();
        stalled = false;
        const urls = (await Promise.all([send(), send()])).map(({ url }) => url);
        assert.deepEqual(urls.toSorted(), ['mxc://h.example/a1', 'mxc://h.example/a2']);
    });

    const kept: readonly (readonly [string, boolean, Put])[] = [
        ['a size that the server refuses', true, () => Promise.resolve(refused(413, 'M_TOO_LARGE'))],
        ['a pause that the server asks for', true, () => Promise.resolve(refused(429, 'M_LIMIT_EXCEEDED'))],
        ['a refusal that may be the address’s fault', false, () => Promise.resolve(refused(403, 'M_FORBIDDEN'))],
        [
            'an answer that was lost',
            false,
            async (init) => {
                await read(init);
                throw new TypeError('fetch failed');
            },
        ],
    ];
    for (const [what, again, put] of kept)
        it(`${what} ${again ? 'leaves the address to' : 'keeps the address from'} the next upload`, async () => {
            let broken = true;
            const { send } = world((init, nth) => (broken ? put : takes)(init, nth));
            await assert.rejects(send());
            broken = false;
            assert.equal((await send()).url, again ? 'mxc://h.example/a1' : 'mxc://h.example/a2');
        });

    it('a server that knows it has the file before it hears it again gets the keys of the time it heard it', async () => {
        let cipher: Buffer = Buffer.alloc(0);
        const { send, asked } = world(async (init, nth) => {
            if (nth > 1) return refused(409, 'M_CANNOT_OVERWRITE_MEDIA');
            cipher = await read(init);
            throw new TypeError('fetch failed');
        });
        const { url, hashes } = await send();
        assert.deepEqual([url, hashes.sha256], ['mxc://h.example/a1', sha256(cipher)]);
        assert.equal(asked.length, 3);
    });

    it('a file that a server claims to have before it was sent is not spoken of as changed', async () => {
        const { send } = world(() => Promise.resolve(Response.json({})));
        await assert.rejects(send(undefined, endless), { code: 'server.error' });
    });
});

/** Of which nobody hears the end. */
const endless: UploadSource = {
    bytes: 1_000_000,
    async *pieces() {
        yield Buffer.alloc(1_000);
        await new Promise(() => undefined);
    },
};
