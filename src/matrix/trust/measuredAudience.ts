/** Measures who can see our share in a room, from the delivered keys and the working direct connections. */
import type { AudienceDevice, Holder, Pending, ShareAudience, Withheld } from '../../core/trust/shareTrust.ts';
import { deviceKey } from '../rtc/keyRing.ts';
import type { Device, SendFailure } from '../rtc/olmMessages.ts';
import type { ShareAudiencesOptions } from './audienceOptions.ts';

const PROBLEMS: Readonly<Record<SendFailure, string>> = {
    unknownDevice: 'the homeserver does not list it (any more)',
    noSession: 'no encrypted channel to it could be made',
    network: 'the network failed; tried again by itself',
    refused: 'the homeserver refused',
};

type Sources = Pick<ShareAudiencesOptions, 'keys' | 'calls' | 'admission' | 'members' | 'nameOf'>;

/** Describes a device by the name and trust that our person knows. */
export function describeDevice(
    { admission, nameOf }: Pick<Sources, 'admission' | 'nameOf'>,
    roomId: string,
    { userId, deviceId }: Device,
): AudienceDevice {
    const standing = admission.standing({ userId, deviceId });
    return {
        userId,
        deviceId,
        name: nameOf(roomId, userId),
        deviceName: standing?.deviceName ?? '',
        trust: standing?.trust ?? 'unknown',
    };
}

/** Undefined while we have no share in the room. */
export function measureAudience(sources: Sources, roomId: string): ShareAudience | undefined {
    const { keys, calls, admission, members } = sources;
    const report = keys.report(roomId);
    if (!report && !calls.servedRooms.has(roomId)) return undefined;
    const describe = (device: Device): AudienceDevice => describeDevice(sources, roomId, device);
    const holders: Holder[] = [];
    const pending: Pending[] = [];
    const seen = new Set<string>();
    for (const { roomId: at, device, since } of calls.served) {
        if (at !== roomId || since === undefined) continue;
        seen.add(deviceKey(device));
        holders.push({ ...describe(device), way: 'direct', since });
    }
    for (const { device, state, failure } of report?.targets ?? []) {
        const key = deviceKey(device);
        if (seen.has(key)) continue;
        const since = report?.since.get(key);
        if (state === 'has' && since !== undefined) holders.push({ ...describe(device), way: 'key', since });
        else {
            const problem = state === 'failed' && failure ? PROBLEMS[failure] : 'the key is on its way';
            pending.push({ ...describe(device), problem });
        }
    }
    const withheld = members(roomId).flatMap((device): Withheld[] => {
        const reason = admission.refusal(device);
        return reason === undefined || reason === 'checking' ? [] : [{ ...describe(device), reason }];
    });
    return {
        roomId,
        policy: admission.policy,
        keyIndex: report?.index,
        rotatedTs: report?.createdAt,
        rotations: report?.rotations ?? [],
        holders: holders.toSorted(byDevice),
        pending: pending.toSorted(byDevice),
        withheld: withheld.toSorted(byDevice),
    };
}

function byDevice(a: Device, b: Device): number {
    return deviceKey(a) < deviceKey(b) ? -1 : 1;
}
