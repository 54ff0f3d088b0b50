/** What a new state of the conversation changes for the scroll position. Pure. */
import type { ShownChat } from '../../core/chat/chatPageMessages.ts';

export interface ShownStep {
    readonly sameRoom: boolean;
    /** Other messages are before the ones shown until now. */
    readonly grewBefore: boolean;
    /** The list shows another part. */
    readonly moved: boolean;
    /** The list had shown an older part and is at the newest messages again. */
    readonly newestAgain: boolean;
    /** The list was, and is, at the newest messages. */
    readonly atNewest: boolean;
    /** The list left the newest messages for an older part. */
    readonly leftNewest: boolean;
    /** The last message is a new one of our own. */
    readonly own: boolean;
    /** The same messages look the same. Who types, and whether more is loading, is shown elsewhere. */
    readonly alike: boolean;
}

export function stepOf(before: ShownChat | undefined, next: ShownChat): ShownStep {
    const sameRoom = before?.room?.roomId === next.room?.roomId;
    const last = next.messages.at(-1);
    const grewBefore = before?.messages[0]?.key !== next.messages[0]?.key;
    const newLast = before?.messages.at(-1)?.key !== last?.key;
    return {
        sameRoom,
        grewBefore,
        moved: grewBefore && newLast,
        newestAgain: before?.atEnd === false && next.atEnd && grewBefore,
        atNewest: before?.atEnd !== false && next.atEnd,
        leftNewest: sameRoom && before?.atEnd !== false && !next.atEnd,
        own: newLast && ['waiting', 'sending'].includes(last?.state ?? ''),
        alike: before !== undefined && isDrawnAlike(before, next),
    };
}

function isDrawnAlike(before: ShownChat, next: ShownChat): boolean {
    return (
        before.messages === next.messages &&
        before.room === next.room &&
        before.firstUnread === next.firstUnread &&
        before.seen === next.seen
    );
}
