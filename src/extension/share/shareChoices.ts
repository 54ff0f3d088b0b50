/** The choices of **View Share…**. Pure. */
import type { SessionState } from '../../core/session/state.ts';
import type { ViewerTarget } from '../../core/share/share.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { plainName } from '../shell/plainText.ts';

export interface ShareChoice {
    readonly label: string;
    readonly description: string;
    /** The room ID. The person types it to tell two rooms of one name apart. */
    readonly detail: string;
    readonly target: ViewerTarget;
    readonly sharerName: string;
    readonly roomName: string;
}

/**
 * Lists the announced shares of other devices, newest first. Then it lists "any screen" for rooms with another
 * MatrixRTC client, because only the LiveKit room knows the screens of such a client. Lists only rooms where we may
 * watch.
 */
export function shareChoices(rooms: readonly RoomSnapshot[], session: SessionState): ShareChoice[] {
    const announced: (ShareChoice & { readonly startedTs: number })[] = [];
    const rest: ShareChoice[] = [];
    for (const room of rooms) {
        if (room.membership !== 'join' || !room.encrypted || !room.mayJoinSession) continue;
        const others = room.rtc.filter(
            (m) => m.userId !== session.self?.userId || m.deviceId !== session.self.deviceId,
        );
        for (const { userId, deviceId, name, shares } of others) {
            for (const share of shares) {
                announced.push({
                    label: `$(device-desktop) ${plainName(name)}’s screen`,
                    description: plainName(room.name),
                    detail: room.roomId,
                    target: { roomId: room.roomId, userId, deviceId, shareId: share.id },
                    sharerName: name,
                    roomName: room.name,
                    startedTs: share.startedTs,
                });
            }
        }
        if (others.some((m) => m.client === 'other')) {
            rest.push({
                label: `$(broadcast) Any screen in ${plainName(room.name)}`,
                description: 'shared from another MatrixRTC client',
                detail: room.roomId,
                target: { roomId: room.roomId, userId: undefined, deviceId: undefined, shareId: undefined },
                sharerName: room.name,
                roomName: room.name,
            });
        }
    }
    return [...announced.toSorted((a, b) => b.startedTs - a.startedTs), ...rest];
}
