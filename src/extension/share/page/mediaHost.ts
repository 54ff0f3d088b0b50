/**
 * Implements MediaPort with pages. Each key has one page, which gets a snapshot whenever it loads. Messages from an
 * older page of the same key are ignored. Pure: the caller passes in how pages open.
 */
import { createChannel, type Channel } from '../../../core/page/channel.ts';
import {
    pageMessage,
    type HostMessage,
    type PageMessage,
    type StoredTarget,
} from '../../../core/share/mediaMessages.ts';
import { DisposableScope, type Disposable } from '../../../core/base/disposable.ts';
import type { Log } from '../../../core/base/log.ts';
import type { MediaPort, PageRequest } from '../../../core/session/mediaPort.ts';
import type { PageLink, PageOpener } from './pageLink.ts';
import { createPageReplay, type PageReplay } from './pageReplay.ts';

export interface MediaHost extends MediaPort {
    /**
     * Keeps a restored tab for the next `open` of a view with this target. The host then handles the closing of that
     * tab again.
     */
    adopt(target: StoredTarget, link: PageLink): void;
    /**
     * Called before the window goes away. Viewer tabs stay open from now on, so that VS Code can restore them after a
     * reload.
     */
    keepTabs(): void;
    dispose(): void;
}

export interface MediaHostOptions {
    readonly opener: PageOpener;
    /** The theme for pages outside VS Code. */
    readonly theme: () => 'light' | 'dark';
    /** Whether viewer tabs begin with a buffered picture. */
    readonly smoothMotion?: () => boolean;
    readonly log: Log;
}

interface Page {
    readonly request: PageRequest;
    readonly link: PageLink;
    readonly replay: PageReplay;
    readonly channel: Channel<HostMessage>;
    readonly listeners: DisposableScope;
    wasReady: boolean;
    ready: boolean;
}

type MessageListener = (pageId: string, generation: number, message: PageMessage) => void;
type ClosedListener = (pageId: string, generation: number, reason: string) => void;

export function createMediaHost({ opener, theme, smoothMotion, log }: MediaHostOptions): MediaHost {
    const pages = new Map<string, Page>();
    const adopted = new Map<string, { readonly link: PageLink; readonly listener: Disposable }>();
    const messageListeners = new Set<MessageListener>();
    const closedListeners = new Set<ClosedListener>();
    let keepTabs = false;
    const closeLink = ({ request, link }: Page): void => {
        if (!keepTabs || request.role !== 'view') link.close();
    };

    const linkFor = (request: PageRequest, old: Page | undefined): PageLink => {
        if (old?.request.location === request.location && request.location === 'webview') return old.link;
        old?.link.close();
        if (request.location === 'browser') return opener.openBrowser(request);
        const restored = request.target && takeAdopted(request.target);
        return restored ?? opener.openTab(request);
    };
    const takeAdopted = (target: StoredTarget): PageLink | undefined => {
        const entry = adopted.get(targetKey(target));
        adopted.delete(targetKey(target));
        entry?.listener.dispose();
        return entry?.link;
    };
    /** Ends the connection to a page. Its tab stays open. */
    const release = (page: Page): void => {
        page.channel.close();
        page.listeners.dispose();
        pages.delete(page.request.pageId);
    };
    const received = (page: Page, message: PageMessage): void => {
        const { pageId, generation } = page.request;
        if (message.type === 'ready') {
            page.replay.note(initMessage(page.request, theme(), smoothMotion?.() ?? false)); // both may have changed
            for (const m of page.replay.snapshot(page.wasReady)) page.channel.send(m);
            page.wasReady = page.ready = true;
        }
        if (message.type === 'log') {
            log[message.level](`page ${pageId}: ${message.text}`);
            return;
        }
        if (message.type === 'action' && message.name === 'fullScreen') {
            page.link.toggleFullScreen();
            return;
        }
        for (const listener of messageListeners) listener(pageId, generation, message);
    };

    return {
        open(request) {
            const { pageId, generation } = request;
            const old = pages.get(pageId);
            if (old && old.request.generation >= generation) {
                log.warn(`page ${pageId}: generation ${generation} is not newer than ${old.request.generation}`);
                return;
            }
            if (old) release(old);
            const link = linkFor(request, old);
            const listeners = new DisposableScope();
            const page: Page = {
                request,
                link,
                listeners,
                replay: createPageReplay(),
                wasReady: false,
                ready: false,
                channel: createChannel({
                    pageId,
                    generation,
                    transport: transportOver(link, listeners),
                    incoming: pageMessage,
                    onMessage: (message) => received(page, message),
                    onDropped: (reason) => log.debug(`page ${pageId}: dropped what was ${reason}`),
                }),
            };
            pages.set(pageId, page);
            listeners.add(
                link.onClosed((reason) => {
                    release(page);
                    for (const listener of closedListeners) listener(pageId, generation, reason);
                }),
            );
            link.load(request);
        },
        send(pageId, generation, message) {
            const page = pages.get(pageId);
            if (page?.request.generation !== generation) return;
            page.replay.note(message);
            if (page.ready) page.channel.send(message);
        },
        close(pageId) {
            const page = pages.get(pageId);
            if (!page) return;
            release(page);
            closeLink(page);
        },
        hasTab: (pageId, target) => pages.has(pageId) || (target !== undefined && adopted.has(targetKey(target))),
        keepTabs() {
            keepTabs = true;
        },
        reveal: (pageId) => pages.get(pageId)?.link.reveal(),
        onMessage: (listener) => listen(messageListeners, listener),
        onClosed: (listener) => listen(closedListeners, listener),
        adopt(target, link) {
            takeAdopted(target)?.close();
            const key = targetKey(target);
            adopted.set(key, { link, listener: link.onClosed(() => adopted.delete(key)) });
        },
        dispose() {
            for (const page of [...pages.values()]) {
                release(page);
                closeLink(page);
            }
            adopted.clear(); // restored tabs stay for the next start
        },
    };
}

function transportOver(link: PageLink, listeners: DisposableScope): Parameters<typeof createChannel>[0]['transport'] {
    return {
        post: (data) => link.post(data),
        onData(listener) {
            const registration = listeners.add(link.onData(listener));
            return () => registration.dispose();
        },
    };
}

function listen<T>(set: Set<T>, listener: T): Disposable {
    set.add(listener);
    return { dispose: () => set.delete(listener) };
}

function targetKey({ roomId, userId, deviceId, shareId }: StoredTarget): string {
    return JSON.stringify([roomId, userId ?? null, deviceId ?? null, shareId ?? null]);
}

function initMessage(
    { role, title, roomName, target }: PageRequest,
    theme: 'light' | 'dark',
    smoothMotion: boolean,
): HostMessage {
    return { type: 'init', role, title, roomName, theme, smoothMotion, persist: target ?? null };
}
