/** The card of changes in the chat, in a real DOM; and what a message says about its patch, there and back. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { after, before, beforeEach, describe, it } from 'mocha';
import { newClaim } from '../../../src/core/changes/changesClaim.ts';
import type { ChangesShown } from '../../../src/core/chat/changesMessages.ts';
import { chatHostMessage, chatPageMessage } from '../../../src/core/chat/chatPageMessages.ts';
import type { ChatFile } from '../../../src/core/chat/message.ts';
import type { FileToSend } from '../../../src/core/files/filesPort.ts';
import { parseMessage } from '../../../src/matrix/chat/parseMessage.ts';
import { createEncryptor } from '../../../src/matrix/files/attachmentCrypto.ts';
import { fileContent } from '../../../src/matrix/files/fileContent.ts';
import { createChangesCards, type ChangesCards } from '../../../src/webview/chat/changesCards.ts';
import { message } from '../chat/chatWorld.ts';
import * as v from 'valibot';

const BASE = 'c'.repeat(40);
const totals = { files: 1, insertions: 2, deletions: 1, commits: 0 };
const claim = newClaim({ kind: 'working', base: BASE, branch: 'main', author: 'A', ...totals, workspace: null });
const file: ChatFile = { name: 'x.patch', size: 10, image: null, encrypted: true, there: true, changes: claim };
const shown = (more: Partial<ChangesShown> = {}): ChangesShown => ({
    type: 'chat.changes',
    roomId: '!r',
    key: '$1',
    card: {
        kind: 'working',
        base: BASE,
        branch: 'main',
        insertions: 2,
        deletions: 1,
        files: { count: 1, named: [{ path: 'src/a.ts', note: 'new', insertions: 2, deletions: 1 }] },
        commits: { count: 0, named: [] },
        lie: null,
    },
    problem: null,
    hasBase: true,
    applied: false,
    ...more,
});
const card = (): NonNullable<ChangesShown['card']> => shown().card ?? assert.fail();

describe('the card of changes', () => {
    const GLOBALS = ['document', 'Node', 'IntersectionObserver'] as const;
    /** As they are when this suite begins: other files set some of them for the whole run. */
    const real = new Map<string, PropertyDescriptor | undefined>();
    let window: JSDOM['window'];
    /** Brings everything that is watched into view. */
    let comeIntoView: () => void;
    before(() => {
        ({ window } = new JSDOM('<body></body>'));
        const watched = new Set<Element>();
        class Sights {
            constructor(told: (sights: { target: Element; isIntersecting: boolean }[]) => void) {
                comeIntoView = () => told([...watched].map((target) => ({ target, isIntersecting: true })));
            }
            observe = (element: Element): void => void watched.add(element);
            unobserve = (element: Element): void => void watched.delete(element);
            disconnect = (): void => watched.clear();
        }
        Object.assign(window, { IntersectionObserver: Sights });
        for (const name of GLOBALS) {
            real.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
            Object.defineProperty(globalThis, name, {
                value: (window as unknown as Record<string, unknown>)[name],
                configurable: true,
            });
        }
    });
    after(() => {
        window.close();
        for (const [name, property] of real)
            if (property) Object.defineProperty(globalThis, name, property);
            else Reflect.deleteProperty(globalThis, name);
    });

    let cards: ChangesCards;
    let done: string[];
    beforeEach(() => {
        done = [];
        cards = createChangesCards({
            ask: (key) => void done.push(`ask ${key}`),
            act: (key, act) => void done.push(`${act} ${key}`),
        });
    });
    const draw = (): HTMLElement => cards.element(message('$1', '@a:hs', { file }), file);
    const words = (element: HTMLElement): string => (element.textContent ?? '').replaceAll(/\s+/gu, ' ');
    const press = (element: HTMLElement, label: string): void => {
        const button = [...element.querySelectorAll('button')].find(({ textContent }) => textContent === label);
        assert.ok(button, label);
        button.click();
    };
    const buttons = (element: HTMLElement): (string | null)[] =>
        [...element.querySelectorAll('button')].map(({ textContent }) => textContent);

    it('asks for the patch when it comes into view, and shows no number before', () => {
        const element = draw();
        assert.deepEqual([words(element), buttons(element), done], ['Reading the changes…', [], []]);
        comeIntoView();
        comeIntoView();
        assert.deepEqual(done, ['ask $1']);
    });

    it('shows what the patch does; its buttons review and apply it, and then undo it', () => {
        const element = draw();
        cards.show(shown());
        for (const text of [
            '1 file, +2 −1',
            'on main, from commit cccccccc, which you have',
            'src/a.ts',
            'new · +2 −1',
        ])
            assert.ok(words(element).includes(text), text);
        press(element, 'Review');
        press(element, 'Apply');
        cards.show(shown({ applied: true }));
        assert.deepEqual(buttons(element), ['Review', 'Undo']);
        press(element, 'Undo');
        assert.deepEqual(done, ['review $1', 'apply $1', 'undo $1']);
    });

    it('that is drawn again is the same at once', () => {
        draw();
        cards.show(shown());
        assert.deepEqual(buttons(draw()), ['Review', 'Apply']);
        cards.clear();
        assert.deepEqual(buttons(draw()), []);
    });

    it('of a patch that is refused has the reason and nothing to apply', () => {
        const element = draw();
        cards.show(shown({ card: null, problem: 'These changes are refused because of "../x".' }));
        assert.ok(words(element).includes('refused because of "../x"'));
        assert.deepEqual(buttons(element), ['Try Again']);
    });

    it('says when the base is not here, when there is none, and when the message lied', () => {
        const element = draw();
        cards.show(shown({ hasBase: false }));
        assert.ok(words(element).includes('which you do not have'));
        cards.show(shown({ hasBase: null, card: { ...card(), base: null, branch: null } }));
        assert.ok(words(element).includes('from before the first commit'));
        cards.show(shown({ card: { ...card(), lie: 'It lied.' } }));
        assert.ok(words(element).includes('It lied.'));
    });

    it('shows some of many files, then all that are named, and counts the rest', () => {
        const named = Array.from({ length: 50 }, (_, i) => ({ path: `f${i}`, note: '', insertions: 1, deletions: 0 }));
        const element = draw();
        cards.show(shown({ card: { ...card(), files: { count: 120, named } } }));
        assert.equal(element.querySelectorAll('li').length, 8);
        press(element, 'Show 112 more');
        assert.equal(element.querySelectorAll('li').length, 51);
        assert.ok(words(element).includes('and 70 more'));
    });

    it('shows names as text', () => {
        const element = draw();
        const path = '<img src=x onerror="1">';
        cards.show(
            shown({ card: { ...card(), files: { count: 1, named: [{ ...file, path, note: '', ...totals }] } } }),
        );
        assert.equal(element.querySelector('img'), null);
        assert.equal(element.querySelector('.changesPath')?.textContent, path);
    });

    it('of a message on its way has no button', () => {
        const waiting = message('t0', '@a:hs', { file, state: 'sending', txnId: 't0' });
        assert.deepEqual(buttons(cards.element(waiting, file)), []);
    });
});

