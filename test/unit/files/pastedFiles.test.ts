/** Several files and words, sent at once: what goes together, in which order, and what a full disk leaves the person with. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'mocha';
import { JSDOM } from 'jsdom';
import type { Account } from '../../../src/core/account/account.ts';
import { createDelivery } from '../../../src/core/chat/delivery.ts';
import { createOutbox, type Outbox } from '../../../src/core/chat/outbox.ts';
import { createPastedFiles, type PastedFile } from '../../../src/extension/chat/pastedFiles.ts';
import type { WrittenFile } from '../../../src/core/chat/writtenFile.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { createComposer, type Composer } from '../../../src/webview/chat/composer.ts';
import type { Draft } from '../../../src/webview/chat/drafts.ts';
import { parcelsOf, type Parcel } from '../../../src/webview/chat/parcels.ts';
import type { ChatHostMessage } from '../../../src/core/chat/chatPageMessages.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';

/** Asked for nothing: its files go through the fake sender. */
const ACCOUNT = { chat: {}, files: {} } as Pick<Account, 'chat' | 'files'>;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const written = (name: string): WrittenFile => ({
    kind: 'file',
    path: `/x/${name}`,
    name,
    mimeType: 'text/plain',
    size: 3,
    picture: null,
    owned: true,
    caption: '',
    replyTo: null,
});

describe('words and files that are sent together', () => {
    it('the words and the reply go with the first file, the others follow', () => {
        assert.deepEqual(parcelsOf(['a', 'b', 'c'], { text: ' look \n', replyTo: '$1', edits: null }), [
            { file: 'a', caption: 'look', replyTo: '$1' },
            { file: 'b', caption: '', replyTo: null },
            { file: 'c', caption: '', replyTo: null },
        ]);
        assert.deepEqual(parcelsOf([], { text: 'alone', replyTo: null, edits: null }), []);
    });

    it('words that edit a message stay with it', () => {
        assert.deepEqual(parcelsOf(['a'], { text: 'corrected', replyTo: null, edits: '$2' }), [
            { file: 'a', caption: '', replyTo: null },
        ]);
    });
});

describe('the field of the chat', () => {
    const realDocument = Object.getOwnPropertyDescriptor(globalThis, 'document');
    let window: JSDOM['window'];
    let composer: Composer;
    let input: HTMLTextAreaElement;
    let sent: Draft[];
    let parcels: Parcel<File>[];
    before(() => {
        ({ window } = new JSDOM('<body></body>'));
        Object.defineProperty(globalThis, 'document', { value: window.document, configurable: true });
    });
    after(() => {
        window.close();
        if (realDocument) Object.defineProperty(globalThis, 'document', realDocument);
        else Reflect.deleteProperty(globalThis, 'document');
    });
    beforeEach(() => {
        sent = [];
        parcels = [];
        composer = createComposer({
            send: (draft) => void sent.push(draft),
            sendFiles: (all) => void parcels.push(...all),
            attach: () => undefined,
            changed: () => undefined,
            tooLong: () => undefined,
            refuse: (text) => assert.fail(text),
            lastOwn: () => undefined,
        });
        window.document.body.replaceChildren(composer.element);
        composer.enable(true, '');
        input = composer.element.querySelector('textarea') ?? assert.fail('no field');
    });
    const paste = (...names: string[]): void => {
        const event = new window.Event('paste', { cancelable: true });
        const files = names.map((name) => new File(['abc'], name));
        Object.assign(event, { clipboardData: { files, getData: () => '' } });
        input.dispatchEvent(event);
    };
    const enter = (): void =>
        void input.dispatchEvent(new window.KeyboardEvent('keydown', { key: 'Enter', cancelable: true }));
    const message = { key: '$1', name: 'Bob', body: 'see?' } as ChatMessage;

    it('sends words that were pasted together with several files as the caption of the first', () => {
        composer.reply(message);
        paste('a.txt', 'b.txt');
        input.value = 'both of them';
        enter();
        assert.deepEqual(
            parcels.map(({ file, caption, replyTo }) => [file.name, caption, replyTo]),
            [
                ['a.txt', 'both of them', '$1'],
                ['b.txt', '', null],
            ],
        );
        assert.deepEqual(sent, []);
        assert.equal(input.value, '');
    });

    it('puts back what could not be sent: its text above the current text, the reply, and the files', () => {
        input.value = 'and another thing';
        composer.rewrite('both of them', message, [new File(['abc'], 'a.txt')]);
        assert.equal(input.value, 'both of them\nand another thing');
        enter();
        assert.deepEqual(
            parcels.map(({ file, caption, replyTo }) => [file.name, caption, replyTo]),
            [['a.txt', 'both of them\nand another thing', '$1']],
        );
    });

    it('leaves a reply that was begun meanwhile as it is', () => {
        composer.reply({ ...message, key: '$2', name: 'Carol' });
        composer.rewrite('both of them', message);
        enter();
        assert.deepEqual(
            sent.map(({ text, replyTo, about }) => [text, replyTo, about]),
            [['both of them', '$2', 'Reply to Carol']],
        );
    });
});

