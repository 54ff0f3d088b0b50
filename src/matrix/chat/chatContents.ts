/** What is sent for each thing that a person does in the chat, and how large it may be. */
import type { ChatSend } from '../../extension/chat/chatPort.ts';
import { HushError } from '../../extension/errors.ts';
import { messageText } from './markdown.ts';

export interface Outgoing {
    readonly type: string;
    readonly content: Record<string, unknown>;
}

/** Bytes of an event (client-server API, "Size limits"), less what the server adds: IDs, hashes and signatures. */
const MAX_CONTENT = 65_536 - 4_096;

/** `senderOf`: who wrote an event, for the mention that a reply is; undefined when it is not known here. */
export function outgoing(
    what: Exclude<ChatSend, { kind: 'delete' }>,
    senderOf: (eventId: string) => string | undefined,
): Outgoing {
    switch (what.kind) {
        case 'text': {
            const { replyTo } = what;
            const author = replyTo === null ? undefined : senderOf(replyTo);
            return {
                type: 'm.room.message',
                content: {
                    ...messageText(what.markdown),
                    'm.mentions': author === undefined ? {} : { user_ids: [author] },
                    ...(replyTo === null ? {} : { 'm.relates_to': { 'm.in_reply_to': { event_id: replyTo } } }),
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

/** @throws HushError `chat.tooLong` for a content, as it goes out, that the server would refuse. */
export function assertFits(content: unknown): void {
    const bytes = new TextEncoder().encode(JSON.stringify(content)).length;
    if (bytes <= MAX_CONTENT) return;
    throw new HushError(
        'chat.tooLong',
        `This message is too long: encrypted it has ${Math.ceil(bytes / 1_024)} KiB, and Matrix allows ${Math.floor(MAX_CONTENT / 1_024)}. Send it in parts.`,
    );
}
