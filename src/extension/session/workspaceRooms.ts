/** Which room belongs to which workspace, as VS Code's memento stores it. Pure. */
import * as v from 'valibot';
import type { RoomSnapshot, WorkspaceLink } from './types.ts';

/** Workspace key (URI of the .code-workspace file or folder; a fixed word for an empty window) to room ID. */
export type WorkspaceMap = Readonly<Record<string, string>>;

/** An empty window has one mapping of its own: asked once, remembered. */
export const EMPTY_WINDOW = 'empty-window';

export interface WorkspaceFolders {
    /** URI of a saved multi-root workspace, if one is open. */
    readonly workspaceFile: string | undefined;
    /** URIs of the folders, in their order. */
    readonly folders: readonly { readonly uri: string; readonly name: string }[];
}

/** Keys under which a mapping of this window may stand, the most specific first. */
export function workspaceKeys(workspace: WorkspaceFolders): string[] {
    if (workspace.workspaceFile !== undefined) return [workspace.workspaceFile];
    const folders = workspace.folders.map((f) => f.uri);
    return folders.length > 0 ? folders : [EMPTY_WINDOW];
}

const storedMap = v.record(v.string(), v.string());

/** What was stored, or nothing if it is damaged: a lost mapping is asked for again. */
export function readMap(stored: unknown): WorkspaceMap {
    const parsed = v.safeParse(storedMap, stored ?? {});
    return parsed.success ? parsed.output : {};
}

/** The room this window is mapped to, if we are still in it. */
export function mappedRoom(
    map: WorkspaceMap,
    workspace: WorkspaceFolders,
    rooms: readonly RoomSnapshot[],
): string | undefined {
    for (const key of workspaceKeys(workspace)) {
        const roomId = map[key];
        if (roomId !== undefined && rooms.some((r) => r.roomId === roomId && r.membership === 'join')) return roomId;
    }
    return undefined;
}

/** `folder` picks one of several folders; without it the whole window is mapped. */
export function withMapping(
    map: WorkspaceMap,
    workspace: WorkspaceFolders,
    roomId: string,
    folder?: string,
): WorkspaceMap {
    const key = folder ?? workspaceKeys(workspace)[0] ?? EMPTY_WINDOW;
    return { ...map, [key]: roomId };
}

export function withoutMapping(map: WorkspaceMap, workspace: WorkspaceFolders): WorkspaceMap {
    const keys = new Set(workspaceKeys(workspace));
    return Object.fromEntries(Object.entries(map).filter(([key]) => !keys.has(key)));
}

/** A name for a new session room. */
export function sessionName(workspace: WorkspaceFolders): string {
    const file = workspace.workspaceFile
        ?.split('/')
        .at(-1)
        ?.replace(/\.code-workspace$/u, '');
    if (file !== undefined && file !== '') return decodeURIComponent(file);
    const names = workspace.folders.map((f) => f.name);
    if (names.length === 0) return 'Pairing session';
    return names.length <= 2 ? names.join(' + ') : `${names[0] ?? ''} + ${names.length - 1} folders`;
}

/**
 * Rooms whose `com.hush.workspace` matches one of our git remotes: what to offer to a teammate who opened a clone.
 * `matches(link, remote)` hashes the normalised remote with the link's salt.
 */
export function offeredRooms(
    rooms: readonly RoomSnapshot[],
    remotes: readonly string[],
    matches: (link: WorkspaceLink, remote: string) => boolean,
): RoomSnapshot[] {
    return rooms.filter((room) => room.workspaces.some((link) => remotes.some((remote) => matches(link, remote))));
}
