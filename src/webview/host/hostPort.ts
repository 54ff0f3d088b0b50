/**
 * The interface between the page and its host. The same bundle runs in a webview and in a browser, and only the files
 * here know which.
 */
import type { StoredTarget } from '../../core/share/mediaMessages.ts';
import type { ChannelPort } from '../../core/page/channel.ts';

export interface HostPort {
    readonly kind: 'webview' | 'loopback';
    /** The key of this page. */
    readonly pageId: string;
    readonly generation: number;
    readonly transport: ChannelPort;
    /** The URL of the E2EE worker's bundle. */
    readonly workerUrl: string;
    /** Stores the target in the tab across a window reload. Does nothing where tabs are not restored. */
    persist(target: StoredTarget | null): void;
    /** The host is gone for good, so capture must stop. `reason` is a sentence for the person. */
    onGone(listener: (reason: string) => void): void;
}

/** The page cannot work in the way it was opened. `message` is a sentence for the person. */
export class HostPortError extends Error {
    override readonly name = 'HostPortError';
}
