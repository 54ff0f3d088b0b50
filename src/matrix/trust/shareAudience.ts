/**
 * Who can see our shares: computed from what the key transport delivered and which direct connections stand, told to the
 * devices that can see them, and, to those that are kept out, why. Also what other sharers' devices told us of theirs.
 */
import type { Disposable } from '../../core/base/disposable.ts';
import {
    type AudienceDevice,
    type Holder,
    type Pending,
    type ShareAudience,
    type Withheld,
    sameAudience,
} from '../../core/trust/shareTrust.ts';
import type { WithheldReason } from '../../core/trust/trustLevels.ts';
import type { Calls } from '../calls/callRunner.ts';
import { deviceKey } from '../rtc/keyRing.ts';
import type { MediaKeys } from '../rtc/keyRingRunner.ts';
import type { Device, SendFailure } from '../rtc/olmMessages.ts';
import type { Admission } from './admission.ts';
import type { ToldAudience, TrustMessages } from './trustMessages.ts';

export interface ShareAudiencesOptions {
    readonly self: Device;
    readonly keys: Pick<MediaKeys, 'report' | 'onReport' | 'reconsider'>;
    readonly calls: Pick<Calls, 'served' | 'servedRooms' | 'onServed' | 'expel'>;
    readonly admission: Admission;
    readonly messages: TrustMessages;
    /** Devices in the room's session, without ours, with when each joined (ms since the epoch) and what it shares. */
    readonly members: (
        roomId: string,
    ) => readonly (Device & { readonly createdTs: number; readonly shares: readonly unknown[] })[];
    readonly onMembers: (listener: (roomId: string) => void) => Disposable;
    readonly nameOf: (roomId: string, userId: string) => string;
    /** We are in the room, and so are they. */
    readonly inRoom: (roomId: string, userId: string) => boolean;
    readonly now: () => number;
}
export interface ShareAudiences {
    /** Of our share while there is one (`sharer`: ourselves), and of others' as their devices told, with trust as seen here. */
    onChange(listener: (roomId: string, sharer: Device, audience: ShareAudience | undefined) => void): Disposable;
    /** Another device told us that it keeps its share from us, and why; null: not any more. */
    onWithheld(listener: (roomId: string, sharer: Device, reason: WithheldReason | null) => void): Disposable;
    dispose(): void;
}

/** ms in which changes are gathered before viewers are told. */
const TELL_AFTER_MS = 400;
const MOST_TOLD_SHARERS = 64;

const PROBLEMS: Readonly<Record<SendFailure, string>> = {
    unknownDevice: 'the homeserver does not list it (any more)',
    noSession: 'no encrypted channel to it could be made',
    network: 'the network failed; tried again by itself',
    refused: 'the homeserver refused',
};

