/** One page as the media host sees it, wherever it runs. Pure. */
import type { Disposable } from '../../../core/base/disposable.ts';
import type { PageRequest } from '../../../core/session/mediaPort.ts';

export interface PageLink {
    /** Loads the page of this request anew; its state is rebuilt from the replay when it says `ready`. */
    load(request: PageRequest): void;
    post(data: unknown): void;
    onData(listener: (data: unknown) => void): Disposable;
    /** The person closed it, or it could not be opened. Not called after `close`. */
    onClosed(listener: (reason: string) => void): Disposable;
    reveal(): void;
    /** Fills the window with the page's tab, or undoes that. */
    toggleFullScreen(): void;
    close(): void;
}

/** Opens pages. Both return at once; trouble is told by `onClosed`. */
export interface PageOpener {
    openTab(request: PageRequest): PageLink;
    openBrowser(request: PageRequest): PageLink;
}
