/** Two people with a room and a folder of files. Tests can watch and change their requests for media. */
import assert from 'node:assert/strict';
import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'mocha';
import type { FileToSend } from '../../../src/core/files/filesPort.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { startSynapse, type Synapse } from '../../stack/synapse.ts';
import { newPerson, pair, until, type Person } from './matrixAccounts.ts';
import { lastClientOf } from './matrixClients.ts';

const { subtle } = webcrypto;
export const MB = 1_048_576;
/** The header of a PNG, then noise. Its content does not matter here. */
export const png = (bytes: number): Buffer =>
    Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e008060000', 'hex'), randomBytes(bytes)]);
let transactions = 0;
export const txn = (): string => `f${process.pid}.${transactions++}`;

export interface FileJson {
    readonly url: string;
    readonly v: string;
    readonly iv: string;
    readonly key: { readonly k: string };
    readonly hashes: { readonly sha256: string };
}
interface MediaContent {
    readonly msgtype: string;
    readonly body: string;
    readonly file: FileJson;
    readonly info: { readonly size: number; readonly thumbnail_file?: FileJson };
}
/** Answers a request for media instead of the homeserver, or lets it pass. */
export type Meddle = (url: string, init: RequestInit) => Promise<Response> | undefined;

/** The world of one suite. Registers the hooks of the suite; the values exist once its tests run. */
export function fileWorld() {
    let synapse: Synapse;
    let alice: Person;
    let bob: Person;
    let roomId: string;
    let folder: string;
    /** Answers the media requests of Alice or Bob instead of the homeserver, or lets them pass. */
    const meddle: { alice?: Meddle | undefined; bob?: Meddle | undefined } = {};
    const seen: { readonly who: string; readonly method: string; readonly path: string }[] = [];
    const asked = (path: RegExp): number => seen.filter((s) => path.test(`${s.method} ${s.path}`)).length;
    const gate =
        (who: 'alice' | 'bob'): typeof fetch =>
        async (input, init = {}) => {
            const url = String(input instanceof Request ? input.url : input);
            if (!url.includes('/media/')) return fetch(input, init);
            seen.push({ who, method: init.method ?? 'GET', path: new URL(url).pathname });
            return meddle[who]?.(url, init) ?? fetch(input, init);
        };

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({ config: { max_upload_size: '250M' } });
        [alice, bob] = await Promise.all([
            newPerson(synapse, 'Alice', { fetch: gate('alice') }),
            newPerson(synapse, 'Bob', { fetch: gate('bob') }),
        ]);
        roomId = await pair(alice, bob);
        folder = await mkdtemp(join(tmpdir(), 'hush-files-'));
    });
    beforeEach(() => {
        seen.length = 0;
        meddle.alice = meddle.bob = undefined;
    });
    after(async () => {
        await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
        await synapse?.stop();
        if (folder) await rm(folder, { recursive: true });
    });

    const put = async (name: string, bytes: Buffer): Promise<string> => {
        await writeFile(join(folder, name), bytes);
        return join(folder, name);
    };
    const file = (path: string, name: string, more: Partial<FileToSend> = {}): FileToSend => ({
        path,
        name,
        mimeType: 'application/octet-stream',
        picture: null,
        thumbnail: null,
        caption: '',
        replyTo: null,
        ...more,
    });
    const arrived = async (person: Person, body: string): Promise<ChatMessage> => {
        const { chat } = person.account;
        let found: ChatMessage | undefined;
        const look = async (check?: () => void): Promise<void> => {
            found = (await chat.timeline(roomId)).messages.find((m) => m.body === body);
            check?.();
        };
        await look();
        await until(
            () => found !== undefined,
            (check) => chat.onChange(() => void look(check)),
            body,
        );
        return found as ChatMessage;
    };
    const contentOf = (person: Person, eventId: string): MediaContent =>
        lastClientOf(person.userId).getRoom(roomId)?.findEventById(eventId)?.getContent() as unknown as MediaContent;
    const rawDownload = async ({ url }: FileJson): Promise<Buffer> => {
        const client = lastClientOf(bob.userId);
        const http = client.mxcUrlToHttp(url, undefined, undefined, undefined, false, true, true);
        const { fetchFn } = client.http.opts;
        const headers = { Authorization: `Bearer ${client.getAccessToken() ?? ''}` };
        const response = await (fetchFn ?? fetch)(http ?? '', { headers });
        assert.equal(response.status, 200);
        return Buffer.from(await response.arrayBuffer());
    };
    const openWithWebCrypto = async (f: FileJson): Promise<Buffer> => {
        const cipher = await rawDownload(f);
        const hash = createHash('sha256').update(cipher).digest('base64').replace(/=+$/u, '');
        assert.equal(hash, f.hashes.sha256);
        const key = await subtle.importKey('jwk', f.key as never, 'AES-CTR', false, ['decrypt']);
        const counter = Buffer.from(f.iv, 'base64');
        return Buffer.from(await subtle.decrypt({ name: 'AES-CTR', counter, length: 64 }, key, cipher as never));
    };
    /** Sends as another client does: WebCrypto, the plain upload, and the SDK's own event. */
    const sendAsOther = async (bytes: Buffer, more: Record<string, unknown>): Promise<string> => {
        const client = lastClientOf(alice.userId);
        const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
        const key = await subtle.generateKey({ name: 'AES-CTR', length: 256 }, true, ['encrypt', 'decrypt']);
        const cipher = Buffer.from(
            await subtle.encrypt({ name: 'AES-CTR', counter: iv, length: 64 }, key, bytes as never),
        );
        const { content_uri: url } = await client.uploadContent(new Blob([cipher]));
        const sha256 = createHash('sha256').update(cipher).digest('base64').replace(/=+$/u, '');
        const jwk = await subtle.exportKey('jwk', key);
        const f = { v: 'v2', url, key: jwk, iv: iv.toString('base64').replace(/=+$/u, ''), hashes: { sha256 } };
        const content = { msgtype: 'm.image', info: { size: bytes.length }, file: f, ...more };
        const { event_id: eventId } = await client.sendEvent(roomId, 'm.room.message' as never, content as never);
        return eventId;
    };

    return {
        meddle,
        seen,
        asked,
        put,
        file,
        arrived,
        contentOf,
        rawDownload,
        openWithWebCrypto,
        sendAsOther,
        get alice() {
            return alice;
        },
        get bob() {
            return bob;
        },
        get roomId() {
            return roomId;
        },
        get folder() {
            return folder;
        },
    };
}

/** Lets an upload begin and then stops it. */
export const stallUpload: Meddle = (url, init) =>
    init.method === 'PUT' ? fetch(url, { ...init, body: slowly(init) }) : undefined;

/** Sends the first piece and then nothing until it is cancelled. */
export function slowly({ body }: RequestInit): ReadableStream<Uint8Array> {
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    let given = 0;
    return new ReadableStream({
        async pull(controller) {
            if (given++ > 4) return new Promise(() => undefined);
            const { value, done } = await reader.read();
            if (done) controller.close();
            else controller.enqueue(value);
        },
        cancel: (reason) => reader.cancel(reason),
    });
}
