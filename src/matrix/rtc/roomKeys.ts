/** The record of one room's keys, ours and others'. */
import type { MediaKey } from '../../core/session/rtcPort.ts';
import { deviceKey, emptyRing, type KeyRing } from './keyRing.ts';
import { emptyHistory, type KeyHistory } from './keyHistory.ts';
import type { Device, SendFailure } from './olmMessages.ts';

/** Who has our key, by what was delivered. */
export interface KeyReport extends KeyHistory {
    readonly index: number;
    readonly createdAt: number;
    readonly targets: readonly {
        readonly device: Device;
        readonly state: 'sending' | 'has' | 'failed';
        readonly failure: SendFailure | undefined;
    }[];
}

export interface RoomKeys {
    readonly roomId: string;
    ring: KeyRing;
    /** The key that encrypts our frames now. A rotated key is used 1 s after it was sent. */
    inUse: MediaKey | undefined;
    ownIdentity: string;
    memberId: string | undefined;
    held: boolean;
    readonly timers: Set<NodeJS.Timeout>;
    waiters: (() => void)[];
    history: KeyHistory;
    failures: ReadonlyMap<string, SendFailure>;
}

export function newRoomKeys(roomId: string, self: Device): RoomKeys {
    return {
        roomId,
        ring: emptyRing(self),
        inUse: undefined,
        ownIdentity: `${self.userId}:${self.deviceId}`,
        memberId: undefined,
        held: false,
        timers: new Set(),
        waiters: [],
        history: emptyHistory,
        failures: new Map(),
    };
}

/** Runs `work` after `ms`, unless the room's timers are cleared first. */
export function later(room: RoomKeys, ms: number, work: () => void): void {
    const timer = setTimeout(() => {
        room.timers.delete(timer);
        work();
    }, ms);
    room.timers.add(timer);
}

export function clearTimers(room: RoomKeys): void {
    for (const timer of room.timers) clearTimeout(timer);
    room.timers.clear();
}

export function reportOf(room: RoomKeys): KeyReport | undefined {
    const { own } = room.ring;
    if (!own) return undefined;
    const targets = [...own.targets].map(([key, { state }]) => {
        const [userId = '', deviceId = ''] = JSON.parse(key) as string[];
        return { device: { userId, deviceId }, state, failure: room.failures.get(key) };
    });
    return { ...room.history, index: own.index, createdAt: own.createdAt, targets };
}

/** The keys that frames are encrypted with now. */
export function keysInUse({ roomId, ring, inUse }: RoomKeys): readonly MediaKey[] {
    const peers = [...ring.held].flatMap(([device, keys]) => {
        const identity = ring.members.get(device)?.identity;
        return identity === undefined
            ? []
            : [...keys].map(([index, { key }]): MediaKey => ({ roomId, identity, index, key }));
    });
    return inUse ? [inUse, ...peers] : peers;
}

/** Devices that lack our current key. */
export function lacking({ ring }: RoomKeys): readonly string[] {
    return [...(ring.own?.targets ?? [])].filter(([, { state }]) => state !== 'has').map(([device]) => device);
}

/** Records which devices did not get the key, and why. */
export function noteFailures(
    room: RoomKeys,
    failed: readonly { readonly device: Device; readonly reason: SendFailure }[],
): void {
    const found = failed.map(({ device, reason }) => [deviceKey(device), reason] as const);
    room.failures = new Map([...room.failures, ...found]);
}
