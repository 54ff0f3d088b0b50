/** What the chat needs from the account; implemented by `src/matrix/chat`. Types only. */
import type { ChatMessage } from './message.ts';
import type { Disposable } from '../base/disposable.ts';

export interface ChatTimeline {
    readonly roomId: string;
    /** Oldest first, without a hole: what lies between two of them is known. */
    readonly messages: readonly ChatMessage[];
    /** Nothing older is to be had. */
    readonly atStart: boolean;
    /** There are older ones, but as many are shown as may be: they are shown around an older event. */
    readonly full: boolean;
    /** It ends with the newest message, and goes on by itself. Else there are newer ones, or they are shown around a newer event. */
    readonly atEnd: boolean;
}

export type ChatSend =
    /** Markdown; HTML in it is text. */
    | { readonly kind: 'text'; readonly markdown: string; readonly replyTo: string | null }
    | { readonly kind: 'edit'; readonly markdown: string; readonly target: string }
    /** Not encrypted: no Matrix client encrypts them. */
    | { readonly kind: 'reaction'; readonly target: string; readonly key: string }
    | { readonly kind: 'delete'; readonly target: string };

/** Every promise rejects with a `HushError`. */
export interface ChatPort {
    /**
     * What is known of the room's conversation around an event, else up to the newest, at most `MAX_SHOWN` messages; from
     * the first time on its changes are told. Empty without the room.
     */
    timeline(roomId: string, around?: string | null): Promise<ChatTimeline>;
    /** Gets older messages: some, unless there are none. */
    earlier(roomId: string, around?: string | null): Promise<void>;
    /** Gets newer ones, where the conversation around the event does not end with the newest. */
    later(roomId: string, around: string): Promise<void>;
    /** Makes sure that a message is known, with what lies around it. @throws HushError `chat.notThere`. */
    find(roomId: string, eventId: string): Promise<void>;
    /**
     * The same `txnId` again does no harm: the server takes it for one event.
     * @throws HushError `room.notEncrypted`, `room.forbidden`, `event.tooLarge`, `network.*`.
     */
    send(roomId: string, txnId: string, what: ChatSend): Promise<void>;
    /** Of a room that was asked for; at most once per tick. */
    onChange(listener: (roomId: string) => void): Disposable;
}
