/** Commands about shares: share, stop, view, leave. */
import { ulid } from 'ulid';
import { readSetting, shareSettings, transportSetting } from '../manifest/config.ts';
import { refusalOf } from '../rooms/roomRow.ts';
import type { ViewerTarget } from '../../core/share/share.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { shareChoices } from './shareChoices.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { refused } from '../rooms/refusals.ts';
import { makeSession } from '../workspace/startSession.ts';
import { pickRoom, roomIdOf, type RoomArgument } from '../rooms/pickRoom.ts';
import { showInformationMessage, showQuickPick } from '../shell/dialogs.ts';

interface RoomToShareIn {
    readonly roomId: string;
    /** The room was made for this share, so nobody else is in it yet. */
    readonly fresh: boolean;
}

/**
 * Chooses the row's room, else the workspace's, else the only room that allows it. Otherwise it asks, or makes a new
 * session if there is no room.
 */
async function roomToShareIn(context: ActionContext, argument: RoomArgument): Promise<RoomToShareIn | undefined> {
    const chosen = roomIdOf(argument) ?? context.model.workspaceRoomId;
    if (chosen !== undefined) return { roomId: chosen, fresh: false };
    const before = joinedRooms(context);
    const { userId } = signedIn(context).account;
    const [only, ...more] = before.filter((room) => refusalOf(room, userId, 'share') === undefined);
    if (only && more.length === 0) return { roomId: only.roomId, fresh: false };
    const roomId =
        before.length === 0
            ? await makeSession(context)
            : await pickRoom(context, 'Share your screen in which room?', 'share', makeSession);
    return roomId === undefined ? undefined : { roomId, fresh: !before.some((room) => room.roomId === roomId) };
}

export async function shareScreen(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { orchestrator } = signedIn(context);
    const running = orchestrator.state.share?.roomId;
    const place = running === undefined ? await roomToShareIn(context, argument) : { roomId: running, fresh: false };
    if (!place) return;
    const { roomId, fresh } = place;
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    if (room && (await refused(context, room, 'share'))) return;
    await context.shield.begin(); // nothing is shared while the editors are not watched
    const settings = context.configuration();
    const shareId = ulid();
    orchestrator.dispatch({
        type: 'shareRequested',
        shareId,
        roomId,
        roomName: room?.name ?? roomId,
        location: readSetting(settings, 'hush.capture.location') === 'browser' ? 'browser' : 'webview',
        settings: shareSettings(settings),
        transport: transportSetting(settings),
        now: Date.now(),
    });
    if (fresh) context.joining.linkOnceLive(roomId, shareId);
}

export function stopSharing(context: ActionContext): void {
    context.orchestrator?.dispatch({ type: 'shareStopRequested' });
}

export function pauseShare(context: ActionContext, paused: boolean): void {
    context.orchestrator?.dispatch({ type: 'pauseRequested', paused });
}

/** A tree row with a target, or nothing if the palette runs the command. */
export type ViewerArgument = { readonly target: ViewerTarget | undefined } | undefined;

export async function viewShare(context: ActionContext, argument: ViewerArgument): Promise<void> {
    const { orchestrator } = signedIn(context);
    if (argument?.target) {
        openViewerTab(context, argument.target);
        return;
    }
    const choices = shareChoices(context.model.rooms, orchestrator.state);
    if (choices.length === 0) {
        const barred = context.model.rooms.find((room) => room.membership === 'join' && othersShare(context, room));
        if (barred && (await refused(context, barred, 'share'))) return;
        const share = 'Share My Screen';
        const chosen = await showInformationMessage('Nobody is sharing a screen in your rooms right now.', share);
        if (chosen === share) await shareScreen(context, undefined);
        return;
    }
    const picked =
        choices.length === 1
            ? choices[0]
            : await showQuickPick(choices, {
                  title: 'View Share',
                  placeHolder: 'Choose a screen',
                  matchOnDescription: true,
                  matchOnDetail: true,
              });
    if (picked) openViewerTab(context, picked.target);
}

function othersShare({ account }: ActionContext, { rtc }: RoomSnapshot): boolean {
    return rtc.some(
        ({ userId, client, shares }) => userId !== account?.userId && (client === 'other' || shares.length > 0),
    );
}

/** Opens the viewer tab of a share, or brings it to the front. */
export function openViewerTab(context: ActionContext, target: ViewerTarget, restored = false): void {
    const { orchestrator } = signedIn(context);
    const room = context.model.rooms.find((r) => r.roomId === target.roomId);
    const sharer = room?.members.find((m) => m.userId === target.userId)?.name ?? target.userId;
    const roomName = room?.name ?? target.roomId;
    orchestrator.dispatch({
        type: 'viewerTabRequested',
        tabId: ulid(),
        target,
        sharerName: sharer ?? roomName,
        roomName,
        restored,
    });
}

export async function leaveSession(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { orchestrator } = signedIn(context);
    const rooms = new Set([
        ...orchestrator.state.memberships.keys(),
        ...(orchestrator.state.share ? [orchestrator.state.share.roomId] : []),
    ]);
    const chosen = roomIdOf(argument);
    for (const roomId of chosen === undefined ? rooms : [chosen])
        orchestrator.dispatch({ type: 'leaveRequested', roomId });
    await orchestrator.settled();
}