describe('what a message says about its patch', () => {
    const toSend: FileToSend = {
        path: '/x',
        name: 'x.patch',
        mimeType: 'text/plain',
        picture: null,
        thumbnail: null,
        caption: '',
        replyTo: null,
        changes: claim,
    };
    const encrypted = { ...createEncryptor().finish(), url: 'mxc://hs/x' };
    const content = fileContent(toSend, { bytes: 10, file: encrypted, small: undefined });

    it('is sent as an ordinary file with a key of its own, and read again', () => {
        assert.equal(content['msgtype'], 'm.file');
        assert.equal(content['filename'], 'x.patch');
        assert.deepEqual(parseMessage(content).file?.changes, claim);
    });

    it('counts for nothing if it is malformed, or if the file is not encrypted', () => {
        for (const odd of [{ ...claim, version: 9 }, 'x', { ...claim, base: 7 }])
            assert.equal(parseMessage({ ...content, 'com.hush.changes': odd }).file?.changes, undefined);
        const { file: _, ...rest } = content;
        const clear = parseMessage({ ...rest, url: 'mxc://hs/x' }).file;
        assert.deepEqual([clear?.there, clear?.changes], [true, undefined]);
    });

    it('goes between page and host in messages that both check', () => {
        assert.ok(v.is(chatHostMessage, shown()));
        assert.ok(!v.is(chatHostMessage, { ...shown(), card: { ...card(), insertions: -1 } }));
        assert.ok(v.is(chatPageMessage, { type: 'chat.changesAct', roomId: '!r', key: '$1', act: 'apply' }));
        assert.ok(!v.is(chatPageMessage, { type: 'chat.changesAct', roomId: '!r', key: '$1', act: 'applyAll' }));
    });
});
