/**
 * A typed, validated, generation-stamped channel between host and page. Both ends use it; what carries the data
 * (`postMessage`, a WebSocket) is a {@link Transport}. Pure.
 */
import type * as v from 'valibot';
import { openEnvelope } from './openEnvelope.ts';
import { PROTOCOL_VERSION, type Envelope } from './envelope.ts';

export interface Transport {
    /** Takes structured-clonable data. Never throws; what cannot be delivered is lost. */
    post(data: unknown): void;
    /** Returns the way to stop listening. */
    onData(listener: (data: unknown) => void): () => void;
}

export interface ChannelOptions<In> {
    /** Share id or view id this page was opened for. */
    readonly call: string;
    readonly generation: number;
    readonly transport: Transport;
    readonly incoming: v.GenericSchema<unknown, In>;
    readonly onMessage: (message: In) => void;
    /** Told why something was dropped; the text is safe to log. */
    readonly onDropped?: (reason: string) => void;
}

export interface Channel<Out> {
    send(message: Out): void;
    /** Nothing is sent or received any more. */
    close(): void;
}

export function createChannel<In, Out>(options: ChannelOptions<In>): Channel<Out> {
    const { call, generation, transport, incoming } = options;
    let open = true;
    const stopListening = transport.onData((raw) => {
        if (!open) return;
        const opened = openEnvelope(raw, { call, generation }, incoming);
        if (opened.ok) options.onMessage(opened.message);
        else options.onDropped?.(opened.reason);
    });
    return {
        send(message) {
            if (open) transport.post({ hush: PROTOCOL_VERSION, call, generation, message } satisfies Envelope);
        },
        close() {
            open = false;
            stopListening();
        },
    };
}
