/** Drives the key ring of each room: clock, random keys, sending with retries, and the events for the pages. */
import { Listeners } from '../../core/base/listeners.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { KeyEvent, MediaKey } from '../../core/session/rtcPort.ts';
import type { Log } from '../../core/base/log.ts';
import {
    deviceKey,
    emptyRing,
    reduce,
    type KeyRing,
    type RingEffect,
    type RingEvent,
    type RingMember,
} from './keyRing.ts';
import { emptyHistory, recordStep, type KeyHistory } from './keyHistory.ts';
import type { KeyTransport } from './keyTransport.ts';
import type { Device, SendFailure } from './olmMessages.ts';

export interface MediaKeysOptions {
    readonly self: Device;
    readonly transport: KeyTransport;
    readonly now: () => number;
    /** n random bytes. */
    readonly random: (bytes: number) => Uint8Array;
    readonly log: Log;
    /** Whether we are in that room: keys for other rooms are dropped, so that nobody can fill our memory. */
    readonly inRoom: (roomId: string) => boolean;
    /** Which devices may not have our key now; default: none. Asked anew by {@link MediaKeys.reconsider}. */
    readonly excluded?: (device: Device) => boolean;
}
/** Who has our key: by what was sent, not by what should have been. */
export interface KeyReport extends KeyHistory {
    readonly index: number;
    readonly createdAt: number;
    readonly targets: readonly {
        readonly device: Device;
        readonly state: 'sending' | 'has' | 'failed';
        readonly failure: SendFailure | undefined;
    }[];
}
export interface MediaKeys extends Disposable {
    /** Resolves when our key reached every device or after {@link START_WITHIN_MS}; who lacks it cannot see, nothing worse. */
    start(roomId: string, after?: number): Promise<void>;
    stop(roomId: string): void;
    /** As what we are in the room's session, before the membership that says so is there. */
    as(roomId: string, own: { readonly identity: string; readonly memberId: string }): void;
    /** All memberships of the room, whenever they change. `identity` is our own in the media room. */
    members(roomId: string, members: readonly RingMember[]): void;
    current(roomId: string): readonly MediaKey[];
    onKey(listener: (event: KeyEvent) => void): Disposable;
    /** Devices that lack our current key, for the diagnostics and the person. */
    missing(roomId: string): readonly string[];
    /** Who is admitted may be different: rooms with a key of ours send or rotate it as needed. */
    reconsider(): void;
    /** Undefined while we have no key there. */
    report(roomId: string): KeyReport | undefined;
    /** What {@link report} says of this room is different. */
    onReport(listener: (roomId: string) => void): Disposable;
    /** Forgets everything of a room we left. */
    forget(roomId: string): void;
}

export const START_WITHIN_MS = 3_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

interface RoomKeys {
    ring: KeyRing;
    /** What frames of ours are encrypted with now; a rotated key comes 1 s after it was sent. */
    inUse: MediaKey | undefined;
    ownIdentity: string;
    memberId: string | undefined;
    held: boolean;
    readonly timers: Set<NodeJS.Timeout>;
    waiters: (() => void)[];
    history: KeyHistory;
    failures: ReadonlyMap<string, SendFailure>;
}

