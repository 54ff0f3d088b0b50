/**
 * The E2EE worker: LiveKit's, with its one way into the clear closed. LiveKit keeps one switch per participant, follows
 * what the SFU announces about *any* of that participant's tracks, and passes frames untouched while it is off or not yet
 * known. An SFU could so announce a second, unencrypted track and put its own pictures into an encrypted one. Here the
 * switch is always on: a frame is encrypted or decrypted, or it is dropped.
 */
import 'livekit-client/e2ee-worker';

interface WorkerMessage {
    readonly kind: string;
    readonly data?: { readonly participantIdentity?: string; readonly enabled?: boolean };
}
interface TransformEvent {
    readonly transformer: { readonly options: { readonly participantIdentity?: string } };
}
/** The part of DedicatedWorkerGlobalScope in use; the page's own types are those of a window. */
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
        // Passed on for its acknowledgement, which the page waits for before it publishes.
        const forced: WorkerMessage = { kind, data: { ...data, enabled: true } };
        inner(new MessageEvent('message', { data: forced }));
        return;
    }
    // Handlers run in order of arrival, so the switch is on before the first frame of this pipe.
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
