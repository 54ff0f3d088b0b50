/** One message of the conversation as an element with its buttons. */
import type { ChatMessage } from '../../core/chat/message.ts';
import { visibleText } from '../../core/base/visibleText.ts';
import { isolated } from '../../core/base/isolated.ts';
import { h } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { addMenu } from '../ui/menu.ts';
import type { BodyRenderer } from './bodyRenderer.ts';
import type { MessageTime } from './messageTimes.ts';
import { fileElement, type FileActions } from './fileView.ts';

export interface MessageActions extends FileActions {
    reply(message: ChatMessage): void;
    edit(message: ChatMessage): void;
    /** Adds our reaction or removes it. */
    react(message: ChatMessage, key: string): void;
    delete(message: ChatMessage): void;
    retry(txnId: string): void;
    /** Puts an unsent message back into the composer. */
    rewrite(message: ChatMessage): void;
    goTo(key: string): void;
}

/** The reactions that a click offers. The person can also join any other existing reaction. */
const REACTIONS = ['👍', '❤️', '😄', '🎉', '👀', '🤔'] as const;

export interface MessagePlace {
    /** The message shares the head of the one before it. */
    readonly follows: boolean;
    readonly time: Pick<MessageTime, 'label' | 'title'>;
    /** The rights of the person in the room. */
    readonly may: { readonly write: boolean; readonly react: boolean };
}

export function messageElement(
    message: ChatMessage,
    { follows, may, time }: MessagePlace,
    bodies: BodyRenderer,
    act: MessageActions,
): HTMLElement {
    const { kind, state } = message;
    const parts: (Node | string)[] = [];
    if (!follows) parts.push(headOf(message, time));
    if (message.reply) parts.push(quoteOf(message.reply, act));
    parts.push(bodyOf(message, bodies, act));
    if (message.reactions.length > 0) parts.push(reactionsOf(message, may, act));
    if (state === 'failed') parts.push(failureOf(message, message, act));
    if (state === 'waiting' && !message.file) parts.push(waitingOf(message, act));
    if (message.change?.state === 'failed') parts.push(failureOf(message.change, undefined, act));
    if (message.change?.state === 'waiting') parts.push(waitingOf(message.change, act));
    if (state === 'sent' && kind !== 'deleted') parts.push(toolsOf(message, may, act));
    return h(
        'article',
        {
            class: [
                `message ${kind} ${state}`,
                message.own ? 'own' : '',
                follows ? 'follows' : '',
                message.change ? 'changing' : '',
            ]
                .filter(Boolean)
                .join(' '),
            'data-key': message.key,
            tabindex: '-1',
            'aria-label': `${message.name}, ${time.label}`,
        },
        ...parts,
    );
}

function headOf({ name, wholeName, sender, own }: ChatMessage, time: MessagePlace['time']): HTMLElement {
    return h(
        'header',
        {},
        h('bdi', { class: 'name', title: wholeName === undefined ? sender : `${wholeName}\n${sender}` }, name),
        ...(own ? [h('span', { class: 'you' }, '(you)')] : []),
        h('time', { title: time.title }, time.label),
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
    if (message.what !== undefined) body.append(h('span', { class: 'what' }, message.what));
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

function reactionsOf(message: ChatMessage, may: MessagePlace['may'], act: MessageActions): HTMLElement {
    const row = h('div', { class: 'reactions' });
    for (const { key, label = key, names, own, pending } of message.reactions) {
        const button = h(
            'button',
            {
                type: 'button',
                class: pending === true ? 'reaction pending' : 'reaction',
                'aria-pressed': own === null ? 'false' : 'true',
                title: `${names.map(isolated).join(', ')} reacted with ${visibleText(key)}${pending === true ? ' (not sent yet)' : ''}`,
            },
            h('bdi', {}, label),
            ` ${names.length}`,
        );
        button.disabled = !may.react && own === null;
        button.addEventListener('click', () => act.react(message, key));
        row.append(button);
    }
    return row;
}

/** `message`: an own message whose text can go back into the composer. An edit is edited again like any message. */
function failureOf(
    { txnId, problem }: Pick<ChatMessage, 'txnId' | 'problem'>,
    message: ChatMessage | undefined,
    act: MessageActions,
): HTMLElement {
    const ways = [link('Retry', () => act.retry(txnId ?? '')), link('Discard', () => act.cancel(txnId ?? ''))];
    if (message && !message.file)
        ways.splice(
            1,
            0,
            link('Edit', () => act.rewrite(message)),
        );
    const why = h('span', {}, problem ?? 'Not sent.');
    return h('div', { class: 'failure', role: 'alert' }, icon('warning'), why, ...ways);
}

/** The message has not left yet. */
function waitingOf({ txnId }: Pick<ChatMessage, 'txnId'>, act: MessageActions): HTMLElement {
    return h(
        'div',
        { class: 'failure' },
        link('Cancel', () => act.cancel(txnId ?? '')),
    );
}

function link(text: string, run: () => void): HTMLElement {
    const button = h('button', { type: 'button', class: 'link' }, text);
    button.addEventListener('click', run);
    return button;
}

function reactionChooser(message: ChatMessage, act: MessageActions): HTMLElement {
    const button = h('button', { type: 'button', title: 'React', 'aria-label': 'React' }, icon('smile'));
    const host = h('span', { class: 'menuHost' }, button);
    addMenu(button, {
        label: 'Reactions',
        orientation: 'horizontal',
        items: () =>
            REACTIONS.map((key) => ({
                label: `React with ${key}`,
                face: key,
                run: () => act.react(message, key),
            })),
    });
    return host;
}

function toolsOf(message: ChatMessage, may: MessagePlace['may'], act: MessageActions): HTMLElement {
    const tools = h('div', { class: 'tools', role: 'toolbar', 'aria-label': 'Message' });
    const tool = (name: IconName, title: string, run: () => void): HTMLElement => {
        const button = h('button', { type: 'button', title, 'aria-label': title }, icon(name));
        button.addEventListener('click', run);
        return button;
    };
    if (message.kind !== 'unreadable' && may.react) tools.append(reactionChooser(message, act));
    if (message.kind !== 'unreadable' && may.write) {
        tools.append(tool('reply', 'Reply', () => act.reply(message)));
        if (message.own && message.kind === 'text') tools.append(tool('edit', 'Edit', () => act.edit(message)));
    }
    if (message.mayDelete) tools.append(tool('trash', 'Delete…', () => act.delete(message)));
    return tools;
}
