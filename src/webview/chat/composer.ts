/**
 * The field in which a person writes: drafts, keys, replies and edits. Enter sends, Shift+Enter breaks the line, Escape
 * leaves a reply or an edit.
 */
import { MAX_BODY, type ChatMessage } from '../../core/chat/message.ts';
import { isolated } from '../../core/base/isolated.ts';
import { h } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { createAboutLine } from './aboutLine.ts';
import { joinWords, parcelsOf, type Parcel } from './parcels.ts';
import { followComposerKeys } from './composerKeys.ts';
import { EMPTY_DRAFT, type Draft } from './drafts.ts';
import { followFileDrops } from './fileDrops.ts';
import { createPasting } from './pasting.ts';
import { createTray } from './tray.ts';

/** Of the text field, in px. */
const MAX_HEIGHT = 160;

export interface Composer {
    readonly element: HTMLElement;
    reply(message: ChatMessage): void;
    edit(message: ChatMessage): void;
    /** Puts an unsent message back, above the text that the person is writing now. */
    rewrite(text: string, replyTo?: Pick<ChatMessage, 'key' | 'name'>, files?: readonly File[]): void;
    /** Loads the draft of another room. */
    load(draft: Draft | undefined): void;
    enable(on: boolean, hint: string): void;
}
export interface ComposerActions {
    send(draft: Draft): void;
    /** Sends pasted or dropped files with their text. */
    sendFiles(parcels: readonly Parcel<File>[]): void;
    /** Asks for files. */
    attach(replyTo: string | null): void;
    changed(draft: Draft): void;
    /** The text is too long for a message. It stays in the field. */
    tooLong(): void;
    /** Shows a sentence about something that cannot be sent. */
    refuse(text: string): void;
    /** Returns the person's last message, for arrow up in an empty field. */
    lastOwn(): ChatMessage | undefined;
}

export function createComposer(act: ComposerActions): Composer {
    const input = h('textarea', { rows: '1', 'aria-label': 'Message', spellcheck: 'true', dir: 'auto' });
    const { send, attach } = composerButtons();
    const about = createAboutLine(() => {
        release();
        input.focus();
    });
    const edited = (): void => {
        fit();
        act.changed(draft());
    };
    const tray = createTray({ changed: edited, refuse: act.refuse });
    const pasting = createPasting(input, { attach: (files) => tray.add(files), changed: edited });
    const field = h('div', { class: 'field' }, input, attach, send);
    const element = h('form', { class: 'composer' }, about.element, pasting.element, tray.element, field);
    let replyTo: string | null = null;
    let edits: string | null = null;

    const draft = (): Draft => ({
        text: input.value,
        replyTo,
        edits,
        about: about.text,
        files: tray.files,
    });
    const fit = (): void => {
        fitHeight(input);
        send.disabled = input.disabled || (input.value.trim() === '' && tray.files.length === 0);
        attach.disabled = input.disabled;
    };
    const set = (next: Draft): void => {
        ({ replyTo, edits } = next);
        input.value = next.text;
        pasting.follow();
        about.show(next.about);
        fit();
    };
    /** Keeps the files in the tray. */
    const change = (next: Omit<Draft, 'files'>): void => {
        set({ ...next, files: tray.files });
        act.changed(draft());
    };
    const release = (): void => change(edits === null ? { ...EMPTY_DRAFT, text: input.value } : EMPTY_DRAFT);
    const edit = (message: ChatMessage): void => {
        change({ text: message.body, replyTo: null, edits: message.key, about: 'Edit your message' });
        input.focus();
    };
    const submit = (): void => {
        if (send.disabled) return;
        if (input.value.length > MAX_BODY) return act.tooLong();
        const sent = draft();
        const files = tray.take();
        const words = sent.text.trim() !== '';
        if (words || edits === null) change(EMPTY_DRAFT);
        if (files.length > 0) act.sendFiles(parcelsOf(files, sent));
        if (words && (files.length === 0 || sent.edits !== null)) act.send(sent);
    };

    input.addEventListener('input', () => {
        pasting.follow();
        edited();
    });
    followComposerKeys(input, {
        enter: () => element.requestSubmit(),
        escape() {
            if (tray.files.length > 0) tray.take();
            else if (replyTo !== null || edits !== null) release();
            else return false;
            return true;
        },
        up() {
            const last = input.value === '' && edits === null ? act.lastOwn() : undefined;
            if (last) edit(last);
            return last !== undefined;
        },
    });
    element.addEventListener('submit', (event) => {
        event.preventDefault();
        submit();
    });
    attach.addEventListener('click', () => {
        const to = replyTo;
        if (edits === null) release();
        act.attach(edits === null ? to : null);
    });
    followFileDrops({
        element,
        enabled: () => !input.disabled,
        take(files) {
            tray.add(files);
            input.focus();
        },
    });
    fit();
    return {
        element,
        edit,
        reply(message) {
            change({ ...replyOf(message), text: edits === null ? input.value : '' });
            input.focus();
        },
        rewrite(text, to, files = []) {
            const replying = edits === null && replyTo !== null;
            const reply = replying ? draft() : to ? replyOf(to) : EMPTY_DRAFT;
            // May exceed the limit, because these files were accepted before.
            tray.put([...files, ...tray.files]);
            change({ ...reply, edits: null, text: joinWords(text, input.value) });
            input.focus();
        },
        load(stored = EMPTY_DRAFT) {
            tray.put(stored.files);
            set(stored);
        },
        enable(on, hint) {
            input.disabled = !on;
            input.placeholder = hint;
            fit();
        },
    };
}

/** The field is as high as its text, up to a limit. */
function fitHeight(input: HTMLTextAreaElement): void {
    input.style.height = 'auto';
    if (!input.disabled) input.style.height = `${Math.min(input.scrollHeight + 2, MAX_HEIGHT)}px`;
}

function composerButtons() {
    const send = h(
        'button',
        { type: 'submit', class: 'send', title: 'Send (Enter)', 'aria-label': 'Send' },
        icon('send'),
    );
    const attach = h(
        'button',
        { type: 'button', class: 'send attach', title: 'Send a file…', 'aria-label': 'Send a file…' },
        icon('attach'),
    );
    return { send, attach };
}

function replyOf({ key, name }: Pick<ChatMessage, 'key' | 'name'>): Draft {
    return { ...EMPTY_DRAFT, replyTo: key, about: `Reply to ${isolated(name) || 'an earlier message'}` };
}
