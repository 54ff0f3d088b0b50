/**
 * LiveKit's E2EE worker, without its way to clear media. LiveKit has one switch per participant. It follows what the
 * SFU announces about *any* track of that participant. Frames pass unchanged while the switch is off or not yet known.
 * So an SFU could announce a second, unencrypted track and put its own pictures into an encrypted one. Here the switch
 * is always on: a frame is encrypted or decrypted, or it is dropped.
 */
import 'livekit-client/e2ee-worker';

interface WorkerMessage {
    readonly kind: string;
    readonly data?: { readonly participantIdentity?: string; readonly enabled?: boolean };
}
interface TransformEvent {
    readonly transformer: { readonly options: { readonly participantIdentity?: string } };
}
/** The used part of DedicatedWorkerGlobalScope. The page's own types are those of a window. */
interface WorkerScope {
    onmessage: ((event: MessageEvent<WorkerMessage>) => void) | null;
    onrtctransform: ((event: TransformEvent) => void) | null;
    postMessage(message: unknown, transfer?: Transferable[]): void;
}

const scope = globalThis as unknown as WorkerScope;
const inner = scope.onmessage;
if (!inner) throw new Error('livekit-client/e2ee-worker did not install its handler');

const on = new Set<string>();
const switchOn = (participantIdentity: string | undefined): void => {
    if (participantIdentity === undefined || on.has(participantIdentity)) return;
    on.add(participantIdentity);
    const message: WorkerMessage = { kind: 'enable', data: { participantIdentity, enabled: true } };
    inner(new MessageEvent('message', { data: message }));
};

scope.onmessage = (event) => {
    const { kind, data } = event.data;
    if (kind === 'enable') {
        // The message is still passed on, because the page waits for its acknowledgement before it publishes.
        const forced: WorkerMessage = { kind, data: { ...data, enabled: true } };
        inner(new MessageEvent('message', { data: forced }));
        return;
    }
    // Handlers run in the order of arrival, so the switch is on before the first frame of this pipe.
    if (kind === 'encode' || kind === 'decode') switchOn(data?.participantIdentity);
    inner(event);
};

const innerTransform = scope.onrtctransform;
if (innerTransform) {
    scope.onrtctransform = (event) => {
        switchOn(event.transformer.options.participantIdentity);
        innerTransform(event);
    };
}
