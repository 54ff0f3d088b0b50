/**
 * Requests that a homeserver passes on (MSC4195): for a token, or to end a membership when its participant is gone. The
 * homeserver has authenticated who asks. Servers and clients of today say `member`, the text of the MSC `member_id`.
 * Pure.
 */
import * as v from 'valibot';
import { isServerName } from '../../core/base/identifiers.ts';
import type { Sha256 } from '../tokens/claims.ts';

/** Matrix limits identifiers to 255 bytes. No identifier has control characters or lone surrogates. */
const id = v.pipe(v.string(), v.minLength(1), v.maxBytes(255), v.regex(/^[^\p{Cc}\p{Cs}]+$/u));
const request = v.looseObject({
    /** Of the SFU, as the homeserver advertises it. */
    url: v.pipe(v.string(), v.minLength(1), v.maxBytes(2_048)),
    room_id: v.pipe(id, v.regex(/^!./u)),
    slot_id: id,
    member: v.optional(v.looseObject({ id, claimed_device_id: v.optional(id) })),
    member_id: v.optional(id),
    /** Only from clients: whose SFU it is. */
    server_name: v.optional(v.pipe(id, v.check(isServerName))),
    /** Only from homeservers: whom the token is for. */
    user_id: v.optional(v.pipe(id, v.regex(/^@[^:]+:./u))),
    /** Only to delegate. */
    delay_id: v.optional(id),
});

export interface MemberRequest {
    readonly url: string;
    readonly roomId: string;
    readonly slotId: string;
    readonly memberId: string;
    readonly deviceId: string | undefined;
    readonly serverName: string | undefined;
    readonly userId: string | undefined;
    readonly delayId: string | undefined;
}

/** Undefined when it is malformed. Unknown fields are ignored, because the MSC still changes. */
export function readMemberRequest(body: unknown): MemberRequest | undefined {
    const parsed = v.safeParse(request, body);
    if (!parsed.success) return undefined;
    const { url, room_id: roomId, slot_id: slotId, member, server_name: serverName } = parsed.output;
    const memberId = member?.id ?? parsed.output.member_id;
    if (memberId === undefined) return undefined;
    return {
        url,
        roomId,
        slotId,
        memberId,
        deviceId: member?.claimed_device_id,
        serverName,
        userId: parsed.output.user_id,
        delayId: parsed.output.delay_id,
    };
}

/** The participant's identity, which other clients compute from the membership: with the device where it is named. */
export function memberIdentity(
    { deviceId, memberId }: Pick<MemberRequest, 'deviceId' | 'memberId'>,
    userId: string,
    sha256: Sha256,
): string {
    return sha256(JSON.stringify(deviceId === undefined ? [userId, memberId] : [userId, deviceId, memberId]));
}
