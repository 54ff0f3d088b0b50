/** The page inside a VS Code webview. */
import { HostPortError } from './hostPort.ts';
import type { HostPort } from './hostPort.ts';

/** VS Code's API inside a webview (`@types/vscode-webview` has the same; this is all that is used). */
interface VsCodeApi {
    postMessage(message: unknown): void;
    setState(state: unknown): void;
}

declare global {
    var acquireVsCodeApi: (() => VsCodeApi) | undefined;
}

export function createWebviewPort(root: HTMLElement): HostPort | undefined {
    if (typeof globalThis.acquireVsCodeApi !== 'function') return undefined;
    const api = globalThis.acquireVsCodeApi();
    const call = root.dataset['hushCall'];
    const generation = Number(root.dataset['hushGeneration']);
    const workerUrl = root.dataset['hushWorker'];
    if (!call || !workerUrl || !Number.isSafeInteger(generation)) {
        throw new HostPortError('This tab does not know what it was opened for. Close it and open the share again.');
    }
    return {
        kind: 'webview',
        call,
        generation,
        workerUrl,
        transport: {
            post: (data) => api.postMessage(data),
            onData(listener) {
                const onMessage = (event: MessageEvent<unknown>): void => {
                    // VS Code's frame around the webview is the only sender: a frame below this page would be another origin.
                    if (event.origin === window.origin || event.source === window.parent) listener(event.data);
                };
                window.addEventListener('message', onMessage);
                return () => window.removeEventListener('message', onMessage);
            },
        },
        persist: (target) => api.setState(target ?? undefined),
        onGone() {
            // A webview dies together with its host.
        },
    };
}
