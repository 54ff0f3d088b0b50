/** What the page shows now, for its parts. */
import type { ShownChat } from '../../core/chat/chatPageMessages.ts';
import type { ChatMessage } from '../../core/chat/message.ts';

/** A message that somebody replies to. Without a name if it is not shown here. */
type RepliedTo = Pick<ChatMessage, 'key' | 'name'>;

export interface ShownNow {
    readonly chat: ShownChat | undefined;
    /** The room, or empty. */
    readonly roomId: string;
    /** The person who is signed in and in the room, or empty. */
    readonly userId: string;
    show(chat: ShownChat): void;
    repliedTo(key: string | null): RepliedTo | undefined;
}

export function createShownNow(): ShownNow {
    let chat: ShownChat | undefined;
    return {
        get chat() {
            return chat;
        },
        get roomId() {
            return chat?.room?.roomId ?? '';
        },
        get userId() {
            return chat?.room?.self ?? '';
        },
        show: (next) => void (chat = next),
        repliedTo: (key) =>
            key === null ? undefined : (chat?.messages.find((m) => m.key === key) ?? { key, name: '' }),
    };
}
