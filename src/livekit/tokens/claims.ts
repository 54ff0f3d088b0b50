/**
 * What a token request may contain, and what the token then allows. No I/O, no clock, no crypto. Wire format:
 * lk-jwt-service 0.5.0, as Element Call 0.26.1 uses it.
 */

/** The slot that call_id "" means. POST /sfu/get knows no other. */
export const ROOM_CALL_SLOT = 'm.call#ROOM';
/** Seconds for which a token admits to a room. LiveKit renews it for connected participants. */
export const TOKEN_LIFETIME_S = 3600;

/** Turns UTF-8 text into the unpadded base64 of its SHA-256. */
export type Sha256 = (text: string) => string;

export interface OpenIdToken {
    readonly accessToken: string;
    readonly serverName: string;
}

export interface TokenRequest {
    readonly endpoint: 'sfu/get' | 'get_token';
    readonly roomId: string;
    readonly slotId: string;
    readonly deviceId: string;
    readonly openId: OpenIdToken;
    /** Only POST /get_token names a member. */
    readonly member?: { readonly id: string; readonly claimedUserId: string };
}

export type ParseResult =
    { readonly ok: true; readonly request: TokenRequest } | { readonly ok: false; readonly reason: string };

export interface RoomClaims {
    readonly identity: string;
    readonly room: string;
    readonly canPublish: boolean;
    readonly sources: readonly Source[];
}

export type Source = 'screen_share' | 'screen_share_audio' | 'microphone' | 'camera';

/** Element Call publishes microphone and camera through the same endpoint. */
export const CALL_SOURCES: readonly Source[] = ['screen_share', 'screen_share_audio', 'microphone', 'camera'];
/** For an SFU that only Hush uses. */
export const SCREEN_SOURCES: readonly Source[] = ['screen_share', 'screen_share_audio'];

/** Matrix limits identifiers to 255 bytes. An OpenID token is opaque and may be longer. */
const ID_BYTES = 255;
const TOKEN_BYTES = 2048;

class Refusal extends Error {}

/** Parses the body of POST /sfu/get. Unknown fields and oversized values are refused with a reason. */
export function parseSfuGet(body: unknown): ParseResult {
    return attempt(() => {
        const top = fields(body, 'body', ['room', 'openid_token', 'device_id']);
        return {
            endpoint: 'sfu/get',
            roomId: roomIdOf(top['room'], 'room'),
            slotId: ROOM_CALL_SLOT,
            deviceId: identifier(top['device_id'], 'device_id'),
            openId: openIdOf(top['openid_token']),
        };
    });
}

/** Parses the body of POST /get_token. Unknown fields and oversized values are refused with a reason. */
export function parseGetToken(body: unknown): ParseResult {
    return attempt(() => {
        const top = fields(body, 'body', ['room_id', 'slot_id', 'openid_token', 'member']);
        const member = fields(top['member'], 'member', ['id', 'claimed_user_id', 'claimed_device_id']);
        return {
            endpoint: 'get_token',
            roomId: roomIdOf(top['room_id'], 'room_id'),
            slotId: identifier(top['slot_id'], 'slot_id'),
            deviceId: identifier(member['claimed_device_id'], 'member.claimed_device_id'),
            openId: openIdOf(top['openid_token']),
            member: {
                id: identifier(member['id'], 'member.id'),
                claimedUserId: identifier(member['claimed_user_id'], 'member.claimed_user_id'),
            },
        };
    });
}

/** The LiveKit room of a Matrix room's call slot: unpadded base64 of the SHA-256 of `["!id","m.call#ROOM"]`. */
export function liveKitRoom(roomId: string, slotId: string, sha256: Sha256): string {
    return sha256(JSON.stringify([roomId, slotId]));
}

/** The participant identity that other clients compute from the membership of `userId`. */
export function liveKitIdentity(request: TokenRequest, userId: string, sha256: Sha256): string {
    if (request.member === undefined) return `${userId}:${request.deviceId}`;
    return sha256(JSON.stringify([userId, request.deviceId, request.member.id]));
}

/** Whether `userId` is a user ID of exactly this server. */
export function belongsTo(userId: string, serverName: string): boolean {
    const colon = userId.indexOf(':');
    return (
        userId.startsWith('@') && colon > 1 && byteLength(userId) <= ID_BYTES && userId.slice(colon + 1) === serverName
    );
}

/** Host name, IPv4 or bracketed IPv6 address with an optional port (Matrix specification, "Server name"). */
export function isServerName(name: string): boolean {
    return name.length <= ID_BYTES && /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/.test(name);
}

function openIdOf(value: unknown): OpenIdToken {
    const token = fields(value, 'openid_token', ['access_token', 'expires_in', 'matrix_server_name', 'token_type']);
    const serverName = text(token['matrix_server_name'], 'openid_token.matrix_server_name', ID_BYTES);
    if (!isServerName(serverName)) throw new Refusal('openid_token.matrix_server_name is not a server name');
    if (token['token_type'] !== undefined && token['token_type'] !== 'Bearer')
        throw new Refusal('openid_token.token_type must be Bearer');
    if (token['expires_in'] !== undefined && typeof token['expires_in'] !== 'number') {
        throw new Refusal('openid_token.expires_in must be a number');
    }
    return { accessToken: text(token['access_token'], 'openid_token.access_token', TOKEN_BYTES), serverName };
}

function attempt(parse: () => TokenRequest): ParseResult {
    try {
        return { ok: true, request: parse() };
    } catch (error) {
        if (error instanceof Refusal) return { ok: false, reason: error.message };
        throw error;
    }
}

function fields(value: unknown, name: string, known: readonly string[]): Readonly<Record<string, unknown>> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Refusal(`${name} must be an object`);
    // The unknown name is not repeated, because it comes from outside and may be long.
    if (!Object.keys(value).every((key) => known.includes(key))) throw new Refusal(`${name} has an unknown field`);
    return Object.fromEntries(Object.entries(value));
}

function roomIdOf(value: unknown, name: string): string {
    const id = identifier(value, name);
    if (!id.startsWith('!') || id.length < 2) throw new Refusal(`${name} is not a room ID`);
    return id;
}

function identifier(value: unknown, name: string): string {
    return text(value, name, ID_BYTES);
}

function text(value: unknown, name: string, maxBytes: number): string {
    if (typeof value !== 'string' || value === '') throw new Refusal(`${name} must be a non-empty string`);
    if (byteLength(value) > maxBytes) throw new Refusal(`${name} is longer than ${maxBytes} bytes`);
    // No identifier may contain control characters. Lone surrogates have no UTF-8 form that could be hashed.
    if (/[\p{Cc}\p{Cs}]/u.test(value)) throw new Refusal(`${name} has a character that is not allowed`);
    return value;
}

function byteLength(value: string): number {
    return new TextEncoder().encode(value).length;
}
