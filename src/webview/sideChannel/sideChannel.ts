/**
 * The side channel of one share, in the page of its sharer or of a viewer. Packets are encrypted here with the sender's
 * own key (core/sideChannel/packet.ts), so a carrier sees no content and cannot say who sent it. The sharer's page
 * passes packets on between its carriers: direct viewers have no connection to each other.
 */
import { SIDE_CHANNEL_VERSION, deliveryOf, type SideMessage } from '../../core/sideChannel/sideMessages.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import type { Carrier } from '../../livekit/browser/carrier.ts';
import { createSealing, type Dropped } from './sealing.ts';
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
    /**
     * A device has said its first word, or may have missed some: it needs what it could not hear. At most once a second
     * for each device.
     */
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
interface Open {
    readonly place: SidePlace;
    /** The additional authenticated data. */
    readonly bound: Uint8Array<ArrayBuffer>;
}

/** ms. Hellos within it are one. */
const HELLO_MS = 150;
/** ms between two calls of the listeners for one device. */
const JOIN_MS = 1_000;
/** Packets that may wait to be opened. */
const MAX_WAITING = 500;
/** So many hellos to a sharer that is not heard come one after another, and then every so many turns. */
const MANY_GREETINGS = 30;

/** `now`: ms. */
export function createSideChannel(now: () => number): SideChannel {
    const keys = createSideKeys(now);
    const carriers = new Set<Carrier>();
    const listeners: ((from: SideDevice, message: SideMessage) => void)[] = [];
    const left: ((device: Device) => void)[] = [];
    const dropped = { repeated: 0, tooMany: 0, malformed: 0, unknownKey: 0, forged: 0 };
    let open: Open | undefined;
    let greetings = 0;
    /** Sending and opening are asynchronous. These keep the order. */
    let sending: Promise<void> = Promise.resolve();
    let receiving: Promise<void> = Promise.resolve();
    let waiting = 0;

    const sealing = createSealing({ keys, now, place: () => open && { self: open.place.self, bound: open.bound } });
    const people = createPeople(now);
    const isSharer = (): boolean => open !== undefined && sameDevice(open.place.self, open.place.sharer);
    const send = (message: SideMessage): void => {
        sending = sending
            .then(async () => {
                if (carriers.size === 0) return;
                const packet = await sealing.seal(message);
                if (packet) for (const carrier of carriers) carrier.send(packet, deliveryOf(message));
            })
            .catch(() => undefined); // the browser cannot encrypt it
    };
    const hello = createHello((answer) => send({ type: 'hello', version: SIDE_CHANNEL_VERSION, answer }));

    const receive = async (carrier: Carrier, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
        const opened = await sealing.open(bytes);
        if (typeof opened === 'string') return void dropped[opened]++;
        const { from, content } = opened;
        const { message } = content;
        if (isSharer()) for (const other of carriers) if (other !== carrier) other.send(bytes, content.delivery);
        const asks = message.type === 'hello' && !message.answer;
        people.heard(from, content.stream, asks);
        if (asks) hello(true);
        if (message.type !== 'hello') for (const listener of listeners) listener(from, message);
    };

    return {
        handle(message) {
            if (message.type === 'sideChannel.open') {
                const { self, sharer, roomId, shareId } = message;
                open = { place: { self, sharer, roomId, shareId }, bound: boundTo(message) };
            } else if (message.type === 'sideChannel.key') {
                const { userId, deviceId, name, key } = message;
                void keys.set({ userId, deviceId, name }, key).then(
                    () => hello(false),
                    () => undefined,
                );
            } else if (message.type === 'sideChannel.forget') {
                keys.forget(message);
                people.forget(message);
                for (const listener of left) listener(message);
            } else if (message.type === 'sideChannel.send') send(message.message);
        },
        add(carrier) {
            carriers.add(carrier);
            carrier.onData((bytes) => {
                if (waiting >= MAX_WAITING) return void dropped.tooMany++;
                waiting++;
                receiving = receiving
                    .then(() => receive(carrier, bytes))
                    .catch(() => void dropped.malformed++)
                    .finally(() => waiting--);
            });
            carrier.onClosed(() => carriers.delete(carrier));
            carrier.onAgain(() => {
                hello(false);
                people.again();
            });
            greetings = 0;
            hello(false);
        },
        send,
        greet() {
            if (!open || carriers.size === 0 || isSharer() || people.has(open.place.sharer)) return;
            if (++greetings <= MANY_GREETINGS || greetings % MANY_GREETINGS === 0) hello(false);
        },
        onMessage: (listener) => void listeners.push(listener),
        onJoined: people.onJoined,
        onLeft: (listener) => void left.push(listener),
        get topic() {
            return open && `hush.side.${open.place.shareId}`;
        },
        get devices() {
            return people.all;
        },
        get place() {
            return open?.place;
        },
        dropped,
    };
}

/** The devices that were heard. */
function createPeople(now: () => number) {
    /** By device. A stream is one run of its page. */
    const known = new Map<string, { readonly device: SideDevice; readonly stream: number; toldAt: number }>();
    const listeners: ((device: SideDevice) => void)[] = [];
    const keyOf = ({ userId, deviceId }: Device): string => JSON.stringify([userId, deviceId]);
    const tell = (device: SideDevice): void => {
        for (const listener of listeners) listener(device);
    };
    return {
        get all(): readonly SideDevice[] {
            return [...known.values()].map(({ device }) => device);
        },
        has: (device: Device): boolean => known.has(keyOf(device)),
        /** `asks`: it may have missed what was said to it. */
        heard(device: SideDevice, stream: number, asks: boolean): void {
            const before = known.get(keyOf(device));
            const isNew = before?.stream !== stream;
            if (!isNew && (!asks || now() - before.toldAt < JOIN_MS)) return;
            known.set(keyOf(device), { device, stream, toldAt: now() });
            tell(device);
        },
        /** Our own connection was lost for a moment: nobody may have heard us. */
        again(): void {
            for (const entry of known.values()) {
                entry.toldAt = now();
                tell(entry.device);
            }
        },
        forget: (device: Device): void => void known.delete(keyOf(device)),
        onJoined: (listener: (device: SideDevice) => void): void => void listeners.push(listener),
    };
}

/** Many reasons to say hello come at once, such as new keys of everybody. One is enough. */
function createHello(send: (answer: boolean) => void): (answer: boolean) => void {
    let due: { answer: boolean } | undefined;
    return (answer) => {
        if (due) {
            due.answer &&= answer;
            return;
        }
        const next = (due = { answer });
        setTimeout(() => {
            due = undefined;
            send(next.answer);
        }, HELLO_MS);
    };
}

function sameDevice(a: Device, b: Device): boolean {
    return a.userId === b.userId && a.deviceId === b.deviceId;
}

/** A packet counts only in its own share. */
function boundTo({ roomId, shareId, sharer }: SidePlace): Uint8Array<ArrayBuffer> {
    return new TextEncoder().encode(JSON.stringify([roomId, sharer.userId, sharer.deviceId, shareId]));
}
