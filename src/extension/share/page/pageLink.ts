/** A page as the media host sees it, in a tab or in a browser. Pure. */
import type { Disposable } from '../../../core/base/disposable.ts';
import type { PageRequest } from '../../../core/session/mediaPort.ts';

export interface PageLink {
    /** Loads a new page for this request. Its state comes from the replay when it says `ready`. */
    load(request: PageRequest): void;
    post(data: unknown): void;
    onData(listener: (data: unknown) => void): Disposable;
    /** Called when the person closed the page, or when it could not open. Not called after `close`. */
    onClosed(listener: (reason: string) => void): Disposable;
    reveal(): void;
    /** Toggles whether the page's tab fills the window. */
    toggleFullScreen(): void;
    close(): void;
}

/** Opens pages. Both methods return at once; `onClosed` reports a failure. */
export interface PageOpener {
    openTab(request: PageRequest): PageLink;
    openBrowser(request: PageRequest): PageLink;
}
