/** The seam under the page: the same bundle runs in a webview and in a browser, and only these files know which. */
import type { StoredTarget } from '../../core/share/mediaMessages.ts';
import type { Transport } from '../../core/page/channel.ts';

export interface HostPort {
    readonly kind: 'webview' | 'loopback';
    /** What this page was opened for. */
    readonly call: string;
    readonly generation: number;
    readonly transport: Transport;
    /** Where the E2EE worker's bundle can be fetched. */
    readonly workerUrl: string;
    /** Keeps the target with the tab across a window reload. Does nothing where tabs are not restored. */
    persist(target: StoredTarget | null): void;
    /** The host is gone for good; `reason` is a sentence for the person. Capture must stop. */
    onGone(listener: (reason: string) => void): void;
}

/** The page was opened in a way that leads nowhere. `message` is a sentence for the person. */
export class HostPortError extends Error {
    override readonly name = 'HostPortError';
}
