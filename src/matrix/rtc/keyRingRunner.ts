/** Runs the key ring of each room: clock, random keys, sending with retries, and events for the pages. */
import { Listeners } from '../../core/base/listeners.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { KeyEvent, MediaKey } from '../../core/session/rtcPort.ts';
import type { Log } from '../../core/base/log.ts';
import { deviceKey, reduce, type RingEffect, type RingEvent, type RingMember } from './keyRing.ts';
import { recordStep } from './keyHistory.ts';
import { createKeySending } from './keySending.ts';
import type { KeyTransport } from './keyTransport.ts';
import type { Device } from './olmMessages.ts';
import {
    clearTimers,
    keysInUse,
    lacking,
    later,
    newRoomKeys,
    reportOf,
    type KeyReport,
    type RoomKeys,
} from './roomKeys.ts';

export interface MediaKeysOptions {
    readonly self: Device;
    readonly transport: KeyTransport;
    readonly now: () => number;
    /** Returns n random bytes. */
    readonly random: (bytes: number) => Uint8Array;
    readonly log: Log;
    /** Whether we are in the room. Keys for other rooms are dropped, so that nobody can fill our memory. */
    readonly inRoom: (roomId: string) => boolean;
    /**
     * Whether the device may not have our key now. Default: no device is excluded. {@link MediaKeys.reconsider} asks
     * again.
     */
    readonly excluded?: (device: Device) => boolean;
}
export interface MediaKeys extends Disposable {
    /**
     * Resolves when every device has our key, or after {@link START_WITHIN_MS}. A device without the key only sees no
     * picture.
     */
    start(roomId: string, after?: number): Promise<void>;
    stop(roomId: string): void;
    /** Sets our identity in the session before our membership is visible. */
    as(roomId: string, own: { readonly identity: string; readonly memberId: string }): void;
    /**
     * All memberships of the room. Call it whenever they change. `identity` is the member's identity in the media room.
     */
    members(roomId: string, members: readonly RingMember[]): void;
    current(roomId: string): readonly MediaKey[];
    onKey(listener: (event: KeyEvent) => void): Disposable;
    /** Devices without our current key, for the diagnostics and the person. */
    missing(roomId: string): readonly string[];
    /** The admission of devices may have changed. Rooms with a key of ours send or rotate it as needed. */
    reconsider(): void;
    /** Undefined while we have no key in the room. */
    report(roomId: string): KeyReport | undefined;
    /** The {@link report} of this room has changed. */
    onReport(listener: (roomId: string) => void): Disposable;
    /** Forgets everything about a room that we left. */
    forget(roomId: string): void;
}

export const START_WITHIN_MS = 3_000;
export function createMediaKeys(options: MediaKeysOptions): MediaKeys {
    const { self, transport, now, random, log, inRoom } = options;
    const excluded = options.excluded ?? ((): boolean => false);
    const reports = new Listeners<[string]>();
    const rooms = new Map<string, RoomKeys>();
    const keyEvents = new Listeners<[KeyEvent]>();
    const fresh = (): string => Buffer.from(random(16)).toString('base64');

    const roomOf = (roomId: string): RoomKeys => {
        let room = rooms.get(roomId);
        if (!room) rooms.set(roomId, (room = newRoomKeys(roomId, self)));
        return room;
    };
    const dispatch = (room: RoomKeys, event: RingEvent): void => {
        const { ring, effects } = reduce(room.ring, event);
        const before = room.ring;
        room.history = recordStep(room.history, before, ring, now());
        room.ring = ring;
        if (before.own !== ring.own) reports.emit(room.roomId);
        for (const effect of effects) run(room, effect);
        judgeDelivery(room);
    };
    const send = createKeySending({ transport, jitter: () => (random(1)[0] ?? 0) / 255, dispatch, log });
    const run = (room: RoomKeys, effect: RingEffect): void => {
        const { roomId } = room;
        const { index, key } = effect;
        if (effect.kind === 'peerKey')
            return keyEvents.emit({ kind: 'key', key: { roomId, identity: effect.member.identity, index, key } });
        if (effect.kind === 'send') return send(room, { index, key }, effect.targets);
        const use = (): void => {
            if (room.ring.own === undefined) return;
            room.inUse = { roomId, identity: room.ownIdentity, index, key };
            keyEvents.emit({ kind: 'key', key: room.inUse });
        };
        if (effect.afterMs === 0) use();
        else later(room, effect.afterMs, use);
    };
    const judgeDelivery = (room: RoomKeys): void => {
        const { roomId } = room;
        const states = [...(room.ring.own?.targets.values() ?? [])].map((target) => target.state);
        if (!states.includes('sending')) for (const done of room.waiters.splice(0)) done();
        const nobody = states.length > 0 && states.every((state) => state === 'failed');
        if (nobody && !room.held) {
            room.held = true;
            keyEvents.emit({ kind: 'deliveryFailed', roomId, message: NOBODY_HAS_IT });
        } else if (room.held && (states.length === 0 || states.includes('has'))) {
            room.held = false;
            keyEvents.emit({ kind: 'deliveryRecovered', roomId });
        }
    };
    const tellMembers = (room: RoomKeys, all: readonly RingMember[]): void => {
        const members = all.map((member) => ({ ...member, excluded: excluded(member) }));
        dispatch(room, { kind: 'members', now: now(), fresh: fresh(), members });
    };
    const subscription = transport.onKey((roomId, received) => {
        if (inRoom(roomId)) dispatch(roomOf(roomId), { kind: 'received', received });
        else log.warn('Dropped a media key for a room we are not in');
    });

    return {
        async start(roomId, after) {
            const room = roomOf(roomId);
            dispatch(room, { kind: 'start', now: now(), fresh: fresh(), after });
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
            dispatch(room, { kind: 'stop' });
        },
        as(roomId, { identity, memberId }) {
            const room = roomOf(roomId);
            room.ownIdentity = identity;
            room.memberId = memberId;
        },
        members(roomId, members) {
            const own = members.find((member) => deviceKey(member) === deviceKey(self));
            const room = roomOf(roomId);
            if (own) room.ownIdentity = own.identity;
            tellMembers(room, members);
        },
        reconsider() {
            for (const room of rooms.values()) if (room.ring.own) tellMembers(room, [...room.ring.members.values()]);
        },
        report(roomId) {
            const room = rooms.get(roomId);
            return room && reportOf(room);
        },
        onReport: reports.add,
        current(roomId) {
            const room = rooms.get(roomId);
            return room ? keysInUse(room) : [];
        },
        onKey: keyEvents.add,
        missing(roomId) {
            const room = rooms.get(roomId);
            return room ? lacking(room) : [];
        },
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

const NOBODY_HAS_IT = 'The new media key could not be sent to anybody, so sharing pauses until it is.';
