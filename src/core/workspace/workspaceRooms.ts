/** The room of each workspace, as VS Code's memento stores it. */
import * as v from 'valibot';
import type { RoomSnapshot, WorkspaceLink } from '../rooms/room.ts';

/**
 * Maps a workspace key to a room ID. The key is the URI of the .code-workspace file or folder, or a fixed word for an
 * empty window.
 */
export type WorkspaceMap = Readonly<Record<string, string>>;

/** All empty windows share one mapping. The person is asked once. */
export const EMPTY_WINDOW = 'empty-window';

export interface WorkspaceFolders {
    /** URI of a saved multi-root workspace, if one is open. */
    readonly workspaceFile: string | undefined;
    /** URIs of the folders, in their order. */
    readonly folders: readonly { readonly uri: string; readonly name: string }[];
}

/** The keys that may hold this window's mapping, the most specific first. */
export function workspaceKeys(workspace: WorkspaceFolders): string[] {
    if (workspace.workspaceFile !== undefined) return [workspace.workspaceFile];
    const folders = workspace.folders.map((f) => f.uri);
    return folders.length > 0 ? folders : [EMPTY_WINDOW];
}

const storedMap = v.record(v.string(), v.string());

/** The stored map, or an empty one if it is damaged. The person is then asked again. */
export function readMap(stored: unknown): WorkspaceMap {
    const parsed = v.safeParse(storedMap, stored ?? {});
    return parsed.success ? parsed.output : {};
}

/** The room that this window is mapped to, if we are still in it. */
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

/** `folder`: maps one of several folders. Without it, the whole window is mapped. */
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

/**
 * Replaced rooms with their successors. Both rooms must confirm it, because anybody can make a room that claims to
 * follow another.
 */
export function replacedRooms(rooms: readonly RoomSnapshot[]): ReadonlyMap<string, string> {
    const joined = new Map(rooms.filter((r) => r.membership === 'join').map((room) => [room.roomId, room]));
    return new Map(
        [...joined.values()].flatMap(({ roomId, replacement }) => {
            const next = replacement && joined.get(replacement.room);
            return next?.predecessor === roomId ? [[roomId, next.roomId] as const] : [];
        }),
    );
}

/** An invitation to the successor of a room that we are in. The person was already told about the successor. */
export function isSuccessor(rooms: readonly RoomSnapshot[], { roomId, predecessor }: RoomSnapshot): boolean {
    const old = rooms.find((room) => room.roomId === predecessor && room.membership === 'join');
    return old?.replacement?.room === roomId;
}

/** The map with each replaced room changed to its successor. The same object if there is none. */
export function followReplaced(map: WorkspaceMap, rooms: readonly RoomSnapshot[]): WorkspaceMap {
    const replaced = replacedRooms(rooms);
    if (!Object.values(map).some((roomId) => replaced.has(roomId))) return map;
    return Object.fromEntries(Object.entries(map).map(([key, roomId]) => [key, replaced.get(roomId) ?? roomId]));
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
 * Rooms whose `com.hush.workspace` matches one of our git remotes. Hush offers them to a teammate who opened a clone.
 * `matches(link, remote)` hashes the normalised remote with the link's salt.
 */
export function offeredRooms(
    rooms: readonly RoomSnapshot[],
    remotes: readonly string[],
    matches: (link: WorkspaceLink, remote: string) => boolean,
): RoomSnapshot[] {
    return rooms.filter((room) => room.workspaces.some((link) => remotes.some((remote) => matches(link, remote))));
}
