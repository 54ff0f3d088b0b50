/** LiveKit room tokens: for one room and one hour, with the fewest rights. */
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
 * A signed JWT for one identity in one room, valid for an hour. It allows only what `claims` says: no room creation,
 * no change of metadata. Data packets carry the side channel, which is encrypted. Rejects when the key is empty.
 */
export async function mintToken(key: LiveKitKey, claims: RoomClaims): Promise<string> {
    const token = new AccessToken(key.apiKey, key.apiSecret, { identity: claims.identity, ttl: TOKEN_LIFETIME_S });
    const sources = claims.canPublish ? claims.sources.map((source) => TRACK_SOURCES[source]) : [];
    token.addGrant({
        room: claims.room,
        roomJoin: true,
        roomCreate: false,
        // The SFU reads an empty list of sources as "all of them", so the permission itself is also removed.
        canPublish: sources.length > 0,
        ...(sources.length > 0 ? { canPublishSources: sources } : {}),
        canSubscribe: true,
        canPublishData: true,
        canUpdateOwnMetadata: false,
    });
    return token.toJwt();
}

/** Unpadded base64 of the SHA-256 of UTF-8 text. MatrixRTC names rooms and participants this way. */
export function sha256Base64(text: string): string {
    return createHash('sha256').update(text, 'utf8').digest('base64').replaceAll('=', '');
}
