/** One message of the conversation as an element, with what can be done to it. */
import type { ChatMessage } from '../protocol/chatMessages.ts';
import { h } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';
import type { BodyRenderer } from './bodyRenderer.ts';
import { fileElement, type FileActions } from './fileView.ts';

export interface MessageActions extends FileActions {
    reply(message: ChatMessage): void;
    edit(message: ChatMessage): void;
    /** Sets our reaction, or takes it back. */
    react(message: ChatMessage, key: string): void;
    delete(message: ChatMessage): void;
    retry(txnId: string): void;
    /** Takes a message that was not sent back into the composer. */
    rewrite(message: ChatMessage): void;
    goTo(key: string): void;
}

/** What a click offers; any other reaction that is there can be joined. */
const REACTIONS = ['👍', '❤️', '😄', '🎉', '👀', '🤔'] as const;

export function messageElement(
    message: ChatMessage,
    follows: boolean,
    bodies: BodyRenderer,
    act: MessageActions,
): HTMLElement {
    const { kind, state } = message;
    const parts: (Node | string)[] = [];
    if (!follows) parts.push(headOf(message));
    if (message.reply) parts.push(quoteOf(message.reply, act));
    parts.push(bodyOf(message, bodies, act));
    if (message.reactions.length > 0) parts.push(reactionsOf(message, act));
    if (state === 'failed') parts.push(failureOf(message, act));
    if (state === 'sent' && kind !== 'deleted') parts.push(toolsOf(message, act));
    return h(
        'article',
        {
            class: `message ${kind} ${state}${message.own ? ' own' : ''}${follows ? ' follows' : ''}`,
            'data-key': message.key,
            tabindex: '-1',
            'aria-label': `${message.name}, ${timeOf(message.ts)}`,
        },
        ...parts,
    );
}

export function timeOf(ts: number): string {
    return new Date(ts).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

function headOf({ name, sender, ts, own }: ChatMessage): HTMLElement {
    return h(
        'header',
        {},
        h('bdi', { class: 'name', title: sender }, own ? `${name} (you)` : name),
        h('time', { title: new Date(ts).toLocaleString() }, timeOf(ts)),
    );
}

function quoteOf({ key, name, excerpt }: NonNullable<ChatMessage['reply']>, act: MessageActions): HTMLElement {
    const quote = h(
        'button',
        { type: 'button', class: 'quote', title: 'Go to this message' },
        ...(name === '' ? [] : [h('bdi', { class: 'name' }, name), ' ']),
        h('bdi', {}, excerpt),
    );
    quote.addEventListener('click', () => act.goTo(key));
    return quote;
}

function bodyOf(message: ChatMessage, bodies: BodyRenderer, act: MessageActions): HTMLElement {
    const body = h('div', { class: 'body', dir: 'auto' });
    if (message.kind === 'deleted') body.append('Message deleted');
    else if (message.kind === 'unreadable') body.append(icon('lock'), h('span', {}, message.body));
    else if (message.file) {
        body.append(fileElement(message, message.file, act));
        if (message.body !== message.file.name) body.append(bodies.render(message.body, message.html));
    } else {
        if (message.kind === 'emote') body.append(h('bdi', { class: 'name' }, message.name), ' ');
        body.append(bodies.render(message.body, message.html));
    }
    if (message.edited) body.append(h('span', { class: 'note edited' }, '(edited)'));
    return body;
}

function reactionsOf(message: ChatMessage, act: MessageActions): HTMLElement {
    const row = h('div', { class: 'reactions' });
    for (const { key, names, own } of message.reactions) {
        const button = h(
            'button',
            {
                type: 'button',
                class: 'reaction',
                'aria-pressed': own === null ? 'false' : 'true',
                title: `${names.join(', ')} reacted with ${key}`,
            },
            h('bdi', {}, key),
            ` ${names.length}`,
        );
        button.addEventListener('click', () => act.react(message, key));
        row.append(button);
    }
    return row;
}

function failureOf(message: ChatMessage, act: MessageActions): HTMLElement {
    const { txnId, problem } = message;
    const edit = h('button', { type: 'button', class: 'link' }, 'Edit');
    edit.addEventListener('click', () => act.rewrite(message));
    const retry = h('button', { type: 'button', class: 'link' }, 'Retry');
    const cancel = h('button', { type: 'button', class: 'link' }, 'Discard');
    retry.addEventListener('click', () => act.retry(txnId ?? ''));
    cancel.addEventListener('click', () => act.cancel(txnId ?? ''));
    return h(
        'div',
        { class: 'failure', role: 'alert' },
        icon('warning'),
        h('span', {}, problem ?? 'Not sent.'),
        retry,
        ...(message.file ? [] : [edit]), // there are no words to change
        cancel,
    );
}

function toolsOf(message: ChatMessage, act: MessageActions): HTMLElement {
    const tools = h('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Message' });
    const tool = (name: IconName, title: string, run: () => void): HTMLElement => {
        const button = h('button', { type: 'button', title, 'aria-label': title }, icon(name));
        button.addEventListener('click', run);
        return button;
    };
    if (message.kind !== 'unreadable') {
        const choices = h('div', { class: 'choices', hidden: true });
        for (const key of REACTIONS) {
            const choice = h(
                'button',
                { type: 'button', title: `React with ${key}`, 'aria-label': `React with ${key}` },
                key,
            );
            choice.addEventListener('click', () => {
                choices.hidden = true;
                act.react(message, key);
            });
            choices.append(choice);
        }
        tools.append(
            choices,
            tool('smile', 'React', () => {
                choices.hidden = !choices.hidden;
            }),
            tool('reply', 'Reply', () => act.reply(message)),
        );
        if (message.own && message.kind === 'text') tools.append(tool('edit', 'Edit', () => act.edit(message)));
    }
    if (message.mayDelete) tools.append(tool('trash', 'Delete…', () => act.delete(message)));
    return tools;
}
