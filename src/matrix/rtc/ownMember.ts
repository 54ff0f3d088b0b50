/**
 * As what our device is in a session: by a state event or by a sticky event (MSC4354), and under which identity its
 * LiveKit participant is found. Pure.
 */
import { createHash } from 'node:crypto';
import type { CallMembership } from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { homeserverSfu } from './homeserverSfu.ts';
import type { Device } from './olmMessages.ts';
import { ownSfuUrl } from './ownTransport.ts';

/** `hush.matrixRtc.membership`. */
export type MembershipSetting = 'auto' | 'state' | 'sticky';

export interface OwnMember {
    readonly sticky: boolean;
    /** `member.id`. */
    readonly memberId: string;
}

/** Whether a membership is a sticky event. The SDK gives only those a hash. */
export function isSticky(membership: Pick<CallMembership, 'userId' | 'deviceId' | 'rtcBackendIdentity'>): boolean {
    return membership.rtcBackendIdentity !== plainIdentity(membership);
}

export interface FormQuestion {
    readonly setting: MembershipSetting;
    /** Whether the homeserver has sticky events. */
    readonly supported: boolean;
    /** Where we publish. */
    readonly serviceUrl: string | undefined;
    /** Other devices in the session. */
    readonly others: readonly { readonly sticky: boolean }[];
}

/** State events, which every client reads, unless the others or the only transport need the newer form. */
export function wantsSticky({ setting, supported, serviceUrl, others }: FormQuestion): boolean {
    if (!supported || setting === 'state') return false;
    // The person's own SFU knows its participants by their devices.
    if (serviceUrl !== undefined && ownSfuUrl(serviceUrl) !== undefined) return false;
    if (setting === 'sticky') return true;
    return isHomeserverOnly(serviceUrl) || (others.length > 0 && others.every(({ sticky }) => sticky));
}

/** Tokens for this transport come from a homeserver and from nobody else. */
function isHomeserverOnly(serviceUrl: string | undefined): boolean {
    const sfu = serviceUrl === undefined ? undefined : homeserverSfu(serviceUrl);
    return sfu !== undefined && sfu.serviceUrl === undefined;
}

/** Whether the participant is known by a hash. A homeserver gives tokens for no other name. */
export function isHashed(sticky: boolean, serviceUrl: string | undefined): boolean {
    return sticky || isHomeserverOnly(serviceUrl);
}

export function participantIdentity(device: Device, memberId: string, hashed: boolean): string {
    if (!hashed) return plainIdentity(device);
    const named = JSON.stringify([device.userId, device.deviceId, memberId]);
    return createHash('sha256').update(named, 'utf8').digest('base64').replaceAll('=', '');
}

function plainIdentity({ userId, deviceId }: Device): string {
    return `${userId}:${deviceId}`;
}
