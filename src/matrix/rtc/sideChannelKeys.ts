/**
 * The keys of the side channel: each Hush device in a session has one, and the other Hush devices that our policy
 * admits get it. They follow the rules of media keys (keyRing.ts), but no other client gets them, and the media keys
 * do not depend on them.
 */
import * as v from 'valibot';
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { KeyEvent, MediaKey } from '../../core/session/rtcPort.ts';
import type { RtcMembership } from '../../core/share/share.ts';
import { deviceKey } from './keyRing.ts';
import type { MediaKeys } from './keyRingRunner.ts';
import type { Device } from './olmMessages.ts';

export interface SideChannelKeys extends Disposable {
    /** We are in the session: makes our key, and sends it. */
    start(roomId: string): void;
    stop(roomId: string): void;
    /** All memberships of the room. Call it whenever they change. */
    members(roomId: string, members: readonly RtcMembership[]): void;
    current(roomId: string): readonly MediaKey[];
    onKey(listener: (event: KeyEvent) => void): Disposable;
}

export interface SideChannelKeysOptions {
    readonly self: Device;
    /** Of the side channel. It must exclude what `refusal` names. */
    readonly keys: MediaKeys;
    /** Undefined: the device may have our shares. */
    readonly refusal: (device: Device) => unknown;
    readonly judge: (devices: readonly Device[]) => Promise<void>;
    /** A device may be admitted now, or refused. */
    readonly onAdmission: (listener: () => void) => Disposable;
    readonly log: Log;
}

const nameOfDevice = v.tuple([v.string(), v.string()]);

export function createSideChannelKeys(options: SideChannelKeysOptions): SideChannelKeys {
    const { self, keys, refusal, judge, log } = options;
    const listeners = new Listeners<[KeyEvent]>();
    const known = new Map<string, readonly RtcMembership[]>();
    /** The rooms with a session of ours, and the devices that were admitted there. */
    const started = new Map<string, readonly Device[]>();
    const isSelf = (of: Device): boolean => deviceKey(of) === deviceKey(self);
    const others = (roomId: string): RtcMembership[] =>
        (known.get(roomId) ?? []).filter((member) => member.client === 'hush' && !isSelf(member));

    const isAdmitted = (of: Device): boolean => isSelf(of) || refusal(of) === undefined;
    /** A refused device does not get our key, and its own is kept but not used. */
    const apply = (roomId: string): void => {
        const before = started.get(roomId);
        if (!before) return;
        const all = [...others(roomId), ...(known.get(roomId) ?? []).filter(isSelf)];
        const named = all.map((member) => ({
            userId: member.userId,
            deviceId: member.deviceId,
            createdTs: member.createdTs,
            identity: deviceKey(member),
        }));
        const admitted = others(roomId).filter(isAdmitted);
        started.set(roomId, admitted);
        keys.members(roomId, named);
        leave(roomId, before, admitted);
        for (const key of current(roomId)) {
            const of = key.sideChannel;
            const isNew = of && !isSelf(of) && !has(before, of);
            if (isNew) listeners.emit({ kind: 'key', key });
        }
    };
    const leave = (roomId: string, before: readonly Device[], now: readonly Device[]): void => {
        for (const { userId, deviceId } of before)
            if (!has(now, { userId, deviceId })) listeners.emit({ kind: 'sideChannelLeft', roomId, userId, deviceId });
    };
    const current = (roomId: string): readonly MediaKey[] =>
        keys
            .current(roomId)
            .map(withDevice)
            .filter(({ sideChannel }) => sideChannel !== undefined && isAdmitted(sideChannel));
    /** Devices that were never checked are refused until they are. */
    const check = (roomId: string): void => {
        judge(others(roomId)).then(
            () => apply(roomId),
            (error: unknown) => log.warn('Devices could not be checked for the side channel', error),
        );
    };
    const subscriptions = [
        keys.onKey((event) => {
            if (event.kind !== 'key') return;
            const key = withDevice(event.key);
            if (key.sideChannel && isAdmitted(key.sideChannel)) listeners.emit({ kind: 'key', key });
        }),
        options.onAdmission(() => {
            for (const roomId of started.keys()) apply(roomId);
        }),
    ];

    return {
        start(roomId) {
            if (started.has(roomId)) return;
            started.set(roomId, []);
            keys.as(roomId, { identity: deviceKey(self), memberId: '' });
            apply(roomId);
            check(roomId);
            keys.start(roomId).catch((error: unknown) => log.warn('The side channel has no key', error));
        },
        stop(roomId) {
            const before = started.get(roomId);
            if (!before) return;
            started.delete(roomId);
            keys.forget(roomId);
            leave(roomId, before, []);
        },
        members(roomId, members) {
            known.set(roomId, members);
            apply(roomId);
            if (started.has(roomId)) check(roomId);
        },
        current,
        onKey: listeners.add,
        dispose() {
            for (const subscription of subscriptions) subscription.dispose();
            listeners.clear();
            keys.dispose();
        },
    };
}

function has(devices: readonly Device[], device: Device): boolean {
    return devices.some((other) => deviceKey(other) === deviceKey(device));
}

/** The rings of these keys name each device by its key. */
function withDevice(key: MediaKey): MediaKey {
    const [userId, deviceId] = v.parse(nameOfDevice, JSON.parse(key.identity));
    return { ...key, sideChannel: { userId, deviceId } };
}
