/**
 * The worker of a media page. It is LiveKit's E2EE worker without its way to clear media, and it decodes incoming
 * pictures as soon as they are complete (playout/). A share starts a second one for its own pictures (gate/).
 *
 * LiveKit has one encryption switch per participant. It follows what the SFU announces about *any* track of that
 * participant. Frames pass unchanged while the switch is off or not yet known. So an SFU could announce a second,
 * unencrypted track and put its own pictures into an encrypted one. Here the switch is always on: a frame is encrypted
 * or decrypted, or it is dropped.
 */
import 'livekit-client/e2ee-worker';
import { createGateWorker, isGateMessage } from './gate/gateWorker.ts';
import type { ToGate } from './gate/gateMessages.ts';
import type { DirectTransformOptions, ToWorker } from './playout/playoutMessages.ts';
import { createPlayoutPipes } from './playout/playoutPipes.ts';
import type { EncodedStreams, Transformer } from './playout/trackStreams.ts';

/** The used part of livekit-client's messages. */
interface SdkMessage {
    readonly kind: 'enable' | 'encode' | 'decode' | 'updateCodec' | 'removeTransform' | 'other';
    readonly data?: {
        readonly participantIdentity?: string;
        readonly enabled?: boolean;
        readonly trackId?: string;
        readonly previousTrackId?: string;
        /** Absent for audio. */
        readonly codec?: string;
        readonly readableStream?: EncodedStreams['readable'];
        readonly writableStream?: EncodedStreams['writable'];
    };
}
/** The options of livekit-client's transforms, and ours. */
interface SdkTransformOptions {
    readonly kind: 'encode' | 'decode';
    readonly participantIdentity?: string;
    readonly trackId?: string;
    readonly codec?: string;
}
interface WorkerTransformer extends Transformer {
    readonly options: SdkTransformOptions | DirectTransformOptions;
}
interface TransformEvent {
    readonly transformer: WorkerTransformer;
}
/** The used part of DedicatedWorkerGlobalScope. The page's own types are those of a window. */
interface WorkerScope {
    onmessage: ((event: MessageEvent<SdkMessage | ToWorker | ToGate>) => void) | null;
    onrtctransform: ((event: TransformEvent) => void) | null;
    postMessage(message: unknown, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const inner = scope.onmessage;
if (!inner) throw new Error('livekit-client/e2ee-worker did not install its handler');
const pipes = createPlayoutPipes((message) => scope.postMessage(message));

const gate = createGateWorker((message) => scope.postMessage(message));

const on = new Set<string>();
const switchOn = (participantIdentity: string | undefined): void => {
    if (participantIdentity === undefined || on.has(participantIdentity)) return;
    on.add(participantIdentity);
    const message: SdkMessage = { kind: 'enable', data: { participantIdentity, enabled: true } };
    inner(new MessageEvent('message', { data: message }));
};
const isOurs = (message: SdkMessage | ToWorker): message is ToWorker => message.kind.startsWith('hush.');

/** Returns livekit-client's message, changed where Hush takes part. */
const changed = (message: SdkMessage): SdkMessage => {
    const { kind, data } = message;
    const { trackId, codec } = data ?? {};
    switch (kind) {
        case 'enable':
            // The message is still passed on, because the page waits for its acknowledgement before it publishes.
            return { kind, data: { ...data, enabled: true } };
        case 'decode': {
            const { readableStream: readable, writableStream: writable } = data ?? {};
            if (trackId === undefined || codec === undefined || !readable || !writable) return message;
            const streams = pipes.encrypted(trackId, codec, { readable, writable });
            return { kind, data: { ...data, readableStream: streams.readable, writableStream: streams.writable } };
        }
        case 'updateCodec':
            if (data?.previousTrackId !== undefined && trackId !== undefined)
                pipes.renamed(data.previousTrackId, trackId);
            return message;
        case 'removeTransform':
            if (trackId !== undefined) pipes.removed(trackId);
            return message;
        default:
            return message;
    }
};

scope.onmessage = (event) => {
    const message = event.data;
    if (isGateMessage(message)) return gate(message);
    if (isOurs(message)) return pipes.message(message);
    // Handlers run in the order of arrival, so the switch is on before the first frame of this pipe.
    if (message.kind === 'encode' || message.kind === 'decode') switchOn(message.data?.participantIdentity);
    inner(new MessageEvent('message', { data: changed(message) }));
};

const innerTransform = scope.onrtctransform;
scope.onrtctransform = (event) => {
    const { transformer } = event;
    const { options } = transformer;
    if (options.kind === 'hush.direct') return pipes.direct(options.trackId, transformer);
    switchOn(options.participantIdentity);
    if (options.kind !== 'decode' || options.trackId === undefined || options.codec === undefined) {
        return innerTransform?.(event);
    }
    const streams = pipes.encrypted(
        options.trackId,
        options.codec,
        transformer,
        transformer.sendKeyFrameRequest && (() => void transformer.sendKeyFrameRequest?.().catch(() => undefined)),
    );
    innerTransform?.({ transformer: { ...streams, options } });
};
