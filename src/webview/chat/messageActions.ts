/** What the buttons of a message do: they ask the host, or fill the text field. */
import { isSameReaction } from '../../core/base/reactionKey.ts';
import type { ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import type { ChangesCards } from './changesCards.ts';
import type { Composer } from './composer.ts';
import type { MessageActions } from './messageView.ts';
import type { Pictures } from './pictures.ts';
import type { ShownNow } from './shownNow.ts';

export interface MessageActionOptions {
    readonly now: ShownNow;
    readonly composer: Composer;
    readonly pictures: Pictures;
    readonly changes: ChangesCards;
    /** How much of a file is sent, 0 to 1, by transaction ID. */
    readonly progress: ReadonlyMap<string, number>;
    /** Scrolls to a message. False: it is not in the list. */
    readonly scrollTo: (key: string) => boolean;
    readonly send: (message: ChatPageMessage) => void;
}

export function messageActions({
    now,
    composer,
    pictures,
    changes,
    progress,
    scrollTo,
    send,
}: MessageActionOptions): MessageActions {
    return {
        reply: (message) => composer.reply(message),
        edit: (message) => composer.edit(message),
        react(message, key) {
            const { roomId } = now;
            const there = message.reactions.find((r) => isSameReaction(r.key, key));
            if (there?.own) send({ type: 'chat.delete', roomId, target: there.own, ask: false });
            else send({ type: 'chat.react', roomId, target: message.key, key: there?.key ?? key });
        },
        delete: ({ key }) => send({ type: 'chat.delete', roomId: now.roomId, target: key, ask: true }),
        retry: (txnId) => send({ type: 'chat.retry', txnId }),
        cancel: (txnId) => send({ type: 'chat.cancel', txnId }),
        picture: (message, file) => pictures.element(message, file),
        changes: (message, file) => changes.element(message, file),
        save: ({ key }) => send({ type: 'chat.save', roomId: now.roomId, key }),
        progressOf: (txnId) => progress.get(txnId) ?? 0,
        rewrite({ txnId, body, reply }) {
            composer.rewrite(body, now.repliedTo(reply?.key ?? null));
            send({ type: 'chat.cancel', txnId: txnId ?? '' });
        },
        goTo(key) {
            if (!scrollTo(key)) send({ type: 'chat.goTo', roomId: now.roomId, key });
        },
    };
}
