/**
 * The media keys of one room. Decides when our key is sent, to whom, and when it changes. Holds the keys of others.
 * `reduce` takes an event and returns the next state and the effects, which keyRingRunner.ts carries out. Pure.
 *
 * These rules must agree with Element Call's (`RTCEncryptionManager` of matrix-js-sdk):
 * - The first key has index 0 and is used at once. A key that follows one of a lost window has the next index, and is
 *   used 1,000 ms later.
 * - After somebody leaves, everybody who remains gets a new key with index + 1 mod 256.
 * - After somebody joins (or rejoins with a new createdTs), they get the same key if it is younger than 10 s. Otherwise
 *   everybody gets a new one.
 * - A new key is used 1,000 ms after it is sent.
 * - A device that may not have our key is treated as absent when we send.
 * - A received key belongs to the (user, device) that sent it. It waits for that device's membership, and is dropped
 *   when the membership ends.
 */

export interface RingMember {
    readonly userId: string;
    readonly deviceId: string;
    /** ms since the epoch, from the membership. */
    readonly createdTs: number;
    /** LiveKit identity of the participant that sends its frames. */
    readonly identity: string;
    /** It may not have our key (trust/admission.ts). We still accept its keys. */
    readonly excluded?: boolean | undefined;
}
export interface ReceivedKey {
    readonly userId: string;
    readonly deviceId: string;
    readonly index: number;
    /** Base64. */
    readonly key: string;
    /** ms since the epoch, by the sender's clock. */
    readonly sentTs: number;
}

interface Target {
    readonly createdTs: number;
    readonly state: 'sending' | 'has' | 'failed';
}
interface OwnKey {
    readonly index: number;
    readonly key: string;
    /** ms, by the clock of the events. */
    readonly createdAt: number;
    readonly targets: ReadonlyMap<string, Target>;
}
interface HeldKey {
    readonly key: string;
    readonly sentTs: number;
}
export interface KeyRing {
    /** Device key of this device, which is never a target. */
    readonly self: string;
    readonly own: OwnKey | undefined;
    readonly members: ReadonlyMap<string, RingMember>;
    /** Keys of members: by device key, then by index. */
    readonly held: ReadonlyMap<string, ReadonlyMap<number, HeldKey>>;
    /** The last key of each device without a membership (yet), oldest first. */
    readonly waiting: ReadonlyMap<string, ReceivedKey>;
}

export type RingEvent =
    /** We begin to publish. `fresh`: 16 random bytes in base64. It is used if a new key is needed (the same below). */
    | {
          readonly kind: 'start';
          readonly now: number;
          readonly fresh: string;
          /** Index of the key that was in use before. Undefined: this is the first key. */
          readonly after?: number | undefined;
      }
    | { readonly kind: 'stop' }
    /** All current memberships of the room. */
    | {
          readonly kind: 'members';
          readonly now: number;
          readonly fresh: string;
          readonly members: readonly RingMember[];
      }
    | { readonly kind: 'delivered' | 'failed'; readonly index: number; readonly devices: readonly string[] }
    | { readonly kind: 'received'; readonly received: ReceivedKey };

export type RingEffect =
    | { readonly kind: 'send'; readonly index: number; readonly key: string; readonly targets: readonly RingMember[] }
    /** Encrypt with this key `afterMs` from now. */
    | { readonly kind: 'use'; readonly index: number; readonly key: string; readonly afterMs: number }
    | { readonly kind: 'peerKey'; readonly member: RingMember; readonly index: number; readonly key: string };

export const REUSE_UNDER_MS = 10_000;
export const USE_AFTER_MS = 1_000;
const MAX_INDEX = 255;
/** The most devices whose key may wait for a membership. Anybody can send us to-device messages. */
export const MAX_WAITING = 64;
/** The most keys per member. Frames with older keys no longer arrive. */
export const MAX_HELD = 16;

export function deviceKey(device: { readonly userId: string; readonly deviceId: string }): string {
    return JSON.stringify([device.userId, device.deviceId]);
}

export function emptyRing(self: { readonly userId: string; readonly deviceId: string }): KeyRing {
    return { self: deviceKey(self), own: undefined, members: new Map(), held: new Map(), waiting: new Map() };
}

export function reduce(ring: KeyRing, event: RingEvent): { ring: KeyRing; effects: readonly RingEffect[] } {
    switch (event.kind) {
        case 'start': {
            if (ring.own) return { ring, effects: [] };
            const first = event.after === undefined;
            const index = first ? 0 : (event.after + 1) % (MAX_INDEX + 1);
            const { own, effects } = newKey(others(ring), index, event.fresh, event.now, first ? 0 : USE_AFTER_MS);
            return { ring: { ...ring, own }, effects };
        }
        case 'stop':
            return { ring: { ...ring, own: undefined }, effects: [] };
        case 'members':
            return onMembers(ring, event);
        case 'delivered':
        case 'failed':
            return { ring: settle(ring, event), effects: [] };
        case 'received':
            return onReceived(ring, event.received);
    }
}

