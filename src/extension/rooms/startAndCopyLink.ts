/**
 * Copies the link of a session as soon as the session exists: for **Hush: Start Session and Copy Link**, and for a
 * share that began without a session.
 */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { userMessage } from '../../core/base/errors.ts';
import { isClosed } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName } from '../shell/plainText.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { copyLinkOfRoom } from './joinLinkOfRoom.ts';
import { offerRequests } from './letPeopleAsk.ts';
import { makeSession } from '../workspace/startSession.ts';

/** Uses the session of this workspace, or makes one with the workspace's name. */
export async function startSessionAndCopyLink(context: ActionContext): Promise<void> {
    signedIn(context);
    const roomId = context.model.workspaceRoomId ?? (await makeSession(context, 'byWorkspace'));
    const room = joinedRooms(context).find((one) => one.roomId === roomId);
    if (room) await copyAndTell(context, room, `A join link to the session “${plainName(room.name)}”`);
}

/** Copies the link when this share is live. Does nothing if the share ends before that. Never rejects. */
export async function copyLinkWhenLive(context: ActionContext, roomId: string, shareId: string): Promise<void> {
    try {
        if (!(await isLive(context, shareId))) return;
        const room = joinedRooms(context).find((one) => one.roomId === roomId);
        if (room) await copyAndTell(context, room, `You are sharing in “${plainName(room.name)}”. A join link`);
    } catch (error) {
        context.log.warn('the link of a new session was not copied', error);
        void showFailure(userMessage(error, 'Copying the join link'));
    }
}

async function copyAndTell(context: ActionContext, room: RoomSnapshot, what: string): Promise<void> {
    const { account } = signedIn(context);
    await copyLinkOfRoom(context, account, room);
    if (isClosed(room.joinRule)) return offerRequests(context, room);
    const [invite, other] = ['Invite Teammate…', 'Copy Another Link…'] as const;
    const text = `${what} is in the clipboard. Whoever opens it asks to join; you let them in.`;
    const chosen = await showInformationMessage(text, invite, other);
    if (chosen === invite) await vscode.commands.executeCommand(commands.inviteTeammate, room.roomId);
    if (chosen === other) await vscode.commands.executeCommand(commands.copyJoinLink, room.roomId);
}

async function isLive(context: ActionContext, shareId: string): Promise<boolean> {
    const { orchestrator } = signedIn(context);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = (): void => {
        const { share } = orchestrator.state;
        if (share?.id !== shareId) resolve(false);
        else if (share.phase === 'live') resolve(true);
    };
    const watch = orchestrator.onState(look);
    look();
    return promise.finally(() => watch.dispose());
}
