/** Commands about a workspace and its room: start, link. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { linkForRemote, matchesRemote } from '../../matrix/workspaceHash.ts';
import { commands } from '../commands.ts';
import { HushError } from '../errors.ts';
import { gitRemotes } from '../git.ts';
import { whyLinkIsOwn, whyNotHere, type RoomDeed } from '../rooms/roomRow.ts';
import { peopleCount } from '../rooms/roomWords.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { offeredRooms, sessionName } from '../session/workspaceRooms.ts';
import { signedIn, type ActionContext } from './context.ts';
import { refused } from './refusals.ts';
import { tellSessionReady } from './sessionReady.ts';
import { showInformationMessage, showInputBox, withProgress } from '../views/messages.ts';
import { plainName } from '../views/plainText.ts';

/** A tree row, or a room ID, or nothing when run from the palette. */
export type RoomArgument = { readonly roomId: string } | string | undefined;

export function roomIdOf(argument: RoomArgument): string | undefined {
    return typeof argument === 'string' ? argument : argument?.roomId;
}

export function joinedRooms(context: ActionContext): RoomSnapshot[] {
    return context.model.rooms.filter((room) => room.membership === 'join');
}

/** The room ID, where there is but one to choose. */
export function onlyRoom(context: ActionContext): string | undefined {
    const [only, ...more] = joinedRooms(context);
    return more.length === 0 ? only?.roomId : undefined;
}

/** The ID, for the rare case that its name does not tell it from another. */
function idWhereNeeded(room: RoomSnapshot, rooms: readonly RoomSnapshot[]): { readonly detail?: string } {
    const name = plainName(room.name);
    return rooms.some((other) => other !== room && plainName(other.name) === name) ? { detail: room.roomId } : {};
}

interface RoomItem extends vscode.QuickPickItem {
    readonly roomId: string | undefined;
}

/**
 * Asks for one of our rooms; those that would refuse `deed` stand below with the reason, and whoever asks refuses them.
 * `start` makes the new session that may be wanted instead. `undefined`: cancelled.
 */
export async function pickRoom(
    context: ActionContext,
    title: string,
    deed: RoomDeed,
    start: (context: ActionContext) => Promise<string | undefined> = startSession,
): Promise<string | undefined> {
    const self = signedIn(context).account.userId;
    const joined = joinedRooms(context);
    const rooms = joined.map((room) => ({ room, why: whyNotHere(room, self, deed) }));
    /** Whoever links a workspace may have been given an ID. */
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
    const picked = await vscode.window.showQuickPick(items, {
        title,
        placeHolder: deed === 'link' ? 'Choose a room by name or ID' : 'Choose a room',
        matchOnDetail: true,
    });
    if (!picked) return undefined;
    return picked.roomId ?? (await start(context));
}

/** The room that a command is about: its argument, this workspace's, or one that is asked for. */
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
    const picked = await vscode.window.showQuickPick(
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

/** One of several folders, or the whole window; asked once, since the mapping is remembered. */
async function pickFolder(context: ActionContext): Promise<{ folder: string | undefined } | undefined> {
    const { workspaceFile, folders } = context.workspace;
    if (workspaceFile !== undefined || folders.length < 2) return { folder: undefined };
    const picked = await vscode.window.showQuickPick(
        folders.map((f) => ({ label: `$(folder) ${f.name}`, folder: f.uri })),
        { title: 'Which folder does the session belong to?' },
    );
    return picked ? { folder: picked.folder } : undefined;
}

async function linkFromGit() {
    const [remote] = await gitRemotes();
    return remote === undefined ? undefined : linkForRemote(remote, randomBytes);
}

export async function startSession(context: ActionContext): Promise<string | undefined> {
    signedIn(context);
    if (context.model.workspaceRoomId !== undefined) {
        const [open, another] = ['Invite Teammate…', 'Start Another'] as const;
        const name = joinedRooms(context).find((r) => r.roomId === context.model.workspaceRoomId)?.name ?? 'a room';
        const chosen = await showInformationMessage(
            `This workspace already has a session: ${plainName(name)}.`,
            open,
            another,
        );
        if (chosen === open)
            await vscode.commands.executeCommand(commands.inviteTeammate, context.model.workspaceRoomId);
        if (chosen !== another) return context.model.workspaceRoomId;
    }
    const roomId = await makeSession(context);
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (roomId === undefined || !room) return roomId;
    void tellSessionReady(plainName(room.name), roomId);
    return roomId;
}

/**
 * Makes the room and maps the workspace to it. Whoever has its link may ask to be let in (see docs/rooms.md). `named`: the
 * person gives it, or it is the workspace's. Undefined: cancelled.
 */
export async function makeSession(
    context: ActionContext,
    named: 'byPerson' | 'byWorkspace' = 'byPerson',
): Promise<string | undefined> {
    const { account } = signedIn(context);
    const folder = await pickFolder(context);
    if (!folder) return undefined;
    const suggested = sessionName(context.workspace);
    const name =
        named === 'byWorkspace'
            ? suggested
            : await showInputBox({
                  title: 'Start Session',
                  prompt: 'Name of the encrypted room for this workspace',
                  value: suggested,
                  validateInput: (value) => (value.trim() === '' ? 'The room needs a name.' : undefined),
              });
    if (name === undefined) return undefined;
    const roomId = await withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Hush: creating the room' },
        async () =>
            account.createSessionRoom({
                name: name.trim(),
                invite: [],
                workspaceLink: await linkFromGit(),
                access: 'knock',
            }),
    );
    await context.mapWorkspace(roomId, folder.folder);
    return roomId;
}

export async function linkWorkspace(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument) ?? (await pickRoom(context, 'Link Workspace to Room', 'link'));
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (roomId === undefined || !room || (await refused(context, room, 'link'))) return;
    const folder = await pickFolder(context);
    if (!folder) return;
    await context.mapWorkspace(roomId, folder.folder);
    const link = await linkFromGit();
    if (!link || offeredRooms([room], await gitRemotes(), matchesRemote).length > 0) return;
    const own = whyLinkIsOwn(room, account.userId);
    if (own === undefined) return account.linkWorkspace(roomId, link);
    const text = `This workspace is linked to ${plainName(room.name)} for you alone: teammates who open the same repository are not offered the room. ${own}`;
    void showInformationMessage(text);
}
