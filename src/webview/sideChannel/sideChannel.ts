/**
 * The side channel of one share, in the page of its sharer or of a viewer. Packets are encrypted here with the sender's
 * own key (core/sideChannel/packet.ts), so a carrier sees no content and cannot say who sent it. The sharer's page
 * passes packets on between its carriers: direct viewers have no connection to each other.
 */
import { createAdmittance, type Admittance, type Refusal } from '../../core/sideChannel/admittance.ts';
import { IV_BYTES, packContent, packPacket, unpackContent, unpackPacket } from '../../core/sideChannel/packet.ts';
import {
    deliveryOf,
    SIDE_CHANNEL_VERSION,
    type Delivery,
    type SideMessage,
} from '../../core/sideChannel/sideMessages.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import type { Carrier } from '../../livekit/browser/carrier.ts';
import { createSideKeys, type Device, type SideDevice } from './sideKeys.ts';

export interface SideChannel {
    /** Messages of the host about the channel. */
    handle(message: HostMessage): void;
    /** Uses this connection until it is closed. */
    add(carrier: Carrier): void;
    /** Names the share's packets among those of others in a LiveKit room. Undefined until the channel is open. */
    readonly topic: string | undefined;
    /** Sends on every open carrier. Without a key or a carrier, it does nothing. */
    send(message: SideMessage): void;
    /** Says hello again to a sharer that was not heard yet: its connection may carry packets later than ours. */
    greet(): void;
    /** Called with each message that counts, and the device whose key opened it. */
    onMessage(listener: (from: SideDevice, message: SideMessage) => void): void;
    /** A device has said its first word: it needs what it could not hear before. */
    onJoined(listener: (device: SideDevice) => void): void;
    /** It left the session, or our policy refuses it now. */
    onLeft(listener: (device: Device) => void): void;
    /** The devices that were heard, without ours. */
    readonly devices: readonly SideDevice[];
    /** Ours, and the sharer's. Undefined until the host has opened the channel. */
    readonly place: SidePlace | undefined;
    readonly dropped: Readonly<Record<Dropped, number>>;
}

type SidePlace = Omit<Extract<HostMessage, { type: 'sideChannel.open' }>, 'type'>;
/** `unknownKey`: of a device that is not in the session, or that our policy refuses. */
type Dropped = Refusal | 'malformed' | 'unknownKey' | 'forged';

interface Open {
    readonly place: SidePlace;
    /** The additional authenticated data. */
    readonly bound: Uint8Array<ArrayBuffer>;
}

