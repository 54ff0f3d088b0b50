/** Transfers of files are patient with slow lines, not with dead ones, and read no more than they must. */
import assert from 'node:assert/strict';
import { ReadableStream as Pieces } from 'node:stream/web';
import { describe, it } from 'mocha';
import { download, toMemory } from '../../../src/matrix/files/download.ts';
import { DEAD_AFTER_MS, requestMedia, type MediaServer } from '../../../src/matrix/files/mediaRequest.ts';
import { upload } from '../../../src/matrix/files/upload.ts';
import type { Fetch } from '../../../src/matrix/requests/matrixHttp.ts';

/** Time that passes only when it is told to. */
function clock() {
    const due = new Map<symbol, { readonly at: number; readonly work: () => void }>();
    let now = 0;
    return {
        due,
        after(ms: number, work: () => void): () => void {
            const key = Symbol();
            due.set(key, { at: now + ms, work });
            return () => void due.delete(key);
        },
        pass(ms: number): void {
            now += ms;
            for (const [key, { at, work }] of due)
                if (at <= now) {
                    due.delete(key);
                    work();
                }
        },
    };
}
const signal = new AbortController().signal;
const mxc = { serverName: 'h.example', mediaId: 'a' };
const onProgress = (): void => undefined;
/** As fetch does. */
const orAborted = <T>(work: Promise<T>, of: RequestInit): Promise<T> =>
    new Promise((resolve, reject) => {
        of.signal?.addEventListener('abort', () => reject(of.signal?.reason as Error));
        work.then(resolve, reject);
    });
const PIECES = 10;
/** A piece each `ms`. */
async function* slowly(time: ReturnType<typeof clock>, ms: number): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < PIECES; i++) {
        time.pass(ms);
        yield Buffer.alloc(10);
    }
}

describe('media requests', () => {
    function sending(ms: number): { readonly time: ReturnType<typeof clock>; readonly sent: Promise<unknown> } {
        const time = clock();
        const fetch: Fetch = (_, init = {}) => {
            const answer = async (): Promise<Response> => {
                await new Response(init.body as ReadableStream).arrayBuffer();
                return Response.json({});
            };
            return orAborted(answer(), init);
        };
        const places = { take: () => Promise.resolve({ mxc, expiresAt: undefined }), giveBack: () => undefined };
        const source = { bytes: 10 * PIECES, pieces: () => slowly(time, ms) };
        const server: MediaServer = { baseUrl: 'https://h.example', fetch, after: time.after };
        return { time, sent: upload(server, source, { signal, places, onProgress, pauses: [] }) };
    }
    function receiving(ms: number): { readonly time: ReturnType<typeof clock>; readonly had: Promise<Uint8Array> } {
        const time = clock();
        const fetch: Fetch = (_, init = {}) => {
            const pieces = slowly(time, ms);
            const body = new ReadableStream<Uint8Array>(
                {
                    async pull(controller) {
                        const { value, done } = await pieces.next();
                        if (init.signal?.aborted) controller.error(init.signal.reason);
                        else if (done) controller.close();
                        else controller.enqueue(value);
                    },
                },
                { highWaterMark: 0 },
            );
            return Promise.resolve(new Response(body));
        };
        const server: MediaServer = { baseUrl: 'https://h.example', fetch, after: time.after };
        const most = 10 * PIECES;
        return { time, had: toMemory(download(server, { kind: 'clear', mxc }, { signal, most, onProgress })) };
    }

    it('an upload and a download may take as long as they like while something moves', async () => {
        const up = sending(DEAD_AFTER_MS - 1);
        await up.sent;
        assert.equal(up.time.due.size, 0, 'the watchdog outlives the upload');
        const down = receiving(DEAD_AFTER_MS - 1);
        assert.equal((await down.had).length, 10 * PIECES);
        assert.equal(down.time.due.size, 0, 'the watchdog outlives the download');
    });

    it('one in which nothing moves ends as a broken connection, and not as if somebody had cancelled it', async () => {
        await assert.rejects(sending(DEAD_AFTER_MS).sent, { code: 'network.timeout' });
        await assert.rejects(receiving(DEAD_AFTER_MS).had, { code: 'network.timeout' });
    });

    it('a refusal without an end is read as far as any honest one goes', async () => {
        let [read, cancelled] = [0, false];
        const body = new ReadableStream<Uint8Array>({
            pull(controller) {
                read += 16_384;
                if (read > 1_048_576) throw new Error('read without an end');
                controller.enqueue(Buffer.alloc(16_384, 'x'));
            },
            cancel: () => void (cancelled = true),
        });
        const fetch: Fetch = () => Promise.resolve(new Response(body, { status: 403 }));
        const answer = await requestMedia(
            { baseUrl: 'https://h.example', fetch },
            { method: 'GET', path: '/', signal },
        );
        assert.ok(!answer.ok);
        assert.deepEqual([answer.refusal.status, answer.refusal.errcode, cancelled], [403, undefined, true]);
        assert.ok(read <= 131_072, `${read} bytes were read`);
    });

    it('a refusal in pieces is understood', async () => {
        const text = Buffer.from(JSON.stringify({ errcode: 'M_FORBIDDEN', error: 'Nö' }));
        const body = Pieces.from(Array.from(text, (byte) => Uint8Array.of(byte)));
        const fetch: Fetch = () => Promise.resolve(new Response(body as never, { status: 403 }));
        const answer = await requestMedia(
            { baseUrl: 'https://h.example', fetch },
            { method: 'GET', path: '/', signal },
        );
        assert.ok(!answer.ok);
        assert.equal(answer.refusal.errcode, 'M_FORBIDDEN');
        assert.match(answer.refusal.error('Reading').message, /Nö/u);
    });
});
