/** Where a message is written: Enter sends, Shift+Enter breaks the line, Escape leaves a reply or an edit. */
import { MAX_BODY, type ChatMessage } from '../protocol/chatMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface Draft {
    readonly text: string;
    readonly replyTo: string | null;
    readonly edits: string | null;
    /** What stands over the text. */
    readonly about: string;
}
export interface Composer {
    readonly element: HTMLElement;
    reply(message: ChatMessage): void;
    edit(message: ChatMessage): void;
    /** What was not sent, to be changed. */
    rewrite(text: string): void;
    /** An edit that was not made; nothing where something else is being written. */
    restore(key: string, markdown: string): void;
    /** Another room: its own draft. */
    load(draft: Draft | undefined): void;
    enable(on: boolean, hint: string): void;
}
export interface ComposerActions {
    send(draft: Draft): void;
    changed(draft: Draft): void;
    /** Nothing can carry this; it stays in the field. */
    tooLong(): void;
    /** The person's last message, for arrow up in an empty field. */
    lastOwn(): ChatMessage | undefined;
}

export function createComposer(act: ComposerActions): Composer {
    const input = h('textarea', { rows: '1', 'aria-label': 'Message', spellcheck: 'true' });
    const what = h('bdi', {});
    const leave = h('button', { type: 'button', title: 'Leave (Escape)', 'aria-label': 'Leave' }, icon('close'));
    const about = h('div', { class: 'about', hidden: true }, what, leave);
    const send = h(
        'button',
        { type: 'submit', class: 'send', title: 'Send (Enter)', 'aria-label': 'Send' },
        icon('send'),
    );
    const element = h('form', { class: 'composer' }, about, h('div', { class: 'field' }, input, send));
    let replyTo: string | null = null;
    let edits: string | null = null;

    const draft = (): Draft => ({ text: input.value, replyTo, edits, about: what.textContent ?? '' });
    const fit = (): void => {
        input.style.height = 'auto';
        input.style.height = `${Math.min(input.scrollHeight + 2, 160)}px`;
        send.disabled = input.disabled || input.value.trim() === '';
    };
    const set = (next: Draft): void => {
        ({ replyTo, edits } = next);
        input.value = next.text;
        setText(what, next.about);
        setHidden(about, next.about === '');
        fit();
    };
    const change = (next: Draft): void => {
        set(next);
        act.changed(next);
    };
    const empty: Draft = { text: '', replyTo: null, edits: null, about: '' };
    const release = (): void => change(edits === null ? { ...empty, text: input.value } : empty);

    input.addEventListener('input', () => {
        fit();
        act.changed(draft());
    });
    input.addEventListener('keydown', (event) => {
        if (event.isComposing) return;
        if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            element.requestSubmit();
        } else if (event.key === 'Escape' && (replyTo !== null || edits !== null)) {
            event.stopPropagation();
            release();
        } else if (event.key === 'ArrowUp' && input.value === '' && edits === null) {
            const last = act.lastOwn();
            if (!last) return;
            event.preventDefault();
            edit(last);
        }
    });
    element.addEventListener('submit', (event) => {
        event.preventDefault();
        if (input.disabled || input.value.trim() === '') return;
        if (input.value.length > MAX_BODY) return act.tooLong();
        const sent = draft();
        change(empty);
        act.send(sent);
    });
    leave.addEventListener('click', () => {
        release();
        input.focus();
    });
    const edit = (message: ChatMessage): void => {
        change({ text: message.body, replyTo: null, edits: message.key, about: 'Edit your message' });
        input.focus();
    };
    fit();
    return {
        element,
        edit,
        reply(message) {
            change({
                text: edits === null ? input.value : '',
                replyTo: message.key,
                edits: null,
                about: `Reply to ${message.name}`,
            });
            input.focus();
        },
        rewrite(text) {
            change({ ...empty, text: [text, input.value].filter((part) => part !== '').join('\n') });
            input.focus();
        },
        restore(key, markdown) {
            if (input.value === '' && edits === null)
                change({ text: markdown, replyTo: null, edits: key, about: 'Edit your message' });
        },
        load: (stored) => set(stored ?? empty),
        enable(on, hint) {
            input.disabled = !on;
            input.placeholder = hint;
            fit();
        },
    };
}