describe('files out of the chat’s page', () => {
    let kept: Record<string, PromiseWithResolvers<WrittenFile>>;
    let handed: string[];
    let back: Extract<ChatHostMessage, { type: 'chat.back' }>[];
    let page: PromiseWithResolvers<void>;
    const open = () =>
        createPastedFiles({
            keep: (_bytes, name) => (kept[name] = Promise.withResolvers<WrittenFile>()).promise,
            send({ roomId, userId }, { name, caption }, predecessor) {
                assert.equal(userId, '@me:hs');
                handed.push([roomId, name, caption, predecessor ?? 'at once'].join(' '));
                return `txn of ${name}`;
            },
            post: (message) => void back.push(message),
            ready: () => page.promise,
        });
    const file = (name: string, more: Partial<PastedFile> = {}): PastedFile => ({
        type: 'chat.file',
        roomId: '!r',
        name,
        bytes: new TextEncoder().encode(name),
        caption: '',
        replyTo: null,
        follows: false,
        ...more,
    });
    const full = new HushError('file.notSaved', 'There is no room.');
    beforeEach(() => {
        kept = {};
        handed = [];
        back = [];
        page = Promise.withResolvers();
    });

    it('are handed on in their order, each after the one that it follows', async () => {
        const files = open();
        files.hear(file('a', { caption: 'both' }), '@me:hs');
        files.hear(file('b', { follows: true }), '@me:hs');
        files.hear(file('c'), '@me:hs');
        for (const name of ['a', 'b', 'c']) {
            await settled();
            kept[name]?.resolve(written(name));
        }
        await settled();
        assert.deepEqual(handed, ['!r a both at once', '!r b  txn of a', '!r c  at once']);
    });

    it('returns pasted files with their text and the reason when the disk is full, once there is a page', async () => {
        const files = open();
        files.hear(file('a', { caption: 'my long words', replyTo: '$1' }), '@me:hs');
        files.hear(file('b', { follows: true }), '@me:hs');
        await settled();
        kept['a']?.reject(full);
        await settled();
        kept['b']?.resolve(written('b'));
        await settled();
        assert.deepEqual([handed, back], [['!r b  at once'], []]);
        page.resolve();
        await settled();
        assert.deepEqual(back, [
            {
                type: 'chat.back',
                roomId: '!r',
                userId: '@me:hs',
                text: 'There is no room.',
                caption: 'my long words',
                replyTo: '$1',
                name: 'a',
                bytes: new TextEncoder().encode('a'),
                imageType: null,
            },
        ]);
    });
});

describe('files on their way out', () => {
    let outbox: Outbox;
    let ends: { name: string; end: PromiseWithResolvers<void> }[];
    let later: (() => void)[];
    const begun = (): string[] => ends.map(({ name }) => name);
    const open = () => {
        let count = 0;
        return createDelivery({
            outbox,
            to: () => ACCOUNT,
            onProblem: () => undefined,
            files: {
                send(_to, _room, _txn, { name }) {
                    const end = Promise.withResolvers<void>();
                    ends.push({ name, end });
                    return end.promise;
                },
                cancel: () => undefined,
            },
            now: () => 1,
            newTxnId: () => `t${count++}`,
            after: (_ms, work) => void later.push(work),
            onChange: () => undefined,
        });
    };
    beforeEach(() => {
        outbox = createOutbox([], () => undefined);
        ends = [];
        later = [];
    });

    it('one waits for the one it follows, also through a pause, and for no other', async () => {
        const delivery = open();
        const a = delivery.write('!r', written('a'));
        delivery.write('!r', written('b'), a);
        delivery.write('!r', written('c'));
        assert.deepEqual(begun(), ['a', 'c']);
        ends[0]?.end.reject(new HushError('network.rateLimited', 'Slow.', { retryAfterMs: 10 }));
        await settled();
        assert.deepEqual(begun(), ['a', 'c']);
        for (const work of later) work();
        await settled();
        assert.deepEqual(begun(), ['a', 'c', 'a']);
        ends[2]?.end.resolve();
        await settled();
        assert.deepEqual(begun(), ['a', 'c', 'a', 'b']);
    });

    it('one that failed or was called back holds up no other; a waiting one can be called back', async () => {
        const delivery = open();
        const a = delivery.write('!r', written('a'));
        const b = delivery.write('!r', written('b'), a);
        delivery.write('!r', written('c'), b);
        delivery.cancel(b);
        ends[0]?.end.reject(new HushError('file.unreadable', 'Gone.'));
        await settled();
        assert.deepEqual(begun(), ['a', 'c']);
        assert.deepEqual(
            outbox.waiting.map(({ txnId, problem }) => [txnId, problem]),
            [
                ['t0', 'Gone.'],
                ['t2', null],
            ],
        );
    });
});
