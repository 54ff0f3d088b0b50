/** Calls of other Matrix clients: asked about, then shown in a tab. */
import { ulid } from 'ulid';
import * as vscode from 'vscode';
import type { Ring } from '../app.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { signedIn, type ActionContext } from './context.ts';

/** "<name> calls you", with Show and Decline. Closing it lets the call ring on in the person's other clients. */
export async function answerRing(context: ActionContext, { callId, roomId, userId, deviceId }: Ring, room: RoomSnapshot): Promise<void> {
    const { account, orchestrator } = signedIn(context);
    const callerName = room.members.find((m) => m.userId === userId)?.name ?? userId;
    const [show, decline] = ['Show Their Screen', 'Decline'] as const;
    const text = `${callerName} calls you in ${room.name} with another Matrix client. Hush shows the screen they share, without sound.`;
    const chosen = await vscode.window.showInformationMessage(text, show, decline);
    if (chosen === decline) account.calls.decline(callId);
    if (chosen === show) orchestrator.dispatch({ type: 'callAccepted', viewId: ulid(), callId, roomId, userId, deviceId, callerName, roomName: room.name });
}