export function createMediaKeys(options: MediaKeysOptions): MediaKeys {
    const { self, transport, now, random, log, inRoom } = options;
    const excluded = options.excluded ?? ((): boolean => false);
    const reports = new Listeners<[string]>();
    const rooms = new Map<string, RoomKeys>();
    const keyEvents = new Listeners<[KeyEvent]>();
    const fresh = (): string => Buffer.from(random(16)).toString('base64');
    const emit = (event: KeyEvent): void => {
        keyEvents.emit(event);
    };

    const roomOf = (roomId: string): RoomKeys => {
        let room = rooms.get(roomId);
        if (!room) {
            room = {
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
            rooms.set(roomId, room);
        }
        return room;
    };
    const later = (room: RoomKeys, ms: number, work: () => void): void => {
        const timer = setTimeout(() => {
            room.timers.delete(timer);
            work();
        }, ms);
        room.timers.add(timer);
    };
    const dispatch = (roomId: string, event: RingEvent): void => {
        const room = roomOf(roomId);
        const { ring, effects } = reduce(room.ring, event);
        const before = room.ring;
        room.history = recordStep(room.history, before, ring, now());
        room.ring = ring;
        if (before.own !== ring.own) reports.emit(roomId);
        for (const effect of effects) run(roomId, room, effect);
        judgeDelivery(roomId, room);
    };
    const run = (roomId: string, room: RoomKeys, effect: RingEffect): void => {
        if (effect.kind === 'peerKey') {
            emit({
                kind: 'key',
                key: { roomId, identity: effect.member.identity, index: effect.index, key: effect.key },
            });
        } else if (effect.kind === 'send') {
            void send(roomId, room, effect.index, effect.key, effect.targets, 0);
        } else {
            const use = (): void => {
                if (room.ring.own === undefined) return;
                room.inUse = { roomId, identity: room.ownIdentity, index: effect.index, key: effect.key };
                emit({ kind: 'key', key: room.inUse });
            };
            if (effect.afterMs === 0) use();
            else later(room, effect.afterMs, use);
        }
    };
    const send = async (
        roomId: string,
        room: RoomKeys,
        index: number,
        key: string,
        devices: readonly Device[],
        attempt: number,
    ): Promise<void> => {
        const outcome = await transport.send(roomId, { index, key }, devices, room.memberId);
        if (room.ring.own?.key !== key) return; // replaced or stopped meanwhile
        room.failures = new Map([
            ...room.failures,
            ...outcome.failed.map(({ device, reason }) => [deviceKey(device), reason] as const),
        ]);
        if (outcome.delivered.length > 0)
            dispatch(roomId, { kind: 'delivered', index, devices: outcome.delivered.map(deviceKey) });
        if (outcome.failed.length === 0) return;
        dispatch(roomId, { kind: 'failed', index, devices: outcome.failed.map(({ device }) => deviceKey(device)) });
        log.warn(
            `Media key ${index} not yet delivered to ${outcome.failed.map(({ device, reason }) => `${device.userId} ${device.deviceId} (${reason})`).join(', ')}`,
        );
        const backoff = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
        later(room, outcome.retryAfterMs ?? backoff * (0.75 + jitter() / 2), () => {
            // Only to whom still lacks it: a device that left meanwhile has changed the key.
            const lacking = outcome.failed
                .map(({ device }) => device)
                .filter((device) => room.ring.own?.targets.get(deviceKey(device))?.state === 'failed');
            if (room.ring.own?.key === key && lacking.length > 0)
                void send(roomId, room, index, key, lacking, attempt + 1);
        });
    };
    const jitter = (): number => (random(1)[0] ?? 0) / 255;
    const judgeDelivery = (roomId: string, room: RoomKeys): void => {
        const states = [...(room.ring.own?.targets.values() ?? [])].map((target) => target.state);
        if (!states.includes('sending')) for (const done of room.waiters.splice(0)) done();
        const nobody = states.length > 0 && states.every((state) => state === 'failed');
        if (nobody && !room.held) {
            room.held = true;
            emit({
                kind: 'deliveryFailed',
                roomId,
                message: 'The new media key could not be sent to anybody, so sharing pauses until it is.',
            });
        } else if (room.held && (states.length === 0 || states.includes('has'))) {
            room.held = false;
            emit({ kind: 'deliveryRecovered', roomId });
        }
    };
    const judged = (members: readonly RingMember[]): RingMember[] =>
        members.map((member) => ({ ...member, excluded: excluded(member) }));
    const clearTimers = (room: RoomKeys): void => {
        for (const timer of room.timers) clearTimeout(timer);
        room.timers.clear();
    };
    const subscription = transport.onKey((roomId, received) => {
        if (inRoom(roomId)) dispatch(roomId, { kind: 'received', received });
        else log.warn('Dropped a media key for a room we are not in');
    });

    return {
        async start(roomId, after) {
            dispatch(roomId, { kind: 'start', now: now(), fresh: fresh(), after });
            const room = roomOf(roomId);
            if (![...(room.ring.own?.targets.values() ?? [])].some((target) => target.state === 'sending')) return;
            const { promise, resolve } = Promise.withResolvers<void>();
            room.waiters.push(resolve);
            later(room, START_WITHIN_MS, resolve);
            await promise;
        },
        stop(roomId) {
            const room = rooms.get(roomId);
            if (!room) return;
            clearTimers(room);
            room.inUse = undefined;
            room.held = false;
            dispatch(roomId, { kind: 'stop' });
        },
        as(roomId, { identity, memberId }) {
            const room = roomOf(roomId);
            room.ownIdentity = identity;
            room.memberId = memberId;
        },
        members(roomId, members) {
            const own = members.find((member) => deviceKey(member) === deviceKey(self));
            if (own) roomOf(roomId).ownIdentity = own.identity;
            dispatch(roomId, { kind: 'members', now: now(), fresh: fresh(), members: judged(members) });
        },
        reconsider() {
            for (const [roomId, { ring }] of rooms) {
                if (!ring.own) continue;
                const members = judged([...ring.members.values()]);
                dispatch(roomId, { kind: 'members', now: now(), fresh: fresh(), members });
            }
        },
        report(roomId) {
            const room = rooms.get(roomId);
            const own = room?.ring.own;
            if (!room || !own) return undefined;
            const targets = [...own.targets].map(([key, { state }]) => {
                const [userId = '', deviceId = ''] = JSON.parse(key) as string[];
                return { device: { userId, deviceId }, state, failure: room.failures.get(key) };
            });
            return { ...room.history, index: own.index, createdAt: own.createdAt, targets };
        },
        onReport: reports.add,
        current(roomId) {
            const room = rooms.get(roomId);
            if (!room) return [];
            const peers = [...room.ring.held].flatMap(([device, keys]) => {
                const identity = room.ring.members.get(device)?.identity;
                return identity === undefined
                    ? []
                    : [...keys].map(([index, { key }]): MediaKey => ({ roomId, identity, index, key }));
            });
            return room.inUse ? [room.inUse, ...peers] : peers;
        },
        onKey: keyEvents.add,
        missing: (roomId) =>
            [...(rooms.get(roomId)?.ring.own?.targets ?? [])]
                .filter(([, { state }]) => state !== 'has')
                .map(([device]) => device),
        forget(roomId) {
            this.stop(roomId);
            rooms.delete(roomId);
        },
        dispose() {
            subscription.dispose();
            for (const roomId of [...rooms.keys()]) this.forget(roomId);
        },
    };
}
