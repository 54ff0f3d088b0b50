/** A PageLink to a page on the loopback server. `openUrl` is a parameter, so that tests need no VS Code. */
import { Listeners } from '../../../core/base/listeners.ts';
import type { Log } from '../../../core/base/log.ts';
import type { PageRequest } from '../../../core/session/mediaPort.ts';
import type { LoopbackServer } from './loopbackServer.ts';
import type { PageFile } from './pageFiles.ts';
import type { PageLink } from './pageLink.ts';

/** Opens `url` with `token` as its fragment. Calls `allow` with the authority that the browser really uses. */
export type OpenUrl = (
    url: string,
    token: string,
    allow: (external: { readonly scheme: string; readonly authority: string }) => void,
) => Promise<void>;

export interface BrowserLinkOptions {
    readonly files: () => Promise<ReadonlyMap<string, PageFile>>;
    readonly openUrl: OpenUrl;
    readonly log: Log;
}

export function createBrowserLink(request: PageRequest, { files, openUrl, log }: BrowserLinkOptions): PageLink {
    const received = new Listeners<[unknown]>();
    const closings = new Listeners<[string]>();
    let server: LoopbackServer | undefined;
    let closed = false;
    const gone = (reason: string): void => {
        if (closed) return;
        closed = true;
        closings.emit(reason);
    };
    const start = async (): Promise<void> => {
        // Loaded on first use, because it needs a WebSocket library.
        const { startLoopbackServer } = await import('./loopbackServer.ts');
        server = await startLoopbackServer({
            pageId: request.pageId,
            generation: request.generation,
            files: await files(),
            connectOrigins: request.connectOrigins,
            onData: (message) => received.emit(message),
            onClosed: gone,
            onRefused: (reason) => log.warn(`loopback: refused a connection: ${reason}`),
        });
        if (closed) return server.close();
        const { url, token, allow } = server;
        await openUrl(url, token, allow);
    };
    return {
        load() {
            start().catch((error: unknown) => {
                log.error('loopback: the sharing page could not be opened', error);
                server?.close();
                gone('The sharing page could not be opened in the browser.');
            });
        },
        post: (message) => server?.send(message),
        onData: received.add,
        onClosed: closings.add,
        reveal() {
            // A browser cannot bring a tab to the front from outside.
        },
        toggleFullScreen() {
            // In a browser, the page does that itself.
        },
        close() {
            closed = true;
            server?.close();
        },
    };
}
