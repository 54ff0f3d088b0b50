/** The port to the pages that capture and play. */
import type { PageMessage, HostMessage } from '../share/mediaMessages.ts';
import type { ViewerTarget } from '../share/share.ts';
import type { Disposable } from '../base/disposable.ts';

export type CaptureLocation = 'webview' | 'browser';

/** Pages and their messages. Each share or viewer tab has one page, addressed by its ID and generation. */
export interface MediaPort {
    /** Opens or rebuilds the page. `browser`: the loopback page in the person's own browser. */
    open(page: PageRequest): void;
    send(pageId: string, generation: number, message: HostMessage): void;
    close(pageId: string): void;
    /**
     * Whether this page has a tab, or a tab was restored for this target. The result must then be shown in that tab.
     */
    hasTab(pageId: string, target: ViewerTarget | undefined): boolean;
    /** Brings the page's tab to the front. */
    reveal(pageId: string): void;
    onMessage(listener: (pageId: string, generation: number, message: PageMessage) => void): Disposable;
    /** The tab was closed, the browser tab disappeared, or the page could not be opened. */
    onClosed(listener: (pageId: string, generation: number, reason: string) => void): Disposable;
}

export interface PageRequest {
    readonly pageId: string;
    readonly generation: number;
    readonly role: 'share' | 'view';
    readonly location: CaptureLocation;
    /** For a viewer tab: the sharer's name. For a share: the room. */
    readonly title: string;
    /** The target of a viewer tab. The tab keeps it for a window reload. */
    readonly target?: ViewerTarget | undefined;
    readonly roomName: string;
    /**
     * SFU origins that this page may connect to (for its CSP). Empty: not known yet, so any wss/https server is
     * allowed.
     */
    readonly connectOrigins: readonly string[];
}