export function createShareAudiences(options: ShareAudiencesOptions): ShareAudiences {
    const { self, keys, calls, admission, messages, now } = options;
    const listeners = new Set<(roomId: string, sharer: Device, audience: ShareAudience | undefined) => void>();
    const withheldListeners = new Set<(roomId: string, sharer: Device, reason: WithheldReason | null) => void>();
    const last = new Map<string, ShareAudience>();
    const timers = new Map<string, NodeJS.Timeout>();
    /** Which device in which membership was told which reason. */
    const noted = new Map<string, WithheldReason>();
    /** Who keeps a share from us. */
    const keptBy = new Map<string, { readonly roomId: string; readonly from: Device }>();
    /** Whose membership said that it shares, when we last looked. */
    const sharing = new Set<string>();
    const told = new Map<string, { readonly from: Device; readonly audience: ToldAudience; readonly ts: number }>();

    const describe = (roomId: string, device: Device): AudienceDevice => {
        const standing = admission.standing(device);
        return {
            userId: device.userId,
            deviceId: device.deviceId,
            name: options.nameOf(roomId, device.userId),
            deviceName: standing?.deviceName ?? '',
            trust: standing?.trust ?? 'unknown',
        };
    };
    const own = (roomId: string): ShareAudience | undefined => {
        const report = keys.report(roomId);
        const direct = calls.served.filter((s) => s.roomId === roomId);
        if (!report && !calls.servedRooms.has(roomId)) return undefined;
        const holders: Holder[] = [];
        const pending: Pending[] = [];
        const seen = new Set<string>();
        for (const { device, since } of direct) {
            if (since === undefined) continue;
            seen.add(deviceKey(device));
            holders.push({ ...describe(roomId, device), way: 'direct', since });
        }
        for (const { device, state, failure } of report?.targets ?? []) {
            const key = deviceKey(device);
            if (seen.has(key)) continue;
            const since = report?.since.get(key);
            if (state === 'has' && since !== undefined)
                holders.push({ ...describe(roomId, device), way: 'key', since });
            else {
                const problem = state === 'failed' && failure ? PROBLEMS[failure] : 'the key is on its way';
                pending.push({ ...describe(roomId, device), problem });
            }
        }
        const withheld = options.members(roomId).flatMap((device): Withheld[] => {
            const reason = admission.refusal(device);
            return reason === undefined || reason === 'checking' ? [] : [{ ...describe(roomId, device), reason }];
        });
        return {
            roomId,
            policy: admission.policy,
            generation: report?.index,
            rotatedTs: report?.createdAt,
            rotations: report?.rotations ?? [],
            holders: holders.toSorted(byDevice),
            pending: pending.toSorted(byDevice),
            withheld: withheld.toSorted(byDevice),
        };
    };
    const fromTold = (roomId: string, key: string): ShareAudience | undefined => {
        const entry = told.get(key);
        if (!entry) return undefined;
        const { from, audience, ts } = entry;
        return {
            roomId,
            policy: audience.policy,
            generation: audience.generation,
            rotatedTs: audience.rotatedTs,
            rotations: [],
            holders: audience.holders.map((h) => ({ ...describe(roomId, h), way: h.way, since: h.since })),
            pending: [],
            withheld: [],
            toldBy: { ...from, ts },
        };
    };
    const emit = (roomId: string, sharer: Device, audience: ShareAudience | undefined): void => {
        for (const listener of listeners) listener(roomId, sharer, audience);
    };
    const note = (roomId: string): void => {
        const ours = own(roomId) !== undefined;
        for (const member of options.members(roomId)) {
            const key = JSON.stringify([roomId, member.userId, member.deviceId, member.createdTs]);
            const reason = ours ? admission.refusal(member) : undefined;
            if (reason === 'checking' || noted.get(key) === reason) continue;
            if (reason === undefined) noted.delete(key);
            else noted.set(key, reason);
            // Also when the share is over: what was said of it must not stand in the way of the next one.
            void messages.sendWithheld(roomId, member, reason ?? null);
        }
    };
    const tell = (roomId: string): void => {
        if (timers.has(roomId)) return;
        timers.set(
            roomId,
            setTimeout(() => {
                timers.delete(roomId);
                const audience = own(roomId);
                if (!audience) return;
                const { generation, rotatedTs, holders } = audience;
                void messages.sendAudience(
                    { roomId, policy: admission.policy, generation, rotatedTs, holders },
                    holders,
                );
            }, TELL_AFTER_MS),
        );
    };
    const changed = (roomId: string): void => {
        note(roomId);
        const audience = own(roomId);
        const before = last.get(roomId);
        if (sameAudience(before, audience)) return;
        if (audience) last.set(roomId, audience);
        else last.delete(roomId);
        if (audience && !sameAudience({ ...audience, pending: [] }, before && { ...before, pending: [] })) tell(roomId);
        emit(roomId, self, audience);
    };
    const judgeRoom = (roomId: string): void => {
        if (calls.servedRooms.has(roomId) || keys.report(roomId))
            void admission.judge(options.members(roomId)).then(() => changed(roomId));
        else changed(roomId);
    };
    /** A sharer that left, or stopped sharing, tells nothing any more, and what it told does not hold for its next share. */
    const forget = (roomId: string): void => {
        const there = new Map(options.members(roomId).map((member) => [deviceKey(member), member]));
        const isOver = (key: string, from: Device): boolean => {
            const member = there.get(deviceKey(from));
            // What it told may come before the membership that says so; only an end that was seen counts.
            return !member || (member.shares.length === 0 && sharing.has(key));
        };
        for (const [key, { from, audience }] of told)
            if (audience.roomId === roomId && isOver(key, from)) {
                told.delete(key);
                emit(roomId, from, undefined);
            }
        for (const [key, kept] of keptBy)
            if (kept.roomId === roomId && isOver(key, kept.from)) {
                keptBy.delete(key);
                for (const listener of withheldListeners) listener(roomId, kept.from, null);
            }
        for (const key of sharing) if ((JSON.parse(key) as [string])[0] === roomId) sharing.delete(key);
        for (const [device, { shares }] of there) if (shares.length > 0) sharing.add(JSON.stringify([roomId, device]));
    };
    const rooms = (): Set<string> => new Set([...last.keys(), ...calls.servedRooms]);
    const subscriptions = [
        keys.onReport(changed),
        calls.onServed(() => rooms().forEach(judgeRoom)),
        options.onMembers((roomId) => {
            judgeRoom(roomId);
            forget(roomId);
        }),
        admission.onChange(() => {
            keys.reconsider();
            for (const { roomId, device } of calls.served)
                if (admission.refusal(device) !== undefined) calls.expel(roomId, device);
            rooms().forEach(changed);
            for (const [key, { from, audience }] of told) emit(audience.roomId, from, fromTold(audience.roomId, key));
        }),
        messages.onWithheld((roomId, from, reason) => {
            // Not asked to be in the session: what it says may come before the membership.
            if (!options.inRoom(roomId, from.userId)) return;
            const key = JSON.stringify([roomId, deviceKey(from)]);
            keptBy.delete(key);
            if (reason !== null) {
                keptBy.set(key, { roomId, from });
                // It tells who can see only to those who can.
                if (told.delete(key)) emit(roomId, from, undefined);
            }
            bound(keptBy);
            for (const listener of withheldListeners) listener(roomId, from, reason);
        }),
        messages.onAudience((from, audience) => {
            const { roomId } = audience;
            if (!options.members(roomId).some((m) => deviceKey(m) === deviceKey(from))) return;
            const key = JSON.stringify([roomId, deviceKey(from)]);
            told.delete(key);
            told.set(key, { from, audience, ts: now() });
            bound(told);
            const people = new Set(
                options
                    .members(roomId)
                    .map((m) => m.userId)
                    .concat(self.userId),
            );
            void admission
                .judge(audience.holders.filter((h) => people.has(h.userId)))
                .then(() => emit(roomId, from, fromTold(roomId, key)));
        }),
    ];
    return {
        onChange: (listener) => listen(listeners, listener),
        onWithheld: (listener) => listen(withheldListeners, listener),
        dispose() {
            for (const timer of timers.values()) clearTimeout(timer);
            for (const subscription of subscriptions) subscription.dispose();
            listeners.clear();
            withheldListeners.clear();
        },
    };
}

function bound(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
        if (map.size <= MOST_TOLD_SHARERS) break;
        map.delete(oldest);
    }
}

function listen<T>(set: Set<T>, listener: T): Disposable {
    set.add(listener);
    return {
        dispose: () => {
            set.delete(listener);
        },
    };
}

function byDevice(a: Device, b: Device): number {
    return deviceKey(a) < deviceKey(b) ? -1 : 1;
}
