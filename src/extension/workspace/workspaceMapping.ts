/** Which room the workspace of this window belongs to. Stored in VS Code's memento, and offered from Git remotes. */
import * as vscode from 'vscode';
import { matchesRemote } from '../../core/workspace/workspaceHash.ts';
import { gitRemotes } from './git.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import {
    followReplaced,
    mappedRoom,
    offeredRooms,
    readMap,
    withMapping,
    withoutMapping,
    type WorkspaceFolders,
} from '../../core/workspace/workspaceRooms.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

const KEY = 'hush.workspaceRooms';
const DECLINED = 'hush.declinedOffers';

export interface WorkspaceMapping {
    readonly folders: WorkspaceFolders;
    room(rooms: readonly RoomSnapshot[]): string | undefined;
    map(roomId: string, folder?: string): Promise<void>;
    unmap(): Promise<void>;
    /** Moves all mappings from one room to the other. */
    remap(from: string | undefined, to: string): Promise<void>;
    /** Moves the mappings of replaced rooms to the rooms that took their place. */
    follow(rooms: readonly RoomSnapshot[]): Promise<void>;
    /**
     * Returns whether the invitation is to a session for the same purpose as `own`: by repository, or by name if one of
     * them has no repository.
     */
    isSame(invitation: RoomSnapshot, own: RoomSnapshot): Promise<boolean>;
    /** Offers a room once if a clone of its repository is open here and nothing is mapped yet. */
    offer(rooms: readonly RoomSnapshot[]): Promise<void>;
}

export function createWorkspaceMapping(state: vscode.Memento, changed: () => void): WorkspaceMapping {
    const folders = (): WorkspaceFolders => ({
        workspaceFile: vscode.workspace.workspaceFile?.toString(),
        folders: (vscode.workspace.workspaceFolders ?? []).map((f) => ({ uri: f.uri.toString(), name: f.name })),
    });
    const map = () => readMap(state.get(KEY));
    const store = async (next: Readonly<Record<string, string>>): Promise<void> => {
        await state.update(KEY, next);
        changed();
    };
    let asking = false;
    return {
        get folders() {
            return folders();
        },
        room: (rooms) => mappedRoom(map(), folders(), rooms),
        map: (roomId, folder) => store(withMapping(map(), folders(), roomId, folder)),
        unmap: () => store(withoutMapping(map(), folders())),
        remap: (from, to) =>
            store(
                Object.fromEntries(Object.entries(map()).map(([key, roomId]) => [key, roomId === from ? to : roomId])),
            ),
        async follow(rooms) {
            const before = map();
            const next = followReplaced(before, rooms);
            if (next !== before) await store(next);
        },
        async isSame(invitation, own) {
            if (invitation.workspaces.length === 0 || own.workspaces.length === 0)
                return (invitation.wholeName ?? invitation.name) === (own.wholeName ?? own.name);
            return offeredRooms([invitation], await gitRemotes(), matchesRemote).length > 0;
        },
        async offer(rooms) {
            if (asking || folders().folders.length === 0 || mappedRoom(map(), folders(), rooms) !== undefined) return;
            const declined = new Set(state.get<string[]>(DECLINED, []));
            const candidates = rooms.filter(
                (room) => room.membership === 'join' && room.workspaces.length > 0 && !declined.has(room.roomId),
            );
            if (candidates.length === 0) return;
            asking = true;
            try {
                const [room] = offeredRooms(candidates, await gitRemotes(), matchesRemote);
                if (!room) return;
                const [use, no] = ['Use This Room', 'Not This One'] as const;
                const chosen = await showInformationMessage(
                    `Your team has a session for this repository: ${plainName(room.name)}.`,
                    use,
                    no,
                );
                if (chosen === use) await store(withMapping(map(), folders(), room.roomId));
                else if (chosen === no) await state.update(DECLINED, [...declined, room.roomId]);
            } finally {
                asking = false;
            }
        },
    };
}
