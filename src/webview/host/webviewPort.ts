/** The page inside a VS Code webview. */
import { HEARTBEAT, HEARTBEAT_MS, HEARTBEATS_MISSED } from '../../core/page/handshake.ts';
import { HostPortError, type HostPort } from './hostPort.ts';

/** VS Code's API inside a webview (`@types/vscode-webview` has the same; this is all that is used). */
interface VsCodeApi {
    postMessage(message: unknown): void;
    getState(): unknown;
    setState(state: unknown): void;
}

declare global {
    var acquireVsCodeApi: (() => VsCodeApi) | undefined;
}

export function createWebviewPort(root: HTMLElement): HostPort | undefined {
    if (typeof globalThis.acquireVsCodeApi !== 'function') return undefined;
    const api = globalThis.acquireVsCodeApi();
    const pageId = root.dataset['hushPage'];
    const generation = Number(root.dataset['hushGeneration']);
    const workerUrl = root.dataset['hushWorker'];
    if (!pageId || !workerUrl || !Number.isSafeInteger(generation)) {
        throw new HostPortError('This tab does not know what it was opened for. Close it and open the share again.');
    }
    return {
        kind: 'webview',
        pageId,
        generation,
        workerUrl,
        transport: {
            post: (data) => api.postMessage(data),
            onData(listener) {
                const onMessage = (event: MessageEvent<unknown>): void => {
                    if (event.data !== HEARTBEAT && fromHost(event)) listener(event.data);
                };
                window.addEventListener('message', onMessage);
                return () => window.removeEventListener('message', onMessage);
            },
        },
        persist: (target) => api.setState(target ?? undefined),
        onGone: (listener) => watchHeart(api, listener),
    };
}

/** Only VS Code's frame around the webview may send. A frame inside this page would have another origin. */
export function fromHost(event: MessageEvent<unknown>): boolean {
    return event.origin === window.origin || event.source === window.parent;
}

/**
 * Answers each heartbeat. It counts turns instead of time, because the machine may sleep: a sleep of any length is one
 * turn.
 */
function watchHeart(api: VsCodeApi, listener: (reason: string) => void): void {
    let missed = 0;
    window.addEventListener('message', (event: MessageEvent<unknown>) => {
        if (event.data !== HEARTBEAT || !fromHost(event)) return;
        missed = 0;
        api.postMessage(HEARTBEAT); // tells the host that this page is not blank
    });
    const timer = setInterval(() => {
        if (++missed <= HEARTBEATS_MISSED) return;
        clearInterval(timer);
        listener(LOST);
    }, HEARTBEAT_MS);
}

const LOST =
    'Hush in this window stopped working, so this tab is no longer connected. Close it and open the share again.';
