/** What the window does with files on their way to and from the chat's page. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { createChatPictures, type PictureRequest } from '../../../src/extension/chat/chatPictures.ts';
import { createFileSender } from '../../../src/extension/chat/fileSender.ts';
import { createOutbox } from '../../../src/core/chat/outbox.ts';
import { createPictureShrinker } from '../../../src/extension/chat/pictureShrinker.ts';
import type { WrittenFile } from '../../../src/core/chat/writtenFile.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import type { FilesPort, FileToSend } from '../../../src/core/files/filesPort.ts';
import { imageHtml } from '../../../src/extension/files/imageHtml.ts';
import { createLocalFiles } from '../../../src/extension/files/localFiles.ts';
import type { ChatHostMessage } from '../../../src/core/chat/chatPageMessages.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000280000001e0080600000000', 'hex');
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('pictures for the page of the chat', () => {
    let loads: { key: string; end: PromiseWithResolvers<Uint8Array> }[];
    let told: Extract<ChatHostMessage, { type: 'chat.picture' }>[];
    const load = ({ key }: PictureRequest): Promise<Uint8Array> => {
        const end = Promise.withResolvers<Uint8Array>();
        loads.push({ key, end });
        return end.promise;
    };
    beforeEach(() => {
        loads = [];
        told = [];
    });
    const open = () => createChatPictures(load, (message) => void told.push(message));

    it('are had a few at a time, in order, and each once', async () => {
        const pictures = open();
        for (const key of ['a', 'b', 'c', 'd', 'a', 'd']) pictures.ask({ roomId: '!r', key });
        assert.deepEqual(
            loads.map((l) => l.key),
            ['a', 'b', 'c'],
        );
        loads[1]?.end.resolve(PNG);
        await settled();
        assert.deepEqual(
            loads.map((l) => l.key),
            ['a', 'b', 'c', 'd'],
        );
        assert.deepEqual([told[0]?.key, told[0]?.picture?.imageType], ['b', 'image/png']);
    });

    it('say why there is none, and are no picture when their bytes are not', async () => {
        const pictures = open();
        pictures.ask({ roomId: '!r', key: 'a' });
        pictures.ask({ roomId: '!r', key: 'b' });
        loads[0]?.end.reject(new HushError('file.damaged', 'Damaged.'));
        loads[1]?.end.resolve(Buffer.from('<svg/>'));
        await settled();
        assert.deepEqual(
            told.map((t) => [t.key, t.picture, t.problem]),
            [
                ['a', null, 'Damaged.'],
                ['b', null, 'This is not an image that Hush shows.'],
            ],
        );
    });

    it('are kept for the next page, the newest of them, until the person signs out', async () => {
        const pictures = open();
        const ask = async (key: string, bytes: Uint8Array): Promise<void> => {
            const before = loads.length;
            pictures.ask({ roomId: '!r', key });
            if (loads.length > before) loads.at(-1)?.end.resolve(bytes);
            await settled();
        };
        const large = Buffer.concat([PNG, Buffer.alloc(18 * 1_048_576)]);
        await ask('a', PNG);
        pictures.clear();
        await ask('a', PNG);
        assert.deepEqual([loads.length, told.length], [1, 2]);
        await ask('b', large);
        await ask('c', large);
        await ask('c', large);
        assert.equal(loads.length, 3);
        await ask('b', large);
        assert.equal(loads.length, 4, 'no more than 32 MB');
        pictures.forget();
        await ask('c', large);
        assert.equal(loads.length, 5);
    });

    it('gives the pictures that an older page requested to the next page', async () => {
        const pictures = open();
        pictures.ask({ roomId: '!r', key: 'a' });
        pictures.clear();
        pictures.ask({ roomId: '!r', key: 'a' });
        assert.equal(loads.length, 1);
        loads[0]?.end.resolve(PNG);
        await settled();
        assert.deepEqual(
            told.map(({ key }) => key),
            ['a'],
        );
    });

    it('gives pictures to nobody after the person signed out', async () => {
        const pictures = open();
        pictures.ask({ roomId: '!r', key: 'a' });
        pictures.forget();
        loads[0]?.end.resolve(PNG);
        await settled();
        assert.deepEqual(told, []);
        pictures.ask({ roomId: '!r', key: 'a' });
        assert.equal(loads.length, 2, 'nothing of it was kept');
    });
});

describe('small pictures, made by the page', () => {
    let asked: Extract<ChatHostMessage, { type: 'chat.shrink' }>[];
    let late: () => void;
    let page: PromiseWithResolvers<void>;
    const open = () =>
        createPictureShrinker(
            (message) => void asked.push(message),
            () => page.promise,
            (_ms, work) => {
                late = work;
            },
        );
    beforeEach(() => {
        asked = [];
        page = Promise.withResolvers();
    });

    it('are asked for when there is a page', async () => {
        const shrinker = open();
        const small = shrinker.shrink(PNG);
        await settled();
        assert.equal(asked.length, 0);
        page.resolve();
        await settled();
        const request = asked[0]?.request ?? '';
        shrinker.answered({
            type: 'chat.shrunk',
            request,
            small: { bytes: new Uint8Array(PNG), imageType: 'image/png', width: 8, height: 6 },
        });
        assert.deepEqual(await small, { bytes: new Uint8Array(PNG), mimeType: 'image/png', width: 8, height: 6 });
    });

    it('are done without when the page does not answer, or answers with something else', async () => {
        const shrinker = open();
        const first = shrinker.shrink(PNG);
        late();
        assert.equal(await first, null);
        page.resolve();
        const second = shrinker.shrink(PNG);
        await settled();
        const bytes = new Uint8Array(Buffer.from('<svg/>'));
        const small = { bytes, imageType: 'image/png', width: 8, height: 6 } as const;
        shrinker.answered({ type: 'chat.shrunk', request: asked[0]?.request ?? '', small });
        assert.equal(await second, null);
        assert.equal(await shrinker.shrink(Buffer.from('text')), null);
    });
});

describe('a file on its way out', () => {
    const file: WrittenFile = {
        kind: 'file',
        path: '/x/a.png',
        name: 'a.png',
        mimeType: 'image/png',
        size: 10,
        picture: { width: 4, height: 3 },
        owned: false,
        caption: '',
        replyTo: null,
    };

    it('takes its small picture along; called back before that is made, nothing is sent', async () => {
        const sent: FileToSend[] = [];
        const shrunk = Promise.withResolvers<FileToSend['thumbnail']>();
        const to = {
            send: async (_room, _txn, what) => void sent.push(what),
            cancel: () => undefined,
        } as Partial<FilesPort> as FilesPort;
        const sender = createFileSender({
            read: async () => PNG,
            shrink: () => shrunk.promise,
        });
        const small = { bytes: PNG, mimeType: 'image/png', width: 2, height: 1 };
        const [first, second] = [sender.send(to, '!r', 't1', file), sender.send(to, '!r', 't2', file)];
        sender.cancel('t2');
        shrunk.resolve(small);
        await first;
        await assert.rejects(second, { code: 'file.cancelled' });
        assert.deepEqual(
            sent.map((s) => [s.path, s.thumbnail]),
            [['/x/a.png', small]],
        );
        await sender.send(to, '!r', 't2', file); // the person may try again
        assert.equal(sent.length, 2);
    });

    it('is remembered only if it is what Hush wrote', () => {
        const waiting = {
            roomId: '!r',
            txnId: 't',
            lane: 't',
            ts: 1,
            written: file,
            problem: null,
            waits: false,
            accepted: false,
        };
        const restored = (written: unknown): number =>
            createOutbox([{ ...waiting, written }], () => undefined).waiting.length;
        assert.equal(restored(file), 1);
        for (const wrong of [
            { ...file, path: 7 },
            { ...file, picture: { width: -1, height: 2 } },
            { kind: 'file' },
            null,
        ])
            assert.equal(restored(wrong), 0);
    });
});

describe('files of this machine', () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'hush-local-'));
    });
    after(() => rm(folder, { recursive: true }));

    it('are images by their bytes, not by their names', async () => {
        const local = createLocalFiles(join(folder, 'none'));
        await writeFile(join(folder, 'picture.txt'), PNG);
        await writeFile(join(folder, 'text.png'), 'no picture');
        const picture = await local.fromPath(join(folder, 'picture.txt'), 'picture.txt', null);
        assert.deepEqual(
            [picture.picture, picture.mimeType, picture.owned],
            [{ width: 640, height: 480 }, 'image/png', false],
        );
        assert.equal((await local.fromPath(join(folder, 'text.png'), 'text.png', null)).picture, null);
    });

    it('refuses empty files, missing files and folders with a sentence', async () => {
        const local = createLocalFiles(join(folder, 'none'));
        await writeFile(join(folder, 'empty'), '');
        await assert.rejects(local.fromPath(join(folder, 'empty'), 'empty', null), { code: 'file.nothingToSend' });
        await assert.rejects(local.fromPath(join(folder, 'gone'), 'gone', null), { code: 'file.unreadable' });
        await assert.rejects(local.fromPath(folder, 'folder', null), { code: 'file.unreadable', message: /archive/u });
    });

    it('copies are readable to the person alone, have no telling name, and go when they are not waited for', async () => {
        const out = join(folder, 'outgoing');
        const local = createLocalFiles(out);
        const [a, b] = [await local.fromBytes(PNG, 'a.png', null), await local.fromBytes(PNG, 'b.png', null)];
        assert.equal((await stat(a.path)).mode & 0o777, process.platform === 'win32' ? 0o666 : 0o600);
        assert.ok(!basename(a.path).includes('a.png'));
        assert.deepEqual(await readFile(a.path), PNG);
        await local.retain([a.path]);
        assert.equal((await readdir(out)).length, 2, 'one that is not in the outbox yet must stay');
        await local.retain([a.path, b.path]);
        await local.retain([b.path]);
        assert.deepEqual(await readdir(out), [basename(b.path)]);
        assert.equal((await local.fromBytes(Buffer.from('x = 1\n'), 'a.L1.rs', null, true)).mimeType, 'text/plain');
    });

    it('keeps files that are added during a clean-up, and files of another window', async () => {
        const out = await mkdtemp(join(tmpdir(), 'hush-copies-'));
        const [here, there] = [createLocalFiles(out), createLocalFiles(out)];
        const other = await there.fromBytes(PNG, 'other.png', null);
        await there.retain([other.path]);
        const [a, b] = await Promise.all(['a.png', 'b.png'].map((name) => here.fromBytes(PNG, name, null)));
        const paths = [a?.path ?? '', b?.path ?? ''];
        await Promise.all([here.retain(paths.slice(0, 1)), here.retain(paths)]);
        assert.deepEqual(
            (await readdir(out)).toSorted(),
            [other.path, ...paths].map((path) => basename(path)).toSorted(),
        );
        await here.retain([]);
        assert.deepEqual(await readdir(out), [basename(other.path)]);
    });
});

describe('the tab of an image', () => {
    it('runs nothing, loads nothing, and takes a name for text', () => {
        const html = imageHtml({
            name: '"><script>alert(1)</script>',
            kind: { type: 'image/png', width: 4, height: 3 },
            base64: 'AAAA',
            cspSource: 'vscode:',
            styleUri: 'vscode:/chat.css',
        });
        assert.ok(!html.includes('<script'));
        assert.match(html, /default-src &#39;none&#39;; img-src data:; style-src vscode:;/u);
        assert.match(html, /src="data:image\/png;base64,AAAA"/u);
    });
});
