/** What the page offers for a message on its way, in a real DOM. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { after, afterEach, before, beforeEach, describe, it } from 'mocha';
import { createComposer, type Composer } from '../../../src/webview/chat/composer.ts';
import type { Draft } from '../../../src/webview/chat/drafts.ts';
import { createConversation } from '../../../src/webview/chat/conversation.ts';
import { messageElement, type MessageActions } from '../../../src/webview/chat/messageView.ts';
import { createTimeWords } from '../../../src/core/base/timeWords.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { message } from './chatWorld.ts';

let window: JSDOM['window'];
const GLOBALS = ['document', 'Node', 'ResizeObserver', 'DOMParser'] as const;
const real = GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
before(() => {
    ({ window } = new JSDOM('<body></body>'));
    Object.assign(window, {
        ResizeObserver: class {
            observe = (): void => undefined;
        },
    });
    for (const name of GLOBALS)
        Object.defineProperty(globalThis, name, {
            value: (window as unknown as Record<string, unknown>)[name],
            configurable: true,
        });
});
after(() => {
    window.close();
    for (const [name, property] of real)
        if (property) Object.defineProperty(globalThis, name, property);
        else Reflect.deleteProperty(globalThis, name);
});

describe('a message on its way, in the page', () => {
    let done: string[];
    const bodies = {
        render(body: string) {
            const all = window.document.createDocumentFragment();
            all.append(body);
            return all;
        },
    };
    const draw = (more: Partial<ChatMessage>, may = { write: true, react: true }): HTMLElement => {
        const act = new Proxy({} as MessageActions, {
            get: (_, name) => (what: unknown, also?: unknown) =>
                void done.push([name, typeof what === 'string' ? what : (what as ChatMessage).key, also].join(' ')),
        });
        return messageElement(
            message('$1', '@me:hs', more),
            { follows: false, may, time: { label: '12:00', title: 'noon' } },
            bodies,
            act,
        );
    };
    const offers = (element: HTMLElement): string[] =>
        [...element.querySelectorAll<HTMLElement>('button.link')].map((button) => {
            button.click();
            return button.textContent ?? '';
        });
    beforeEach(() => {
        done = [];
    });

    it('can be called back until it leaves, and from then on not', () => {
        assert.deepEqual(offers(draw({ key: 't0', txnId: 't0', state: 'waiting' })), ['Cancel']);
        assert.deepEqual(done, ['cancel t0 ']);
        assert.deepEqual(offers(draw({ key: 't0', txnId: 't0', state: 'sending' })), []);
    });

    it('that failed can be sent again, changed or discarded', () => {
        const element = draw({ key: 't0', txnId: 't0', state: 'failed', problem: 'No.' });
        assert.deepEqual(offers(element), ['Retry', 'Edit', 'Discard']);
        assert.deepEqual(done, ['retry t0 ', 'rewrite t0 ', 'cancel t0 ']);
        assert.equal(element.querySelector('[role=alert]')?.textContent, 'No.RetryEditDiscard');
    });

    it('with an edit that failed says so, and keeps what can be done with it', () => {
        const change = { txnId: 't1', state: 'failed', problem: 'No.' } as const;
        const element = draw({ txnId: 't0', change, mayDelete: true });
        assert.deepEqual(offers(element), ['Retry', 'Discard']);
        assert.deepEqual(done, ['retry t1 ', 'cancel t1 ']);
        assert.ok(element.querySelector('[title=Edit]') && element.querySelector('.tools'));
    });

    it('with an edit that has not left can have it called back', () => {
        const element = draw({ change: { txnId: 't1', state: 'waiting', problem: null } });
        assert.deepEqual([offers(element), done], [['Cancel'], ['cancel t1 ']]);
        assert.deepEqual(offers(draw({ change: { txnId: 't1', state: 'sending', problem: null } })), []);
    });

    it('offers no reply, edit or reaction where the room refuses them', () => {
        const titles = (element: HTMLElement): string[] =>
            [...element.querySelectorAll<HTMLElement>('.tools > button, .tools > .menuHost > button')].map(
                ({ title }) => title,
            );
        const reactions = [
            { key: '👍', names: ['Bob'], own: null },
            { key: '🎉', names: ['Me'], own: '$r' },
        ];
        const mine = { mayDelete: true, reactions };
        assert.deepEqual(titles(draw(mine)), ['React', 'Reply', 'Edit', 'Delete…']);
        assert.deepEqual(titles(draw(mine, { write: false, react: true })), ['React', 'Delete…']);
        const element = draw(mine, { write: true, react: false });
        assert.deepEqual(titles(element), ['Reply', 'Edit', 'Delete…']);
        const joining = [...element.querySelectorAll<HTMLButtonElement>('.reaction')].map(({ disabled }) => disabled);
        assert.deepEqual(joining, [true, false], 'one’s own can be taken back');
    });

    it('says of a reaction that it is not sent yet', () => {
        const reactions = [{ key: '👍', names: ['Me'], own: 't0', pending: true }];
        const button = draw({ reactions }).querySelector<HTMLElement>('.reaction.pending') ?? assert.fail('none');
        assert.match(button.title, /not sent yet/u);
        button.click();
        assert.deepEqual(done, ['react $1 👍']);
    });
});

describe('the conversation in the page', () => {
    it('leaves the focus where it is while others read on and write', () => {
        const bodies = { render: () => window.document.createDocumentFragment() };
        const nothing = (): undefined => undefined;
        const conversation = createConversation({
            bodies,
            words: createTimeWords('en'),
            actions: {} as MessageActions,
            earlier: nothing,
            later: nothing,
            newest: nothing,
            around: nothing,
            seen: nothing,
        });
        window.document.body.replaceChildren(conversation.element);
        const show = (keys: readonly string[], read: string): void =>
            conversation.show({
                type: 'chat.show',
                room: { roomId: '!r', name: 'Room', barred: null, mayReact: true, self: '@me:hs' },
                messages: keys.map((key) => message(key)),
                atStart: true,
                full: false,
                atEnd: true,
                loading: false,
                offline: false,
                firstUnread: null,
                typing: [],
                seen: [{ key: read, names: ['Bob'] }],
            });
        show(['$1', '$2'], '$1');
        const second = conversation.element.querySelector<HTMLElement>('[data-key="$2"]') ?? assert.fail('not there');
        second.focus();
        show(['$0', '$1', '$2', '$3'], '$3');
        assert.equal(window.document.activeElement, second);
        const keys = [...conversation.element.querySelectorAll<HTMLElement>('.message, .seen')];
        assert.deepEqual(
            keys.map((element) => element.dataset['key'] ?? 'seen'),
            ['$0', '$1', '$2', '$3', 'seen'],
        );
    });
});

describe('the days in the page', () => {
    it('are those of the room: a wrong clock opens none, and its message says so', () => {
        const nothing = (): undefined => undefined;
        const conversation = createConversation({
            bodies: { render: () => window.document.createDocumentFragment() },
            actions: {} as MessageActions,
            words: createTimeWords('en'),
            earlier: nothing,
            later: nothing,
            newest: nothing,
            around: nothing,
            seen: nothing,
        });
        window.document.body.replaceChildren(conversation.element);
        const today = Date.now() - 1_000;
        const sent = [today, 4_102_444_800_000, Number.MAX_VALUE, today].map((ts, i) =>
            message(`$${i}`, '@you:hs', { ts }),
        );
        conversation.show({
            type: 'chat.show',
            room: { roomId: '!r', name: 'Room', barred: null, mayReact: true, self: '@me:hs' },
            messages: sent,
            atStart: true,
            full: false,
            atEnd: true,
            loading: false,
            offline: false,
            firstUnread: null,
            typing: [],
            seen: [],
        });
        const rows = [...conversation.element.querySelectorAll<HTMLElement>('.day, .message')];
        assert.deepEqual(
            rows.map((row) => row.dataset['key'] ?? 'day'),
            ['day', '$0', '$1', '$2', '$3'],
        );
        const times = [...conversation.element.querySelectorAll<HTMLElement>('time')];
        assert.deepEqual(
            times.map(({ textContent }) => textContent === 'wrong clock'),
            [false, true, false],
        );
        assert.match(times[1]?.title ?? '', /2100/u);
        assert.doesNotMatch(conversation.element.outerHTML, /Invalid/u);
        window.document.body.replaceChildren();
    });
});

describe('the field of the chat, for what was not sent', () => {
    let composer: Composer;
    let changed: Draft[];
    let sent: Draft[];
    const field = (): HTMLTextAreaElement => composer.element.querySelector('textarea') ?? assert.fail('no field');
    const about = (): string | null => composer.element.querySelector('.about bdi')?.textContent ?? null;
    beforeEach(() => {
        [changed, sent] = [[], []];
        composer = createComposer({
            send: (draft) => void sent.push(draft),
            sendFiles: () => undefined,
            attach: () => undefined,
            changed: (draft) => void changed.push(draft),
            tooLong: () => undefined,
            refuse: (text) => assert.fail(text),
            lastOwn: () => undefined,
        });
        window.document.body.replaceChildren(composer.element);
        composer.enable(true, '');
    });
    afterEach(() => window.document.body.replaceChildren());

    it('a reply that is taken back stays a reply, also to what is not to be seen', () => {
        composer.rewrite('yes', { key: '$old', name: '' });
        assert.deepEqual([field().value, about()], ['yes', 'Reply to an earlier message']);
        (composer.element as HTMLFormElement).requestSubmit();
        assert.deepEqual(
            sent.map(({ text, replyTo }) => [text, replyTo]),
            [['yes', '$old']],
        );
    });

    it('loads what this person was writing, and nothing of the one before', () => {
        field().value = 'mine';
        composer.load({ text: 'his', replyTo: '$1', edits: null, about: 'Reply to Bob', files: [] });
        assert.deepEqual([field().value, about()], ['his', 'Reply to Bob']);
        composer.load(undefined);
        assert.deepEqual([field().value, about(), changed], ['', '', []]);
    });

    it('files that come back are all there again, also beside as many as one may add', () => {
        const file = (n: number): File => new window.File([String(n)], `${n}.txt`);
        composer.rewrite(
            'first',
            undefined,
            Array.from({ length: 10 }, (_, n) => file(n)),
        );
        composer.rewrite('back', undefined, [file(10)]);
        assert.deepEqual(
            [changed.at(-1)?.files[0]?.name, changed.at(-1)?.files.length, field().value],
            ['10.txt', 11, 'back\nfirst'],
        );
    });

    /** What a clipboard holds, pasted as a browser does it. */
    const paste = (forms: Readonly<Record<string, string>>, files: readonly File[] = []): void => {
        const event = new window.Event('paste', { bubbles: true, cancelable: true });
        const data = { files, getData: (type: string) => forms[type] ?? '' };
        Object.defineProperty(event, 'clipboardData', { value: data });
        if (!field().dispatchEvent(event)) return;
        const { selectionStart: start, selectionEnd: end } = field();
        field().setRangeText(forms['text/plain'] ?? '', start, end, 'end');
        field().dispatchEvent(new window.Event('input', { bubbles: true }));
    };
    const held = (): string[] => [...composer.element.querySelectorAll<HTMLElement>('.held')].map(({ title }) => title);
    const offer = (): HTMLElement | null => composer.element.querySelector<HTMLElement>('.offer:not([hidden])');
    const accept = (): void => offer()?.querySelector<HTMLElement>('.link')?.click();

    it('pastes the text of a clipboard with text and picture, and offers the picture', () => {
        const picture = new window.File(['x'], 'image.png', { type: 'image/bmp' });
        for (const forms of [
            { 'text/plain': 'a\tb\n', 'text/html': '<table><tr><td>a<td>b</table>' },
            { 'text/plain': 'a word', 'text/html': '<p>a word</p>' },
            { 'text/plain': 'https://example.org/x' },
        ]) {
            composer.load(undefined);
            paste(forms, [picture]);
            assert.deepEqual([field().value, held()], [forms['text/plain'], []]);
            assert.match(offer()?.textContent ?? '', /picture/u);
            accept();
            assert.deepEqual([offer(), held()], [null, ['image.png']]);
        }
        composer.load(undefined);
        paste({ 'text/html': '<style>p{}</style><p>only<br>here</p>' }, [picture]);
        assert.deepEqual([field().value, held()], ['only\nhere', []]);
    });

    it('a picture alone and files of a file manager are files', () => {
        const file = (name: string, type = ''): File => new window.File(['x'], name, { type });
        const picture = file('image.png', 'image/bmp');
        for (const [forms, files] of [
            [{}, [picture]],
            [{ 'text/html': '<img src="https://example.org/a.png">' }, [picture]],
            [{ 'text/html': '<img src="x">', 'text/plain': 'https://example.org/a.png' }, [picture]],
            [{ 'text/plain': 'a b.pdf' }, [file('a b.pdf')]],
            [{ 'text/plain': '/home/me/a.txt\n/home/me/b.txt' }, [file('a.txt'), file('b.txt')]],
            [{ 'text/plain': 'copy\nfile:///home/me/a%20b.txt\r\n' }, [file('a b.txt')]],
            [{ 'text/plain': '"C:\\me\\a.txt"' }, [file('a.txt')]],
            [{ 'text/plain': 'u\u0308.txt' }, [file('\u00FC.txt')]],
        ] as const) {
            composer.load(undefined);
            paste(forms, files);
            assert.deepEqual([field().value, held()], ['', files.map(({ name }) => name)]);
        }
    });

    it('code is pasted as it is, and offered as a code block in the language of its editor', () => {
        const code = 'if x:\n    y()\n';
        const editor = JSON.stringify({ version: 1, mode: 'python' });
        field().value = 'look: ';
        field().setSelectionRange(6, 6);
        paste({ 'text/plain': code, 'vscode-editor-data': editor });
        assert.equal(field().value, `look: ${code}`);
        assert.match(offer()?.textContent ?? '', /2 lines.*\(python\)/u);
        accept();
        assert.equal(field().value, 'look: \n```python\nif x:\n    y()\n```');
        assert.equal(changed.at(-1)?.text, field().value);
        composer.load(undefined);
        paste({ 'text/plain': code, 'vscode-editor-data': '{' });
        assert.ok(offer()?.textContent?.includes('Make It a Code Block') && !offer()?.textContent?.includes('('));
        field().value = '';
        field().dispatchEvent(new window.Event('input', { bubbles: true }));
        assert.equal(offer(), null, 'there is no code any more');
        for (const words of ['one line', 'Hello,\nhow are you?']) {
            paste({ 'text/plain': words });
            assert.equal(offer(), null, words);
        }
        composer.load({ text: '```\n', replyTo: null, edits: null, about: '', files: [] });
        field().setSelectionRange(4, 4);
        paste({ 'text/plain': code });
        assert.equal(offer(), null, 'it is in a code block');
    });

    it('goes the way of what is written, and sends nothing while a word is composed', () => {
        assert.equal(field().getAttribute('dir'), 'auto');
        field().value = '\u4F60\u597D';
        field().dispatchEvent(new window.Event('input', { bubbles: true }));
        const enter = (init: KeyboardEventInit): void =>
            void field().dispatchEvent(
                new window.KeyboardEvent('keydown', { key: 'Enter', cancelable: true, ...init }),
            );
        for (const init of [{ isComposing: true }, { keyCode: 229 }, { key: 'Process' }]) enter(init);
        assert.equal(sent.length, 0);
        enter({ keyCode: 13 });
        assert.equal(sent.length, 1);
    });

    it('what was pasted waits in its own room, with its words', () => {
        const shot = new window.File(['shot'], 'shot.png');
        const waiting = (): number => composer.element.querySelectorAll('.held').length;
        composer.rewrite('look', undefined, [shot]);
        const mine = changed.at(-1);
        assert.deepEqual([mine?.text, mine?.files, waiting()], ['look', [shot], 1]);
        composer.load(undefined);
        assert.equal(waiting(), 0);
        composer.load(mine);
        assert.deepEqual([field().value, waiting()], ['look', 1]);
    });
});
