/** The room of a conversation, and whether the person may write in it. */
import { HushError } from '../base/errors.ts';

/** @throws HushError `chat.noRoom`, `room.forbidden`. */
export function assertWritable(room: ChatRoom | undefined): ChatRoom {
    if (!room)
        throw new HushError(
            'chat.noRoom',
            'This workspace has no session to send to. Run "Hush: Start Session for This Workspace", or choose a room with "Hush: Open Chat…".',
        );
    if (room.barred !== null) throw new HushError('room.forbidden', room.barred);
    return room;
}

export interface ChatRoom {
    readonly roomId: string;
    readonly name: string;
    /** A sentence: why the person may not write in it. Null: the person may. */
    readonly barred: string | null;
    readonly mayReact: boolean;
    /** Our own name in this room. */
    readonly self: { readonly userId: string; readonly name: string };
    readonly online: boolean;
}
