/** The event content for each action in the chat. */
import type { ChatSend } from '../../core/chat/chatPort.ts';
import { POINTER_KEY } from '../../core/chat/codePointer.ts';
import { messageText } from '../events/markdown.ts';

export interface Outgoing {
    readonly type: string;
    readonly content: Record<string, unknown>;
}

/** `senderOf`: the sender of an event, because a reply mentions them. Undefined when it is unknown here. */
export function outgoing(
    what: Exclude<ChatSend, { kind: 'delete' }>,
    senderOf: (eventId: string) => string | undefined,
): Outgoing {
    switch (what.kind) {
        case 'text': {
            return {
                type: 'm.room.message',
                content: {
                    ...messageText(what.markdown),
                    ...(what.pointer ? { [POINTER_KEY]: what.pointer } : {}),
                    ...asReply(what.replyTo, senderOf),
                },
            };
        }
        case 'edit': {
            const text = messageText(what.markdown);
            return {
                type: 'm.room.message',
                content: {
                    ...text,
                    body: `* ${text.body}`,
                    ...(text.formatted_body === undefined ? {} : { formatted_body: `* ${text.formatted_body}` }),
                    'm.mentions': {},
                    'm.new_content': { ...text, 'm.mentions': {} },
                    'm.relates_to': { rel_type: 'm.replace', event_id: what.target },
                },
            };
        }
        case 'reaction':
            return {
                type: 'm.reaction',
                content: { 'm.relates_to': { rel_type: 'm.annotation', event_id: what.target, key: what.key } },
            };
    }
}

/** The fields that make a message a reply. An empty list of mentions says that there are none. */
export function asReply(
    replyTo: string | null,
    senderOf: (eventId: string) => string | undefined,
): Record<string, unknown> {
    const author = replyTo === null ? undefined : senderOf(replyTo);
    return {
        'm.mentions': author === undefined ? {} : { user_ids: [author] },
        ...(replyTo === null ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } }),
    };
}
