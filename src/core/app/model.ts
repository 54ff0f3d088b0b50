/** What the screens of a window render: the account, its rooms, the session core, and this workspace’s room. */
import type { SessionState } from '../session/state.ts';
import type { AccountState } from '../account/accountState.ts';
import type { RoomSnapshot } from '../rooms/room.ts';

export interface Model {
    readonly account: AccountState;
    readonly rooms: readonly RoomSnapshot[];
    readonly session: SessionState;
    /** Room that this workspace is mapped to. */
    readonly workspaceRoomId: string | undefined;
}
