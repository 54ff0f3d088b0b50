/** The SFU for our membership in a room, and the state event that records it. */
import type { MatrixClient, Room } from 'matrix-js-sdk/lib/matrix.js';
import { isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { LIVEKIT_SESSION_TYPE } from '../../core/rooms/eventTypes.ts';
import { isAtSfu, type Share } from '../../core/share/share.ts';
import { parseLivekitSession } from '../events/hushEvents.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { authorisationService } from './homeserverSfu.ts';
import type { LiveSession } from './liveSessions.ts';
import type { Transports } from './transports.ts';

export interface RoomSfu {
    /** Its service URL. It is looked up once for each membership. @throws HushError `media.noServer`. */
    url(room: Room, entry: LiveSession): Promise<string>;
    urlIfAny(room: Room, entry: LiveSession): Promise<string | undefined>;
    /** Tells the room's other clients the place and start of the share. Best effort. Holds no secret. */
    record(room: Room, entry: LiveSession, share: Share | undefined): void;
}

export interface RoomSfuOptions {
    readonly sdk: MatrixClient;
    readonly userId: string;
    readonly transports: Transports;
    readonly note: (text: string) => void;
    readonly log: Log;
}

export function createRoomSfu({ sdk, userId, transports, note, log }: RoomSfuOptions): RoomSfu {
    const url = async (room: Room, entry: LiveSession): Promise<string> => {
        const told = room.currentState.getStateEvents(LIVEKIT_SESSION_TYPE, '')?.getContent();
        const parsed = told && Object.keys(told).length > 0 ? parseLivekitSession(told) : undefined;
        if (parsed && !parsed.ok) note(`Ignored ${LIVEKIT_SESSION_TYPE} in ${room.roomId}: ${parsed.reason}`);
        entry.serviceUrl ??= (
            await transports.own(parsed?.ok ? parsed.value.livekit_service_url : undefined)
        ).serviceUrl;
        return entry.serviceUrl;
    };
    const write = async (room: Room, serviceUrl: string, startedTs: number): Promise<void> => {
        const service = authorisationService(serviceUrl);
        if (service === undefined || !room.currentState.maySendStateEvent(LIVEKIT_SESSION_TYPE, userId)) return;
        const content = {
            version: 1,
            transport: 'livekit',
            livekit_service_url: service,
            livekit_alias: room.roomId,
            started_by: userId,
            started_ts: startedTs,
        };
        await sdk
            .sendStateEvent(room.roomId, LIVEKIT_SESSION_TYPE as never, content as never, '')
            .catch((error: unknown) =>
                log.warn(`${LIVEKIT_SESSION_TYPE} was not written`, fromSdk(error, 'Recording the share')),
            );
    };
    return {
        url,
        urlIfAny: (room, entry) =>
            url(room, entry).catch((error: unknown) => {
                if (isHushError(error) && error.code === 'media.noServer') return undefined;
                throw error;
            }),
        record(room, { serviceUrl }, share) {
            if (share && isAtSfu(share) && serviceUrl !== undefined) void write(room, serviceUrl, share.startedTs);
        },
    };
}
