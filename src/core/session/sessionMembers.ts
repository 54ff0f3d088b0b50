/** Questions about the memberships of a room's RTC session. */
import type { Viewer } from '../share/mediaMessages.ts';
import type { LocalShare, SessionState } from './state.ts';
import type { ViewerTarget, RtcMembership, Share, Transport } from '../share/share.ts';

/** Key of a device for maps and sets. A user ID contains no `|`. */
export function deviceKey(device: { readonly userId: string; readonly deviceId: string }): string {
    return `${device.userId}|${device.deviceId}`;
}

export function memberOf(
    state: SessionState,
    roomId: string,
    userId: string,
    deviceId: string,
): RtcMembership | undefined {
    return state.rtc.get(roomId)?.find((m) => m.userId === userId && m.deviceId === deviceId);
}

/** Key for facts about one sharer's device in one room. */
export function sharerKey(roomId: string, device: { readonly userId: string; readonly deviceId: string }): string {
    return `${roomId}|${deviceKey(device)}`;
}

/**
 * The membership that a viewer tab shows, if it is in the session and (for a Hush share) still announces that share.
 */
export function targetMembership(state: SessionState, target: ViewerTarget): RtcMembership | undefined {
    if (target.userId === undefined || target.deviceId === undefined) return undefined;
    const member = memberOf(state, target.roomId, target.userId, target.deviceId);
    if (!member || target.shareId === undefined) return member;
    return member.shares.some((s) => s.id === target.shareId) ? member : undefined;
}

export function targetShare(state: SessionState, target: ViewerTarget): Share | undefined {
    return targetMembership(state, target)?.shares.find((s) => s.id === target.shareId);
}

/** The transport of the share that a viewer tab shows. What other clients show is at their SFU. */
export function targetTransport(state: SessionState, target: ViewerTarget): Transport {
    return targetShare(state, target)?.transport ?? 'livekit';
}

/** The newest share of the person that a viewer tab shows. Prefers the same device. */
export function newestTarget(state: SessionState, target: ViewerTarget): ViewerTarget | undefined {
    const { roomId, userId } = target;
    const members = state.rtc.get(roomId)?.filter((m) => m.userId === userId && m.shares.length > 0) ?? [];
    const member = members.find((m) => m.deviceId === target.deviceId) ?? members[0];
    const share = member?.shares.at(-1);
    return member && share && { roomId, userId, deviceId: member.deviceId, shareId: share.id };
}

/**
 * The devices that watch our share now. These are devices that said so and are still in the session. Devices of other
 * MatrixRTC clients also count, because they show a screen without asking. Devices that are kept out do not count.
 */
export function viewersOf(state: SessionState, share: LocalShare): Viewer[] {
    const viewers: Viewer[] = [];
    const audience = state.self && state.audiences.get(sharerKey(share.roomId, state.self));
    const names = new Map(audience?.holders.map((holder) => [deviceKey(holder), holder.deviceName]));
    const keptOut = new Set(audience?.withheld.map(deviceKey));
    for (const member of state.rtc.get(share.roomId) ?? []) {
        if (member.userId === state.self?.userId && member.deviceId === state.self.deviceId) continue;
        if (keptOut.has(deviceKey(member))) continue;
        if (member.client === 'other' || share.viewers.has(deviceKey(member))) {
            const { userId, deviceId, name } = member;
            viewers.push({ userId, deviceId, deviceName: names.get(deviceKey(member)) ?? '', name });
        }
    }
    for (const [userId, { name, deviceId }] of share.called)
        if (deviceId !== undefined) viewers.push({ userId, deviceId, deviceName: '', name });
    return viewers.toSorted((a, b) => (deviceKey(a) < deviceKey(b) ? -1 : 1));
}
