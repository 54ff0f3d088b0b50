/** Files of an account whose server, conversations and end are told what to do. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import type { FileToSend } from '../../../src/core/files/filesPort.ts';
import { createEncryptor } from '../../../src/matrix/files/attachmentCrypto.ts';
import { fileContent, largestContent } from '../../../src/matrix/files/fileContent.ts';
import { createFiles, type FilesOptions } from '../../../src/matrix/files/matrixFiles.ts';
import { parseMxc } from '../../../src/matrix/files/mxc.ts';
import type { Fetch } from '../../../src/matrix/requests/matrixHttp.ts';

const file = (path: string, more: Partial<FileToSend> = {}): FileToSend => ({
    path,
    name: 'a.png',
    mimeType: 'image/png',
    picture: { width: 640, height: 480 },
    thumbnail: null,
    caption: '',
    replyTo: null,
    ...more,
});
/** Begins to answer, and ends with its signal. */
const stalled: Fetch = async (_, init) => {
    init?.signal?.throwIfAborted();
    const body = new ReadableStream({
        start(controller) {
            controller.enqueue(Buffer.from('abc'));
            init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
        },
    });
    return new Response(body);
};
const files = (fetch: Fetch, more: Partial<FilesOptions> = {}) =>
    createFiles({
        server: { baseUrl: 'https://h.example', fetch },
        contentOf: () => ({ msgtype: 'm.image', body: 'a', url: 'mxc://h.example/a' }),
        post: () => Promise.resolve(),
        assertPostable: () => undefined,
        now: () => 0,
        ...more,
    });

describe('the account’s files', () => {
    let folder: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'hush-files-'));
        await writeFile(join(folder, 'a.png'), 'not empty');
    });
    after(() => rm(folder, { recursive: true }));

    it('whose message would not go out are not uploaded', async () => {
        const asked: string[] = [];
        const { send } = files(
            async (input) => {
                asked.push(String(input));
                return Response.json({});
            },
            {
                assertPostable: (_, content, replyTo) => {
                    assert.deepEqual([content['filename'], content['body'], replyTo], ['a.png', 'words', '$other']);
                    throw new HushError('event.tooLarge', 'Too long.');
                },
            },
        );
        const what = file(join(folder, 'a.png'), { caption: 'words', replyTo: '$other' });
        await assert.rejects(send('!r', 't', what), { code: 'event.tooLarge' });
        assert.deepEqual(asked, []);
    });

    it('does not count as cancelled when the account ends during the transfer: it may be requested again', async () => {
        const account = files(stalled);
        const shown = assert.rejects(account.image('!r', '$e', 'full'), { code: 'account.leaderGone' });
        const saved = assert.rejects(account.save('!r', '$e', join(folder, 'out'), 't'), {
            code: 'account.leaderGone',
        });
        account.dispose();
        await Promise.all([shown, saved]);
        await assert.rejects(account.image('!r', '$e', 'small'), { code: 'account.leaderGone' });
    });

    it('have messages no larger than was thought before the upload', () => {
        const picture = { width: 640, height: 480 };
        const thumbnail = fc.option(fc.constant({ ...picture, bytes: Buffer.alloc(10), mimeType: 'image/png' }));
        const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,255}$/u);
        fc.assert(
            fc.property(thumbnail, fc.string(), fc.string(), id, fc.nat(), (small, name, caption, mediaId, bytes) => {
                const what = file('/a', { name, caption, thumbnail: small });
                const place = { ...createEncryptor().finish(), url: `mxc://h.example/${mediaId}` };
                assert.ok(parseMxc(place.url));
                const parts = { bytes, file: place, small: small ? place : undefined };
                const length = (content: unknown): number => Buffer.byteLength(JSON.stringify(content));
                assert.ok(length(fileContent(what, parts)) <= length(largestContent(what, bytes)));
            }),
        );
    });
});
