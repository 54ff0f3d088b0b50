/** LiveKit room tokens: one room, one hour, the least rights. */
import { createHash } from 'node:crypto';
import { AccessToken, TrackSource } from 'livekit-server-sdk';
import { TOKEN_LIFETIME_S, type RoomClaims, type Source } from './claims.ts';

export interface LiveKitKey {
    readonly apiKey: string;
    readonly apiSecret: string;
}

const TRACK_SOURCES: Readonly<Record<Source, TrackSource>> = {
    screen_share: TrackSource.SCREEN_SHARE,
    screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
    microphone: TrackSource.MICROPHONE,
    camera: TrackSource.CAMERA,
};

/**
 * A signed JWT for one identity in one room, for an hour, allowing what `claims` says and nothing more: no
 * room creation, no data packets, no change of metadata. Rejects when the key is empty.
 */
export async function mintToken(key: LiveKitKey, claims: RoomClaims): Promise<string> {
    const token = new AccessToken(key.apiKey, key.apiSecret, { identity: claims.identity, ttl: TOKEN_LIFETIME_S });
    const sources = claims.canPublish ? claims.sources.map((source) => TRACK_SOURCES[source]) : [];
    token.addGrant({
        room: claims.room,
        roomJoin: true,
        roomCreate: false,
        // An empty list of sources would mean "all of them" to the server, so the permission itself goes too.
        canPublish: sources.length > 0,
        ...(sources.length > 0 ? { canPublishSources: sources } : {}),
        canSubscribe: true,
        canPublishData: false,
        canUpdateOwnMetadata: false,
    });
    return token.toJwt();
}

/** Base64 without padding of the SHA-256 of UTF-8 text, as MatrixRTC names rooms and participants. */
export function sha256Base64(text: string): string {
    return createHash('sha256').update(text, 'utf8').digest('base64').replaceAll('=', '');
}
