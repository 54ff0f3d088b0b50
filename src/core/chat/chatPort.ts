/** What the chat needs from the account. `src/matrix/chat` implements it. */
import type { CodePointer } from './codePointer.ts';
import type { ChatMessage } from './message.ts';
import type { Disposable } from '../base/disposable.ts';

export interface ChatTimeline {
    readonly roomId: string;
    /** Oldest first, without gaps. */
    readonly messages: readonly ChatMessage[];
    /** No older messages are available. */
    readonly atStart: boolean;
    /** Older messages exist, but this part has the maximum size. They are shown around an older event. */
    readonly full: boolean;
    /**
     * It ends with the newest message and grows by itself. False: newer messages exist, and may be shown only around a
     * newer event.
     */
    readonly atEnd: boolean;
}

export type ChatSend =
    /** Markdown. HTML in it is plain text. */
    | {
          readonly kind: 'text';
          readonly markdown: string;
          readonly replyTo: string | null;
          readonly pointer?: CodePointer | undefined;
      }
    | { readonly kind: 'edit'; readonly markdown: string; readonly target: string }
    /** Not encrypted, because no Matrix client encrypts reactions. */
    | { readonly kind: 'reaction'; readonly target: string; readonly key: string }
    | { readonly kind: 'delete'; readonly target: string };

/** Every promise rejects with a `HushError`. */
export interface ChatPort {
    /**
     * The known conversation of the room around an event, or else up to the newest one. At most `MAX_SHOWN` messages.
     * After the first call, changes are reported. Empty without the room.
     */
    timeline(roomId: string, around?: string | null): Promise<ChatTimeline>;
    /** Loads some older messages, if there are any. */
    earlier(roomId: string, around?: string | null): Promise<void>;
    /** Loads newer messages, if the part around the event does not end with the newest. */
    later(roomId: string, around: string): Promise<void>;
    /** Loads a message and the messages around it. @throws HushError `chat.notThere`. */
    find(roomId: string, eventId: string): Promise<void>;
    /**
     * A repeat with the same `txnId` does no harm: the server makes one event of it.
     * @throws HushError `room.notEncrypted`, `room.forbidden`, `event.tooLarge`, `network.*`.
     */
    send(roomId: string, txnId: string, what: ChatSend): Promise<void>;
    /** For each room whose timeline was requested. At most once per tick. */
    onChange(listener: (roomId: string) => void): Disposable;
}
