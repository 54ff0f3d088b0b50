import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import { after, before, describe, it } from 'mocha';
import { refreshOAuth } from '../../../../src/matrix/signIn/oauth.ts';
import { boundedFetch, boundedText, MAX_REFUSAL, refusalJson } from '../../../../src/matrix/requests/boundedAnswer.ts';
import { requestJson } from '../../../../src/matrix/requests/matrixHttp.ts';

const MEGABYTE = Buffer.alloc(1_000_000, ' ');
/** Far more than anybody reads, and still little to send when it is compressed. */
const MAX = 400;

describe('an answer without end', () => {
    let server: Server;
    let base: string;
    /** Megabytes written before the reader went away, by path. */
    const written = new Map<string, number>();
    const gone = new Map<string, () => void>();
    before(async () => {
        const pour = (path: string, response: ServerResponse, into: NodeJS.WritableStream): void => {
            let count = 0;
            let open = true;
            response.on('close', () => {
                open = false;
                written.set(path, count);
                gone.get(path)?.();
            });
            const more = (): void => {
                while (open && count < MAX) {
                    count++;
                    if (!into.write(MEGABYTE)) return void into.once('drain', more);
                }
                if (open) into.end();
            };
            more();
        };
        server = createServer(({ url: path = '' }, response) => {
            const encoder = { '/gzip': createGzip, '/deflate': createDeflate, '/br': createBrotliCompress }[path];
            const [status, encoding] = [path === '/refused' ? 403 : 200, path.slice(1)];
            response.writeHead(status, {
                'Content-Type': 'application/json',
                ...(encoder && { 'Content-Encoding': encoding }),
            });
            if (!encoder) return pour(path, response, response);
            const stream = encoder();
            stream.pipe(response);
            pour(path, response, stream);
        });
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => server.close());

    const stopped = (path: string): Promise<void> => new Promise((resolve) => gone.set(path, resolve));
    for (const path of ['/plain', '/refused', '/gzip', '/deflate', '/br'])
        it(`is given up early, and nothing of it is believed: ${path.slice(1)}`, async () => {
            const end = stopped(path);
            assert.equal((await requestJson(fetch, `${base}${path}`)).body, undefined);
            await end;
            assert.ok((written.get(path) ?? MAX) < MAX / 2, `${written.get(path)} MB`);
        });
    it('is given up early when an OAuth server sends it', async () => {
        const end = stopped('/form');
        const oauth = { issuer: base, clientId: 'c', tokenEndpoint: `${base}/form`, revocationEndpoint: base };
        await assert.rejects(
            refreshOAuth(oauth, 'r', fetch, () => 0),
            { code: 'server.error' },
        );
        await end;
        assert.ok((written.get('/form') ?? MAX) < MAX / 2);
    });
    it('fails for what reads it to its end', async () => {
        const end = stopped('/sdk');
        const response = await boundedFetch(fetch, 3_000_000)(`${base}/sdk`);
        await assert.rejects(response.text(), /more than 3000000 bytes/u);
        await end;
        assert.ok((written.get('/sdk') ?? MAX) < MAX / 2);
    });
});

describe('an answer of a usual size', () => {
    it('is read whole, up to the last byte that is allowed, and not one more', async () => {
        for (const text of ['', '{"a":"ü€𝄞"}', 'x'.repeat(100)]) {
            const bytes = Buffer.byteLength(text);
            assert.equal(await boundedText(new Response(text), bytes), text);
            if (bytes > 0) assert.equal(await boundedText(new Response(text), bytes - 1), undefined);
        }
    });
    it('passes a bounded fetch as it was', async () => {
        const from = (response: Response): Promise<Response> => boundedFetch(() => Promise.resolve(response))('x:');
        const made = await from(Response.json({ a: 1 }, { status: 201, headers: { Date: 'now' } }));
        assert.deepEqual([made.status, made.headers.get('Date'), await made.json()], [201, 'now', { a: 1 }]);
        assert.equal((await from(new Response(null, { status: 204 }))).status, 204);
    });
    it('can still be read after its refusal was looked at', async () => {
        const response = Response.json({ errcode: 'M_X' }, { status: 401 });
        assert.deepEqual(await refusalJson(response), { errcode: 'M_X' });
        assert.deepEqual(await response.json(), { errcode: 'M_X' });
        assert.equal(await refusalJson(new Response('<html>')), undefined);
        assert.equal(await refusalJson(new Response('1'.repeat(MAX_REFUSAL + 1))), undefined);
    });
});
