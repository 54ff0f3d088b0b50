/**
 * A person's own SFU, by its API key: checks that it answers, and makes tokens for its rooms. A separate bundle, loaded
 * on demand.
 */
import { RoomServiceClient } from 'livekit-server-sdk';
import { liveKitRoom, ROOM_CALL_SLOT, SCREEN_SOURCES } from './claims.ts';
import { mintToken, sha256Base64, type LiveKitKey } from './roomTokens.ts';

export interface LiveKitServer extends LiveKitKey {
    /** `wss://…`, or `ws://` on this machine. */
    readonly url: string;
}
/**
 * The purpose of a token. Without `tabId` it is for publishing screens under the membership's participant identity.
 */
export interface OwnTokenRequest {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly tabId?: string;
}

const TIMEOUT_S = 5;
/** Seconds that a room waits for its first participant, and that it stays after the last one. */
const EMPTY_TIMEOUT_S = 300;
const DEPARTURE_TIMEOUT_S = 20;

function rooms({ url, apiKey, apiSecret }: LiveKitServer): RoomServiceClient {
    return new RoomServiceClient(url.replace(/^ws/u, 'http'), apiKey, apiSecret, { requestTimeout: TIMEOUT_S });
}

/** Resolves with `ok` or with the problem: the key is `refused`, or the SFU does not answer (`unreachable`). */
export async function checkServer(server: LiveKitServer): Promise<'ok' | 'refused' | 'unreachable'> {
    try {
        await rooms(server).listRooms(['']);
        return 'ok';
    } catch (error) {
        const status: unknown = error instanceof Error && 'status' in error ? error.status : undefined;
        return status === 401 || status === 403 ? 'refused' : 'unreachable';
    }
}

/**
 * A JWT for one room and one hour. Opens the room first, because many SFUs let only the key's holder do that. Rejects
 * when the SFU does not answer.
 */
export async function mintOwnToken(server: LiveKitServer, request: OwnTokenRequest): Promise<string> {
    const { roomId, userId, deviceId, tabId } = request;
    const room = liveKitRoom(roomId, ROOM_CALL_SLOT, sha256Base64);
    await rooms(server).createRoom({
        name: room,
        emptyTimeout: EMPTY_TIMEOUT_S,
        departureTimeout: DEPARTURE_TIMEOUT_S,
    });
    const publishes = tabId === undefined;
    const identity = publishes ? `${userId}:${deviceId}` : sha256Base64(JSON.stringify([userId, deviceId, tabId]));
    return mintToken(server, { identity, room, canPublish: publishes, sources: SCREEN_SOURCES });
}
