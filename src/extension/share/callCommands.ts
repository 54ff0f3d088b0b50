/**
 * Calls with other Matrix clients. Hush shows the screen of their call in a tab, and our call shows them our screen.
 */
import { canCallPeople } from '../../core/session/calledPeople.ts';
import { ulid } from 'ulid';
import type { CallToTake } from '../../core/session/callsPort.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { HushError } from '../../core/base/errors.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';

/**
 * Asks about a call of another client. "<name> calls you", with Show and Decline; if the person closes it, the call
 * rings on in their other clients. For a screen in a call that carries ours, only with Show.
 */
export async function answerRing(
    context: ActionContext,
    { kind, callId, roomId, userId, deviceId }: CallToTake,
    room: RoomSnapshot,
): Promise<void> {
    const { account, orchestrator } = signedIn(context);
    const callerName = room.members.find((m) => m.userId === userId)?.name ?? userId;
    const [show, decline] = ['Show Their Screen', 'Decline'] as const;
    const chosen =
        kind === 'ring'
            ? await showInformationMessage(
                  `${plainName(callerName)} calls you in ${plainName(room.name)} with another Matrix client. Hush shows the screen they share, without sound.`,
                  show,
                  decline,
              )
            : await showInformationMessage(`${plainName(callerName)} shares a screen in your call.`, show);
    if (chosen === decline) account.calls.decline(callId);
    if (chosen === show)
        orchestrator.dispatch({
            type: 'callAccepted',
            tabId: ulid(),
            callId,
            roomId,
            userId,
            deviceId,
            callerName,
            roomName: room.name,
        });
}

/** Calls the other Matrix clients of a person in the room of our share. `row`: a member's row of the tree. */
export async function callTeammate(context: ActionContext, row: string | undefined): Promise<void> {
    const { orchestrator, account } = signedIn(context);
    const { share } = orchestrator.state;
    if (share?.phase !== 'live')
        throw new HushError('media.shareOver', 'Share your screen first: a call from Hush shows it.');
    if (!canCallPeople(share)) {
        throw new HushError(
            'media.shareOver',
            'Your screen goes through the media server: in another Matrix client it is seen with Element Call. To call instead, set hush.transport to "mesh" and share again.',
        );
    }
    const members = context.model.rooms.find((r) => r.roomId === share.roomId)?.members ?? [];
    const others = members.filter((m) => m.membership === 'join' && m.userId !== account.userId);
    const named = others.find((m) => row === `member:${share.roomId}:${m.userId}`);
    const items = others.map((m) => ({ label: plainName(m.name), description: plainText(m.userId, 300), member: m }));
    const chosen =
        named ??
        (
            await showQuickPick(items, {
                title: 'Call Teammate',
                placeHolder: 'Whose other Matrix clients shall ring and show your screen?',
            })
        )?.member;
    if (chosen) orchestrator.dispatch({ type: 'callRequested', userId: chosen.userId, name: chosen.name });
}