function others(ring: KeyRing): RingMember[] {
    return [...ring.members]
        .filter(([device, { excluded }]) => device !== ring.self && excluded !== true)
        .map(([, member]) => member);
}

function newKey(
    targets: readonly RingMember[],
    index: number,
    key: string,
    now: number,
    afterMs: number,
): { own: OwnKey; effects: RingEffect[] } {
    const entries = targets.map((member): [string, Target] => [
        deviceKey(member),
        { createdTs: member.createdTs, state: 'sending' },
    ]);
    const effects: RingEffect[] = targets.length === 0 ? [] : [{ kind: 'send', index, key, targets }];
    effects.push({ kind: 'use', index, key, afterMs });
    return { own: { index, key, createdAt: now, targets: new Map(entries) }, effects };
}

function onMembers(
    before: KeyRing,
    event: Extract<RingEvent, { kind: 'members' }>,
): { ring: KeyRing; effects: readonly RingEffect[] } {
    const members = new Map(event.members.map((member) => [deviceKey(member), member]));
    const { ring, effects } = admitWaiting({ ...before, members, held: withoutGone(before.held, members) });
    const own = ring.own;
    if (!own) return { ring, effects };
    const present = others(ring);
    const there = new Set(present.map(deviceKey));
    const left = [...own.targets.keys()].some((device) => !there.has(device));
    const joined = present.filter((member) => own.targets.get(deviceKey(member))?.createdTs !== member.createdTs);
    if (left || (joined.length > 0 && event.now - own.createdAt >= REUSE_UNDER_MS)) {
        const next = newKey(present, (own.index + 1) % (MAX_INDEX + 1), event.fresh, event.now, USE_AFTER_MS);
        return { ring: { ...ring, own: next.own }, effects: [...effects, ...next.effects] };
    }
    if (joined.length === 0) return { ring, effects };
    const targets = new Map(own.targets);
    for (const member of joined) targets.set(deviceKey(member), { createdTs: member.createdTs, state: 'sending' });
    return {
        ring: { ...ring, own: { ...own, targets } },
        effects: [...effects, { kind: 'send', index: own.index, key: own.key, targets: joined }],
    };
}

function settle(
    ring: KeyRing,
    event: { kind: 'delivered' | 'failed'; index: number; devices: readonly string[] },
): KeyRing {
    const own = ring.own;
    if (own?.index !== event.index) return ring; // about an earlier key
    const targets = new Map(own.targets);
    for (const device of event.devices) {
        const target = targets.get(device);
        if (target) targets.set(device, { ...target, state: event.kind === 'delivered' ? 'has' : 'failed' });
    }
    return { ...ring, own: { ...own, targets } };
}

function withoutGone<T>(map: ReadonlyMap<string, T>, members: ReadonlyMap<string, unknown>): ReadonlyMap<string, T> {
    return new Map([...map].filter(([device]) => members.has(device)));
}

function admitWaiting(ring: KeyRing): { ring: KeyRing; effects: readonly RingEffect[] } {
    let result: { ring: KeyRing; effects: readonly RingEffect[] } = { ring, effects: [] };
    for (const [device, received] of ring.waiting) {
        if (!ring.members.has(device)) continue;
        const waiting = new Map(result.ring.waiting);
        waiting.delete(device);
        const next = onReceived({ ...result.ring, waiting }, received);
        result = { ring: next.ring, effects: [...result.effects, ...next.effects] };
    }
    return result;
}

function onReceived(ring: KeyRing, received: ReceivedKey): { ring: KeyRing; effects: readonly RingEffect[] } {
    const device = deviceKey(received);
    if (device === ring.self || !Number.isInteger(received.index) || received.index < 0 || received.index > MAX_INDEX)
        return { ring, effects: [] };
    const member = ring.members.get(device);
    if (!member) {
        const known = ring.waiting.get(device);
        if (known && known.sentTs > received.sentTs) return { ring, effects: [] };
        const waiting = new Map(ring.waiting);
        waiting.delete(device); // the newest entry goes last
        waiting.set(device, received);
        for (const oldest of waiting.keys()) {
            if (waiting.size <= MAX_WAITING) break;
            waiting.delete(oldest);
        }
        return { ring: { ...ring, waiting }, effects: [] };
    }
    const known = ring.held.get(device);
    const same = known?.get(received.index);
    if (same && (same.key === received.key || same.sentTs > received.sentTs)) return { ring, effects: [] };
    const keys = new Map(known);
    keys.delete(received.index);
    keys.set(received.index, { key: received.key, sentTs: received.sentTs });
    for (const oldest of keys.keys()) {
        if (keys.size <= MAX_HELD) break;
        keys.delete(oldest);
    }
    return {
        ring: { ...ring, held: new Map(ring.held).set(device, keys) },
        effects: [{ kind: 'peerKey', member, index: received.index, key: received.key }],
    };
}
