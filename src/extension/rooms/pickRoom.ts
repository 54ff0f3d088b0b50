/** Chooses the room of a command. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { HushError } from '../../core/base/errors.ts';
import { refusalOf, type RoomUse } from './roomRow.ts';
import { peopleCount } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { startSession } from '../workspace/startSession.ts';

/** A tree row, a room ID, or nothing if the palette runs the command. */
export type RoomArgument = { readonly roomId: string } | string | undefined;

export function roomIdOf(argument: RoomArgument): string | undefined {
    return typeof argument === 'string' ? argument : argument?.roomId;
}

/** Returns the room ID if there is only one room. */
export function onlyRoom(context: ActionContext): string | undefined {
    const [only, ...more] = joinedRooms(context);
    return more.length === 0 ? only?.roomId : undefined;
}

/** Returns the room ID if another room has the same name. */
function idWhereNeeded(room: RoomSnapshot, rooms: readonly RoomSnapshot[]): { readonly detail?: string } {
    const name = plainName(room.name);
    return rooms.some((other) => other !== room && plainName(other.name) === name) ? { detail: room.roomId } : {};
}

interface RoomItem extends vscode.QuickPickItem {
    readonly roomId: string | undefined;
}

/**
 * Asks for one of our rooms. Rooms that refuse `deed` stand below with the reason; the caller refuses them. `start`
 * makes a new session if the person wants one. Returns undefined if cancelled.
 */
export async function pickRoom(
    context: ActionContext,
    title: string,
    deed: RoomUse,
    start: (context: ActionContext) => Promise<string | undefined> = startSession,
): Promise<string | undefined> {
    const self = signedIn(context).account.userId;
    const joined = joinedRooms(context);
    const rooms = joined.map((room) => ({ room, why: refusalOf(room, self, deed) }));
    /** People who link a workspace may have only the ID of a room. */
    const detailOf = (room: RoomSnapshot): { readonly detail?: string } =>
        deed === 'link' ? { detail: room.roomId } : idWhereNeeded(room, joined);
    const items: RoomItem[] = rooms
        .filter(({ why }) => why === undefined)
        .map(({ room }) => ({
            label: `$(${room.encrypted ? 'lock' : 'unlock'}) ${plainName(room.name)}`,
            description:
                room.roomId === context.model.workspaceRoomId ? 'this workspace' : peopleCount(room.members.length),
            ...detailOf(room),
            roomId: room.roomId,
        }));
    items.push({ label: '$(add) Start a new session for this workspace', alwaysShow: true, roomId: undefined });
    const not = rooms.flatMap(({ room, why }) =>
        why === undefined
            ? []
            : {
                  label: `$(circle-slash) ${plainName(room.name)}`,
                  description: why,
                  ...detailOf(room),
                  roomId: room.roomId,
              },
    );
    if (not.length > 0)
        items.push({ label: 'Not possible', kind: vscode.QuickPickItemKind.Separator, roomId: undefined }, ...not);
    const picked = await showQuickPick(items, {
        title,
        placeHolder: deed === 'link' ? 'Choose a room by name or ID' : 'Choose a room',
        matchOnDetail: true,
    });
    if (!picked) return undefined;
    return picked.roomId ?? (await start(context));
}

/** Returns the room of a command: its argument, the only room, or the one that the person chooses. */
export async function roomForCommand(
    context: ActionContext,
    argument: RoomArgument,
    question: string,
): Promise<string | undefined> {
    const known = roomIdOf(argument);
    const rooms = joinedRooms(context);
    if (known !== undefined) {
        if (rooms.some((room) => room.roomId === known)) return known;
        throw new HushError('room.notFound', 'You are not in this room any more.');
    }
    if (rooms.length === 0) {
        const [start, join] = ['Start Session', 'Join by Link…'] as const;
        const chosen = await showInformationMessage('You are in no room yet.', start, join);
        if (chosen === start) await vscode.commands.executeCommand(commands.startSession);
        if (chosen === join) await vscode.commands.executeCommand(commands.joinByLink);
        return undefined;
    }
    const only = onlyRoom(context);
    if (only !== undefined) return only;
    const { workspaceRoomId } = context.model;
    const picked = await showQuickPick(
        rooms
            .toSorted((a, b) => Number(b.roomId === workspaceRoomId) - Number(a.roomId === workspaceRoomId))
            .map((room) => ({
                label: `$(${room.encrypted ? 'lock' : 'unlock'}) ${plainName(room.name)}`,
                description: room.roomId === workspaceRoomId ? 'this workspace' : '',
                ...idWhereNeeded(room, rooms),
                roomId: room.roomId,
            })),
        { title: question, matchOnDetail: true },
    );
    return picked?.roomId;
}
