/**
 * Our device's form in a session: a state event or a sticky event (MSC4354), and the identity of its LiveKit
 * participant. Pure.
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

/** Whether a membership is a sticky event. Only for those does the SDK use a hash as identity. */
export function isSticky(membership: Pick<CallMembership, 'userId' | 'deviceId' | 'rtcBackendIdentity'>): boolean {
    return membership.rtcBackendIdentity !== plainIdentity(membership);
}

export interface FormQuestion {
    readonly setting: MembershipSetting;
    /** Whether the homeserver supports sticky events. */
    readonly supported: boolean;
    /** Where we publish. */
    readonly serviceUrl: string | undefined;
    /** Other devices in the session. */
    readonly others: readonly { readonly sticky: boolean }[];
}

/**
 * A state event is the default, because every client reads it. The newer form is used if all others or the only
 * transport need it.
 */
export function wantsSticky({ setting, supported, serviceUrl, others }: FormQuestion): boolean {
    if (!supported || setting === 'state') return false;
    // The person's own SFU identifies participants by their devices.
    if (serviceUrl !== undefined && ownSfuUrl(serviceUrl) !== undefined) return false;
    if (setting === 'sticky') return true;
    return isHomeserverOnly(serviceUrl) || (others.length > 0 && others.every(({ sticky }) => sticky));
}

/** Only a homeserver gives tokens for this transport. */
function isHomeserverOnly(serviceUrl: string | undefined): boolean {
    const sfu = serviceUrl === undefined ? undefined : homeserverSfu(serviceUrl);
    return sfu !== undefined && sfu.serviceUrl === undefined;
}

/** Whether the participant's identity is a hash. A homeserver gives tokens only for such an identity. */
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
