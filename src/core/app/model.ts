/** What a window shows: the account, its rooms, the session core, and the room of this workspace. */
import type { SessionState } from '../session/state.ts';
import type { AccountState } from '../account/accountState.ts';
import type { RoomSnapshot } from '../rooms/room.ts';

export interface Model {
    readonly account: AccountState;
    readonly rooms: readonly RoomSnapshot[];
    readonly session: SessionState;
    /** The room that this workspace is mapped to. */
    readonly workspaceRoomId: string | undefined;
}
