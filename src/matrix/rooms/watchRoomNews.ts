/**
 * Reports events in the account's rooms that other people caused: somebody knocks, somebody removed us, a room was
 * replaced.
 */
import {
    KnownMembership,
    RoomEvent,
    RoomStateEvent,
    type MatrixClient,
    type MatrixEvent,
    type Room,
} from 'matrix-js-sdk/lib/matrix.js';
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { RoomNotice } from '../../core/rooms/roomsPort.ts';
import { MAX_REASON } from './acting.ts';
import { obstacle } from '../../core/rooms/powerLevels.ts';
import { replacementOf, roomPowers } from './roomState.ts';
import { nameLine } from '../../core/base/nameLine.ts';
import { memberName, newcomerName } from '../names/shownNames.ts';

export interface RoomNewsSource extends Disposable {
    readonly onNews: Listeners<[RoomNotice]>['add'];
}

/** Nothing is reported before the first sync is done, because it only describes the present state. */
export function createRoomNews(sdk: MatrixClient): RoomNewsSource {
    const news = new Listeners<[RoomNotice]>();
    const self = sdk.getSafeUserId();
    const running = (): boolean => sdk.getSyncState() === 'SYNCING';
    const onState = (event: MatrixEvent): void => {
        const room = sdk.getRoom(event.getRoomId());
        if (!running() || room?.getMyMembership() !== KnownMembership.Join) return;
        // The person who replaces a room already knows it, and is in the new room.
        if (event.getType() === 'm.room.tombstone' && event.getSender() !== self) onTombstone(room);
        if (event.getType() !== 'm.room.member' || event.getContent()['membership'] !== 'knock') return;
        const userId = event.getStateKey() ?? '';
        const powers = roomPowers(room);
        if (userId === self || sdk.isUserIgnored(userId)) return;
        if (!powers || obstacle(powers, self, { kind: 'invite' })) return;
        news.emit({
            kind: 'knock',
            roomId: room.roomId,
            roomName: room.name,
            userId,
            name: newcomerName(room, userId, displayNameOf(event) ?? userId),
            reason: reasonOf(event),
        });
    };
    const onTombstone = (room: Room): void => {
        if (replacementOf(room)) news.emit({ kind: 'replaced', roomId: room.roomId, roomName: nameLine(room.name) });
    };
    const onMembership = (room: Room, now: string, before?: string): void => {
        if (!running() || (now !== 'leave' && now !== 'ban')) return;
        if (before !== 'join' && before !== 'knock') return;
        const event = room.getMember(self)?.events.member;
        const by = event?.getSender();
        if (!event || by === undefined || by === self) return;
        news.emit({
            kind: 'removed',
            roomName: nameLine(room.name),
            by: memberName(room, by),
            how: now === 'ban' ? 'banned' : before === 'knock' ? 'denied' : 'removed',
            reason: reasonOf(event),
        });
    };
    sdk.on(RoomStateEvent.Events, onState);
    sdk.on(RoomEvent.MyMembership, onMembership);
    return {
        onNews: news.add,
        dispose() {
            news.clear();
            sdk.off(RoomStateEvent.Events, onState);
            sdk.off(RoomEvent.MyMembership, onMembership);
        },
    };
}

/** From the event, because the SDK's member does not have it yet. */
function displayNameOf(event: MatrixEvent): string | undefined {
    const name: unknown = event.getContent()['displayname'];
    return typeof name === 'string' && name.trim() !== '' ? name : undefined;
}

function reasonOf(event: MatrixEvent): string | undefined {
    const reason: unknown = event.getContent()['reason'];
    return typeof reason === 'string' && reason.trim() !== '' ? reason.slice(0, MAX_REASON) : undefined;
}
