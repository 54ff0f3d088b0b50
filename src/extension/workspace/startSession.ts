/** **Hush: Start Session for This Workspace** */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { askForRepository, linkTo } from './askForRepository.ts';
import { sessionName } from '../../core/workspace/workspaceRooms.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { tellSessionReady } from './sessionReady.ts';
import { showInformationMessage, showInputBox, showQuickPick, withProgress } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

/**
 * Asks for one of several folders. With one folder, or with a workspace file, the session is for the whole window. The
 * mapping is remembered, so Hush asks once.
 */
export async function pickFolder(context: ActionContext): Promise<{ folder: string | undefined } | undefined> {
    const { workspaceFile, folders } = context.workspace;
    if (workspaceFile !== undefined || folders.length < 2) return { folder: undefined };
    const picked = await showQuickPick(
        folders.map((f) => ({ label: `$(folder) ${f.name}`, folder: f.uri })),
        { title: 'Which folder does the session belong to?' },
    );
    return picked ? { folder: picked.folder } : undefined;
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
 * Makes the room and maps the workspace to it. People with its link may ask to be let in (see docs/rooms.md). `named`:
 * the person types the name, or the workspace's name is taken. Returns undefined if cancelled.
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
    const repository = await askForRepository(context, folder.folder);
    if (!repository) return undefined;
    const { remote } = repository;
    const roomId = await withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Hush: creating the room' },
        async () =>
            account.createSessionRoom({
                name: name.trim(),
                invite: [],
                workspaceLink: remote && linkTo(remote),
                access: 'knock',
            }),
    );
    await context.mapWorkspace(roomId, folder.folder);
    return roomId;
}
