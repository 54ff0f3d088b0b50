/** The attachment of a message: its picture if it has one, its description, and its buttons. */
import type { ChatFile, ChatMessage } from '../../core/chat/message.ts';
import { sizeWords } from '../../core/base/sizeWords.ts';
import { h, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface FileActions {
    /** Returns undefined if no picture can be drawn. */
    picture(message: ChatMessage, file: ChatFile): HTMLElement;
    /** The card of a patch. */
    changes(message: ChatMessage, file: ChatFile): HTMLElement;
    save(message: ChatMessage): void;
    cancel(txnId: string): void;
    /** Returns the progress of the upload, from 0 to 1. */
    progressOf(txnId: string): number;
}

/** In bytes. A larger image loads only when the person asks for it. */
const MAX_SHOWN_IMAGE = 20 * 1_048_576;

export function fileElement(message: ChatMessage, file: ChatFile, act: FileActions): HTMLElement {
    const { state, txnId } = message;
    const line = h(
        'div',
        { class: 'fileLine' },
        icon('attach'),
        h('bdi', { class: 'fileName', title: file.name }, file.name),
        h('span', { class: 'note' }, file.size === null ? '' : sizeWords(file.size)),
    );
    if (state === 'sent' && file.there) {
        const save = h('button', { type: 'button', class: 'link', 'aria-label': `Save ${file.name}` }, 'Save…');
        save.addEventListener('click', () => act.save(message));
        line.append(save);
    }
    const all = h('div', { class: 'attachment' });
    if (file.image && (file.size ?? 0) <= MAX_SHOWN_IMAGE) all.append(act.picture(message, file));
    if (file.changes) all.append(act.changes(message, file));
    all.append(line);
    if ((state === 'sending' || state === 'waiting') && txnId !== null) all.append(progressOf(txnId, act));
    if (!file.there) all.append(note('This file cannot be had: what its message says about it is malformed.'));
    else if (!file.encrypted) all.append(note('Not encrypted: the homeserver can read this file.'));
    return all;
}

/** Shows the progress of a file in `root`. */
export function showProgress(root: ParentNode, txnId: string, done: number): void {
    const bar = root.querySelector<HTMLProgressElement>(`progress[data-txn="${CSS.escape(txnId)}"]`);
    if (!bar) return;
    bar.value = done;
    const words = bar.nextElementSibling;
    if (words) setText(words, progressWords(done));
}

function progressOf(txnId: string, act: FileActions): HTMLElement {
    const done = act.progressOf(txnId);
    const bar = h('progress', { max: '1', 'data-txn': txnId, 'aria-label': 'Sent' });
    bar.value = done;
    const cancel = h('button', { type: 'button', class: 'link' }, 'Cancel');
    cancel.addEventListener('click', () => act.cancel(txnId));
    return h('div', { class: 'progress' }, bar, h('span', { class: 'note' }, progressWords(done)), cancel);
}

function progressWords(done: number): string {
    return done >= 1 ? 'Finishing…' : `${Math.floor(done * 100)} %`;
}

function note(text: string): HTMLElement {
    return h('div', { class: 'fileNote' }, icon('warning'), h('span', {}, text));
}
