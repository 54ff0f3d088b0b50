/**
 * Carries the side channel over two data channels of a direct connection between Hush devices: one in order, one for
 * what only counts at once. Their numbers are agreed, so no message announces them (RTCDataChannel, `negotiated`).
 */
import { createCarrier, type OwnCarrier } from '../../livekit/browser/carrier.ts';
import type { Delivery } from '../../core/sideChannel/sideMessages.ts';

/** Bytes that wait in a slow connection. Above it, a packet that only counts at once is left out. */
const MAX_WAITING = 65_536;

export function createPeerCarrier(pc: RTCPeerConnection): OwnCarrier {
    const channels: Readonly<Record<Delivery, RTCDataChannel>> = {
        all: pc.createDataChannel('hush.all', { negotiated: true, id: 0 }),
        latest: pc.createDataChannel('hush.latest', { negotiated: true, id: 1, ordered: false, maxRetransmits: 0 }),
    };
    const early: Uint8Array<ArrayBuffer>[] = [];
    const carrier = createCarrier((packet, delivery) => {
        const channel = channels[delivery];
        if (delivery === 'all' && channel.readyState === 'connecting') return void early.push(packet);
        if (channel.readyState !== 'open') return;
        if (delivery === 'latest' && channel.bufferedAmount > MAX_WAITING) return;
        try {
            channel.send(packet);
        } catch {
            // The connection is too slow for what waits in it already, or it closes just now.
        }
    });
    /** A channel with listeners keeps its closed connection in memory. */
    const closing = new AbortController();
    const { signal } = closing;
    carrier.onClosed(() => {
        closing.abort();
        for (const channel of Object.values(channels)) channel.close();
    });
    for (const channel of Object.values(channels)) {
        channel.binaryType = 'arraybuffer';
        const onMessage = ({ data }: MessageEvent<unknown>): void => {
            if (data instanceof ArrayBuffer) carrier.received(new Uint8Array(data));
        };
        channel.addEventListener('message', onMessage, { signal });
        channel.addEventListener('close', () => carrier.closed(), { signal });
    }
    const sendEarly = (): void => {
        for (const packet of early.splice(0)) channels.all.send(packet);
    };
    channels.all.addEventListener('open', sendEarly, { signal });
    return carrier;
}
