/** How unsent messages look: new messages, and changes to existing ones. */
import { MAX_BODY, type ChatMessage } from './message.ts';
import { quoteText } from './quoteText.ts';
import { visibleLine } from '../base/visibleText.ts';
import type { Waiting } from './outbox.ts';
import { isSameReaction, reactionLabel } from '../base/reactionKey.ts';
import { echoOf, type WrittenFile } from './writtenFile.ts';

export interface EchoOptions {
    readonly self: { readonly userId: string; readonly name: string };
    /** It may have reached the server. */
    readonly isUnderWay: (txnId: string) => boolean;
}

/** The messages with their unsent edits and reactions. `waiting`: the unsent ones of their room. */
export function withChanges(
    messages: readonly ChatMessage[],
    waiting: readonly Waiting[],
    options: EchoOptions,
): ChatMessage[] {
    const changes = new Map<string, Waiting[]>();
    for (const w of waiting)
        if ('target' in w.written) changes.set(w.written.target, [...(changes.get(w.written.target) ?? []), w]);
    return messages.map((message) =>
        (changes.get(message.key) ?? []).reduce((changed, w) => withChange(changed, w, options), message),
    );
}

function withChange(message: ChatMessage, waiting: Waiting, options: EchoOptions): ChatMessage {
    const { written, txnId } = waiting;
    if (message.kind === 'deleted') return message;
    if (written.kind === 'edit')
        return {
            ...message,
            body: written.markdown.slice(0, MAX_BODY),
            html: null,
            edited: true,
            change: { txnId, ...stateOf(waiting, options) },
        };
    if (written.kind !== 'reaction') return message;
    const { key } = written;
    const there = message.reactions.find((r) => isSameReaction(r.key, key));
    if (there && there.own !== null) return message;
    const label = reactionLabel(key, undefined);
    const reaction = {
        key,
        ...(label === key ? {} : { label }),
        ...there,
        names: [...(there?.names ?? []), options.self.name],
        own: txnId,
        pending: true,
    };
    return {
        ...message,
        reactions: there
            ? message.reactions.map((r) => (r === there ? reaction : r))
            : [...message.reactions, reaction].slice(-64),
    };
}

/** The unsent messages that follow them. */
export function echoesOf(
    messages: readonly ChatMessage[],
    waiting: readonly Waiting[],
    options: EchoOptions,
): ChatMessage[] {
    return waiting.flatMap((w) => {
        const { written, txnId, ts } = w;
        if (written.kind !== 'text' && written.kind !== 'file') return [];
        const { replyTo } = written;
        const target = messages.find((m) => m.key === replyTo);
        const excerpt = target ? visibleLine(excerptOf(target), 160) : 'an earlier message';
        const echo: ChatMessage = {
            key: txnId,
            txnId,
            sender: options.self.userId,
            name: options.self.name,
            own: true,
            ts,
            kind: written.kind,
            body: written.kind === 'text' ? written.markdown.slice(0, MAX_BODY) : wordsOf(written),
            html: null,
            file: written.kind === 'file' ? echoOf(written) : null,
            reply: replyTo === null ? null : { key: replyTo, name: target?.name ?? '', excerpt },
            edited: false,
            reactions: [],
            mayDelete: false,
            ...stateOf(w, options),
        };
        return [echo];
    });
}

function stateOf(
    { txnId, problem, accepted }: Waiting,
    { isUnderWay }: EchoOptions,
): { state: 'waiting' | 'sending' | 'failed'; problem: string | null } {
    // Includes a failed message that is tried again: it may arrive, so the person must not write it again.
    if (accepted || isUnderWay(txnId)) return { state: 'sending', problem: null };
    return { state: problem === null ? 'waiting' : 'failed', problem: problem?.slice(0, 1_000) ?? null };
}

function excerptOf({ what, body, html }: ChatMessage): string {
    return `${what === undefined ? '' : `${what}: `}${quoteText(body, html)}`;
}

function wordsOf({ caption, name }: WrittenFile): string {
    return caption === '' ? name.slice(0, 512) : caption.slice(0, MAX_BODY);
}