export function createSideChannel(now: () => number): SideChannel {
    const keys = createSideKeys();
    const carriers = new Set<Carrier>();
    const listeners: ((from: SideDevice, message: SideMessage) => void)[] = [];
    const joined: ((device: SideDevice) => void)[] = [];
    const left: ((device: Device) => void)[] = [];
    const heard = new Map<string, SideDevice>();
    const admittances = new Map<string, Admittance>();
    const dropped = { repeated: 0, tooMany: 0, malformed: 0, unknownKey: 0, forged: 0 };
    const stream = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const numbers: Record<Delivery, number> = { all: 0, latest: 0 };
    let open: Open | undefined;
    /** Sending and opening are asynchronous. These keep the order. */
    let sending: Promise<void> = Promise.resolve();
    let receiving: Promise<void> = Promise.resolve();

    const isSharer = (): boolean => open !== undefined && sameDevice(open.place.self, open.place.sharer);
    const isHeard = (device: Device): boolean => [...heard.values()].some((other) => sameDevice(other, device));
    const seal = async (message: SideMessage): Promise<Uint8Array<ArrayBuffer> | undefined> => {
        await keys.settled();
        const key = open && keys.newest(open.place.self);
        const delivery = deliveryOf(message);
        const content = packContent({ stream, number: numbers[delivery], delivery, message });
        if (!open || !key || !content) return undefined;
        numbers[delivery] += 1;
        const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
        const algorithm = { name: 'AES-GCM', iv, additionalData: open.bound };
        return packPacket(key.id, iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key.key, content)));
    };
    const send = (message: SideMessage): void => {
        sending = sending
            .then(async () => {
                if (carriers.size === 0) return;
                const packet = await seal(message);
                if (packet) for (const carrier of carriers) carrier.send(packet, deliveryOf(message));
            })
            .catch(() => undefined); // the browser cannot encrypt it
    };
    const hello = (answer = false): void => send({ type: 'hello', version: SIDE_CHANNEL_VERSION, answer });

    const receive = async (carrier: Carrier, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
        await keys.settled();
        const packet = unpackPacket(bytes);
        if (!packet || !open) return void dropped.malformed++;
        const key = keys.find(packet.keyId);
        if (!key || sameDevice(key.device, open.place.self)) return void dropped.unknownKey++;
        const algorithm = { name: 'AES-GCM', iv: packet.iv, additionalData: open.bound };
        const opened = await crypto.subtle.decrypt(algorithm, key.key, packet.sealed).catch(() => undefined);
        if (!opened) return void dropped.forged++;
        const content = unpackContent(new Uint8Array(opened));
        if (!content) return void dropped.malformed++;
        const refusal = admittanceOf(packet.keyId).refusal(content, now());
        if (refusal) return void dropped[refusal]++;
        if (isSharer()) for (const other of carriers) if (other !== carrier) other.send(bytes, content.delivery);
        tell(key.device, content.message, content.stream);
    };
    const admittanceOf = (keyId: string): Admittance => {
        const known = admittances.get(keyId) ?? createAdmittance();
        admittances.set(keyId, known);
        return known;
    };
    const tell = (device: SideDevice, message: SideMessage, from: number): void => {
        const run = JSON.stringify([device.userId, device.deviceId, from]);
        if (!heard.has(run)) {
            for (const [old, other] of heard) if (sameDevice(other, device)) heard.delete(old);
            heard.set(run, device);
            for (const listener of joined) listener(device);
        }
        if (message.type === 'hello' && !message.answer) hello(true);
        if (message.type !== 'hello') for (const listener of listeners) listener(device, message);
    };

    return {
        handle(message) {
            if (message.type === 'sideChannel.open') {
                const { self, sharer, roomId, shareId } = message;
                open = { place: { self, sharer, roomId, shareId }, bound: boundTo(message) };
            } else if (message.type === 'sideChannel.key') {
                const { userId, deviceId, name, key } = message;
                void keys.set({ userId, deviceId, name }, key).then(
                    () => hello(),
                    () => undefined,
                );
            } else if (message.type === 'sideChannel.forget') {
                keys.forget(message);
                for (const [run, device] of heard) if (sameDevice(device, message)) heard.delete(run);
                for (const listener of left) listener(message);
            } else if (message.type === 'sideChannel.send') send(message.message);
        },
        add(carrier) {
            carriers.add(carrier);
            carrier.onData((bytes) => {
                receiving = receiving.then(() => receive(carrier, bytes)).catch(() => void dropped.malformed++);
            });
            carrier.onClosed(() => carriers.delete(carrier));
            hello();
        },
        send,
        greet() {
            if (open && carriers.size > 0 && !isSharer() && !isHeard(open.place.sharer)) hello();
        },
        onMessage: (listener) => void listeners.push(listener),
        onJoined: (listener) => void joined.push(listener),
        onLeft: (listener) => void left.push(listener),
        get topic() {
            return open && `hush.side.${open.place.shareId}`;
        },
        get devices() {
            return [...heard.values()];
        },
        get place() {
            return open?.place;
        },
        dropped,
    };
}

function sameDevice(a: Device, b: Device): boolean {
    return a.userId === b.userId && a.deviceId === b.deviceId;
}

/** A packet counts only in its own share. */
function boundTo({ roomId, shareId, sharer }: SidePlace): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(JSON.stringify([roomId, sharer.userId, sharer.deviceId, shareId]));
}
