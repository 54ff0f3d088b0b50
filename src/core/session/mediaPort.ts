/** The port to the pages that capture and play. */
import type { PageMessage, HostMessage } from '../share/mediaMessages.ts';
import type { ViewTarget } from '../share/share.ts';
import type { Disposable } from '../base/disposable.ts';

export type CaptureLocation = 'webview' | 'browser';

/** Pages and what they say. One page per share or view, addressed by its call id and generation. */
export interface MediaPort {
    /** Opens (or rebuilds) the page. `browser` = the loopback page in the person's own browser. */
    open(page: PageRequest): void;
    send(call: string, generation: number, message: HostMessage): void;
    close(call: string): void;
    /** There is a tab for this call, or one restored for this target: what becomes of it must be said there. */
    hasTab(call: string, target: ViewTarget | undefined): boolean;
    /** Brings the page's tab to the front. */
    reveal(call: string): void;
    onMessage(listener: (call: string, generation: number, message: PageMessage) => void): Disposable;
    /** The tab was closed, the browser tab went away, or the page could not be opened. */
    onClosed(listener: (call: string, generation: number, reason: string) => void): Disposable;
}

export interface PageRequest {
    readonly call: string;
    readonly generation: number;
    readonly role: 'share' | 'view';
    readonly location: CaptureLocation;
    /** A view: the sharer's name. A share: the room. */
    readonly title: string;
    /** What a view shows, kept by its tab for a window reload. */
    readonly target?: ViewTarget | undefined;
    readonly roomName: string;
    /** SFU origins this page may connect to (for its CSP); empty = not known yet, then any wss/https server is. */
    readonly connectOrigins: readonly string[];
}
