/** Follows the SDK's events that change a conversation. */
import {
    ClientEvent,
    KnownMembership,
    MatrixEventEvent,
    RoomEvent,
    RoomMemberEvent,
    type EventTimelineSet,
    type IRoomTimelineData,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';

export interface ChatEventHandlers {
    /** The sync brought an event. */
    live(roomId: string, event: MatrixEvent): void;
    /** The sync left events out. */
    gap(roomId: string): void;
    /** A message may look different now. */
    touched(roomId: string): void;
    everyRoomTouched(): void;
    /** We are not in the room any more, or the SDK has forgotten it. */
    gone(roomId: string): void;
}

export function followChatEvents(sdk: MatrixClient, handlers: ChatEventHandlers): Disposable {
    const onTimeline = (
        event: MatrixEvent,
        room: Room | undefined,
        toStart: boolean | undefined,
        removed: boolean,
        data: IRoomTimelineData,
    ): void => {
        if (room && !toStart && !removed && data.liveEvent) handlers.live(room.roomId, event);
    };
    const onReset = (room: Room | undefined, set: EventTimelineSet): void => {
        if (room && set === room.getUnfilteredTimelineSet()) handlers.gap(room.roomId);
    };
    const onEvent = (event: MatrixEvent): void => handlers.touched(event.getRoomId() ?? '');
    const onMembership = (room: Room): void => {
        if (room.getMyMembership() === KnownMembership.Join) return;
        handlers.touched(room.roomId);
        handlers.gone(room.roomId);
    };
    const onGone = (roomId: string): void => handlers.gone(roomId);
    const onAccountData = (event: MatrixEvent): void => {
        if (event.getType() === 'm.ignored_user_list') handlers.everyRoomTouched();
    };
    sdk.on(ClientEvent.AccountData, onAccountData);
    sdk.on(RoomEvent.Timeline, onTimeline);
    sdk.on(RoomEvent.TimelineReset, onReset);
    sdk.on(RoomEvent.Redaction, onEvent);
    sdk.on(RoomEvent.MyMembership, onMembership);
    sdk.on(MatrixEventEvent.Decrypted, onEvent);
    sdk.on(RoomMemberEvent.Name, onEvent);
    sdk.on(ClientEvent.DeleteRoom, onGone);
    return {
        dispose() {
            sdk.off(RoomEvent.Timeline, onTimeline);
            sdk.off(RoomEvent.TimelineReset, onReset);
            sdk.off(RoomEvent.Redaction, onEvent);
            sdk.off(RoomEvent.MyMembership, onMembership);
            sdk.off(MatrixEventEvent.Decrypted, onEvent);
            sdk.off(RoomMemberEvent.Name, onEvent);
            sdk.off(ClientEvent.DeleteRoom, onGone);
            sdk.off(ClientEvent.AccountData, onAccountData);
        },
    };
}
