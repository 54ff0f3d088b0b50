/** What brings packets of the side channel to other pages. It sees only encrypted bytes. */
import type { Delivery } from '../../core/sideChannel/sideMessages.ts';

export interface Carrier {
    /** Never throws. A packet is lost when the connection is. */
    send(packet: Uint8Array<ArrayBuffer>, delivery: Delivery): void;
    onData(listener: (packet: Uint8Array<ArrayBuffer>) => void): void;
    /** The same connection works again after a loss. Packets may be lost. */
    onAgain(listener: () => void): void;
    onClosed(listener: () => void): void;
}

/** A carrier whose connection can be closed. */
export interface OwnCarrier extends Carrier {
    received(packet: Uint8Array<ArrayBuffer>): void;
    again(): void;
    /** Reports it once. */
    closed(): void;
}

export function createCarrier(send: Carrier['send']): OwnCarrier {
    const data: ((packet: Uint8Array<ArrayBuffer>) => void)[] = [];
    const agains: (() => void)[] = [];
    const ends: (() => void)[] = [];
    return {
        send,
        onData: (listener) => void data.push(listener),
        onAgain: (listener) => void agains.push(listener),
        onClosed: (listener) => void ends.push(listener),
        received(packet) {
            for (const listener of data) listener(packet);
        },
        again() {
            for (const listener of agains) listener();
        },
        closed() {
            for (const listener of ends.splice(0)) listener();
        },
    };
}
