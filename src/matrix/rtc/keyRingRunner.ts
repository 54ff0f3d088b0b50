/** Drives the key ring of each room: clock, random keys, sending with retries, and the events for the pages. */
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
    /** n random bytes. */
    readonly random: (bytes: number) => Uint8Array;
    readonly log: Log;
    /** Whether we are in that room: keys for other rooms are dropped, so that nobody can fill our memory. */
    readonly inRoom: (roomId: string) => boolean;
    /** Which devices may not have our key now; default: none. Asked anew by {@link MediaKeys.reconsider}. */
    readonly excluded?: (device: Device) => boolean;
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
