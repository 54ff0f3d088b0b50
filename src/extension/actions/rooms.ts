/** Commands about rooms: start, link, invite, accept and decline. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { parseUserId } from '../../matrix/serverName.ts';
import { linkForRemote, matchesRemote } from '../../matrix/workspaceHash.ts';
import { HushError } from '../errors.ts';
import { gitRemotes } from '../git.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { offeredRooms, sessionName } from '../session/workspaceRooms.ts';
import { signedIn, type ActionContext } from './context.ts';
import { setStatusBarMessage, showInformationMessage, showInputBox, withProgress } from '../views/messages.ts';
import { plainName } from '../views/plainText.ts';

/** A tree row, or a room ID, or nothing when run from the palette. */
export type RoomArgument = { readonly roomId: string } | string | undefined;

export function roomIdOf(argument: RoomArgument): string | undefined {
    return typeof argument === 'string' ? argument : argument?.roomId;
}

export function joinedRooms(context: ActionContext): RoomSnapshot[] {
    return context.model.rooms.filter((room) => room.membership === 'join');
}

interface RoomItem extends vscode.QuickPickItem {
    readonly roomId: string | undefined;
}

/** Asks for one of our encrypted rooms. `undefined`: cancelled, or a new session was wanted and is started instead. */
export async function pickRoom(context: ActionContext, title: string): Promise<string | undefined> {
    const items: RoomItem[] = joinedRooms(context)
        .filter((room) => room.encrypted)
        .map((room) => ({
            label: `$(lock) ${plainName(room.name)}`,
            description:
                room.roomId === context.model.workspaceRoomId ? 'this workspace' : `${room.members.length} people`,
            detail: room.roomId,
            roomId: room.roomId,
        }));
    items.push({ label: '$(add) Start a new session for this workspace', alwaysShow: true, roomId: undefined });
    const picked = await vscode.window.showQuickPick(items, {
        title,
        placeHolder: 'Choose a room by name or ID',
        matchOnDetail: true,
    });
    if (!picked) return undefined;
    return picked.roomId ?? (await startSession(context));
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
    const { account } = signedIn(context);
    if (context.model.workspaceRoomId !== undefined) {
        const [open, another] = ['Invite Teammate', 'Start Another'] as const;
        const name = joinedRooms(context).find((r) => r.roomId === context.model.workspaceRoomId)?.name ?? 'a room';
        const chosen = await showInformationMessage(
            `This workspace already has a session: ${plainName(name)}.`,
            open,
            another,
        );
        if (chosen === open) await inviteTeammate(context, context.model.workspaceRoomId);
        if (chosen !== another) return context.model.workspaceRoomId;
    }
    const folder = await pickFolder(context);
    if (!folder) return undefined;
    const suggested = sessionName(context.workspace);
    const name = await showInputBox({
        title: 'Start Session',
        prompt: 'Name of the encrypted room for this workspace',
        value: suggested,
        validateInput: (value) => (value.trim() === '' ? 'The room needs a name.' : undefined),
    });
    if (name === undefined) return undefined;
    const roomId = await withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Hush: creating the room' },
        async () => account.createSessionRoom({ name: name.trim(), invite: [], workspaceLink: await linkFromGit() }),
    );
    await context.mapWorkspace(roomId, folder.folder);
    const invite = 'Invite Teammate…';
    void showInformationMessage(`The session "${name.trim()}" is ready.`, invite).then((chosen) =>
        chosen === invite ? vscode.commands.executeCommand('hush.inviteTeammate', roomId) : undefined,
    );
    return roomId;
}

export async function linkWorkspace(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument) ?? (await pickRoom(context, 'Link Workspace to Room'));
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (roomId === undefined || !room) return;
    const folder = await pickFolder(context);
    if (!folder) return;
    await context.mapWorkspace(roomId, folder.folder);
    const link = await linkFromGit();
    if (!link || !room.mayLinkWorkspace) return;
    const remotes = await gitRemotes();
    if (offeredRooms([room], remotes, matchesRemote).length === 0) await account.linkWorkspace(roomId, link);
}

/** Takes a user ID, or picks from people known from shared rooms. */
export async function inviteTeammate(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId =
        roomIdOf(argument) ?? context.model.workspaceRoomId ?? (await pickRoom(context, 'Invite to which session?'));
    if (roomId === undefined) return;
    const room = joinedRooms(context).find((r) => r.roomId === roomId);
    if (room && !room.mayInvite) {
        throw new HushError(
            'room.forbidden',
            `You may not invite people to ${plainName(room.name)}. Ask somebody who manages the room.`,
        );
    }
    const inside = new Set(room?.members.map((m) => m.userId));
    const userId = await askForPerson((await account.people()).filter((p) => !inside.has(p.userId)));
    if (userId === undefined) return;
    await withProgress({ location: vscode.ProgressLocation.Window, title: `Hush: inviting ${userId}` }, () =>
        account.invite(roomId, userId),
    );
    setStatusBarMessage('mail', `Invited ${userId}`, 5_000);
}

/** A quick pick that also takes what was typed. */
function askForPerson(people: readonly { userId: string; name: string }[]): Promise<string | undefined> {
    const pick = vscode.window.createQuickPick();
    pick.title = 'Invite Teammate';
    pick.placeholder = 'Type a user ID like @name:server.org, or pick somebody you know';
    const known = people.map((p) => ({
        label: `$(account) ${plainName(p.name)}`,
        description: p.userId,
        userId: p.userId,
    }));
    const show = (): void => {
        const typed = pick.value.trim();
        const isId = parseUserId(typed) !== undefined;
        const own = isId && !people.some((p) => p.userId === typed);
        const hint = typed.startsWith('@') && !isId;
        pick.items = [
            ...(own ? [{ label: `$(mail) Invite ${typed}`, description: typed, alwaysShow: true }] : []),
            ...(hint ? [{ label: '$(info) A user ID looks like @name:server.org', alwaysShow: true }] : []),
            ...known,
        ];
    };
    show();
    pick.matchOnDescription = true;
    pick.show();
    return new Promise((resolve) => {
        pick.onDidChangeValue(show);
        pick.onDidAccept(() => {
            // Enter may come before the row for what was just typed.
            const typed = pick.value.trim();
            const userId = pick.selectedItems[0]?.description ?? (parseUserId(typed) ? typed : undefined);
            if (userId === undefined) return;
            resolve(userId);
            pick.hide();
        });
        pick.onDidHide(() => {
            resolve(undefined);
            pick.dispose();
        });
    });
}

export async function acceptInvite(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument);
    if (roomId === undefined) return;
    await withProgress({ location: vscode.ProgressLocation.Window, title: 'Hush: joining the room' }, () =>
        account.join(roomId),
    );
}

export async function declineInvite(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = roomIdOf(argument);
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    // The notification stays when the invitation was accepted in the tree: its button must not leave the room then.
    if (room?.membership === 'invite') await account.leaveRoom(room.roomId);
}
