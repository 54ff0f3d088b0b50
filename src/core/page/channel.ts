/**
 * A typed and validated channel between host and page, stamped with a generation. Both ends use it. A {@link ChannelPort}
 * carries the data (`postMessage` or a WebSocket).
 */
import type * as v from 'valibot';
import { openEnvelope } from './openEnvelope.ts';
import { PROTOCOL_VERSION, type Envelope } from './envelope.ts';

export interface ChannelPort {
    /** Takes structured-clonable data. Never throws. Data that cannot be delivered is lost. */
    post(data: unknown): void;
    /** Returns a function that stops listening. */
    onData(listener: (data: unknown) => void): () => void;
}

export interface ChannelOptions<In> {
    /** The share or viewer tab ID that this page was opened for. */
    readonly pageId: string;
    readonly generation: number;
    readonly transport: ChannelPort;
    readonly incoming: v.GenericSchema<unknown, In>;
    readonly onMessage: (message: In) => void;
    /** Receives the reason for a dropped message. The text is safe to log. */
    readonly onDropped?: (reason: string) => void;
}

export interface Channel<Out> {
    send(message: Out): void;
    /** Nothing is sent or received afterwards. */
    close(): void;
}

export function createChannel<In, Out>(options: ChannelOptions<In>): Channel<Out> {
    const { pageId, generation, transport, incoming } = options;
    let open = true;
    const stopListening = transport.onData((raw) => {
        if (!open) return;
        const opened = openEnvelope(raw, { pageId, generation }, incoming);
        if (opened.ok) options.onMessage(opened.message);
        else options.onDropped?.(opened.reason);
    });
    return {
        send(message) {
            if (open) transport.post({ hush: PROTOCOL_VERSION, pageId, generation, message } satisfies Envelope);
        },
        close() {
            open = false;
            stopListening();
        },
    };
}
