/**
 * Holds tokens until they are sent to their page, and the servers that each page may connect to. The session's state
 * never holds a token. All input comes through its options.
 */
import type { MediaGrant } from '../share/mediaMessages.ts';
import { isHushError, userMessage } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { MediaPort } from './mediaPort.ts';
import type { RtcPort } from './rtcPort.ts';
import type { Effect, Failure, SessionEvent } from './state.ts';

interface Grant {
    readonly grant: MediaGrant;
    /** The participant identity that we publish under. Undefined for a viewer tab. */
    readonly identity: string | undefined;
}
type OpenPage = Extract<Effect, { type: 'openPage' }>;
type FetchGrant = Extract<Effect, { type: 'fetchPublishGrant' | 'fetchViewerGrant' }>;

export interface PageGrants {
    obtain(effect: FetchGrant): Promise<void>;
    /** Opens the page now, or as soon as its SFU is known. */
    open(effect: OpenPage): void;
    held(pageId: string): Grant | undefined;
    forget(pageId: string): void;
    /** The page is closed. */
    close(pageId: string): void;
    clear(): void;
}

export interface PageGrantsOptions {
    readonly rtc: Pick<RtcPort, 'publishGrant' | 'viewerGrant'>;
    readonly media: Pick<MediaPort, 'open' | 'hasTab'>;
    readonly log: Log;
    dispatch(event: SessionEvent): void;
    /** The current page with this ID. Undefined when it is closed. */
    current(
        pageId: string,
    ): { readonly generation: number; readonly moving: boolean; readonly wantsGrant: boolean } | undefined;
}

/** An origin that does not exist. An empty list would mean a server that is not known yet. */
const NO_SERVER = ['none:'];

/** The http(s) and ws(s) forms of the SFU's origin, because livekit-client uses both. */
export function sfuOrigins(url: string): string[] {
    const { host, protocol } = new URL(url);
    return protocol === 'wss:' ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`];
}

export function failureOf(error: unknown, doing: string): Failure {
    return { code: isHushError(error) ? error.code : 'internal', message: userMessage(error, doing) };
}

export function createPageGrants({ rtc, media, log, dispatch, current }: PageGrantsOptions): PageGrants {
    const grants = new Map<string, Grant>();
    /** Origins of the SFUs behind an authoriser (undefined: our own), as its tokens named them. */
    const origins = new Map<string | undefined, readonly string[]>();
    /** The origins that each page was opened with. */
    const opened = new Map<string, readonly string[]>();
    /** Tabs that wait for their token, because it names their SFU. */
    const unopened = new Map<string, OpenPage>();

    const openPage = (effect: OpenPage): void => {
        const connectOrigins = effect.servers === 'none' ? NO_SERVER : (origins.get(effect.serviceUrl) ?? []);
        opened.set(effect.pageId, connectOrigins);
        media.open({ ...effect, connectOrigins });
    };
    /**
     * A page that was opened for an unknown server may connect to any server. So it need not be reloaded during a move.
     */
    const mayTalkTo = (pageId: string, found: readonly string[], moving: boolean): boolean => {
        const allowed = opened.get(pageId) ?? [];
        return (moving && allowed.length === 0) || found.every((origin) => allowed.includes(origin));
    };

    return {
        async obtain(effect) {
            const { pageId, generation, roomId } = effect;
            const sharing = effect.type === 'fetchPublishGrant';
            try {
                const fetched: Grant = sharing
                    ? await rtc.publishGrant(roomId)
                    : { grant: await rtc.viewerGrant(roomId, effect.serviceUrl, pageId), identity: undefined };
                const page = current(pageId);
                // The page was closed or requested again meanwhile, or its share returned to the transport that needs
                // no token.
                if (page?.generation !== generation || !page.wantsGrant) return;
                grants.set(pageId, fetched);
                const waiting = unopened.get(pageId);
                unopened.delete(pageId);
                const service = sharing ? undefined : effect.serviceUrl;
                const found = sfuOrigins(fetched.grant.url);
                // Keeps every origin seen behind the authoriser, because it may name several in turn.
                origins.set(service, [...new Set([...(origins.get(service) ?? []), ...found])]);
                if (waiting) openPage(waiting);
                // Its tab was opened before the SFU was known, or for an SFU that has moved. It is opened again for
                // this one.
                else if (!sharing && !mayTalkTo(pageId, found, page.moving)) {
                    dispatch({ type: 'page', pageId, generation, message: { type: 'action', name: 'retry' } });
                    return;
                }
                dispatch({ type: 'grantReady', pageId, generation });
            } catch (error) {
                log.warn(`no media token for ${sharing ? 'sharing' : 'watching'}`, error);
                const failure = failureOf(error, 'Connecting to the media server');
                dispatch({ type: 'grantFailed', pageId, generation, failure });
            }
        },
        open(effect) {
            // An existing tab must not wait. It shows the progress, even if no token arrives.
            const now =
                effect.servers !== 'known' ||
                origins.has(effect.serviceUrl) ||
                media.hasTab(effect.pageId, effect.target);
            if (now) openPage(effect);
            else unopened.set(effect.pageId, effect);
        },
        held: (pageId) => grants.get(pageId),
        forget: (pageId) => void grants.delete(pageId),
        close(pageId) {
            grants.delete(pageId);
            unopened.delete(pageId);
            opened.delete(pageId);
        },
        clear: () => grants.clear(),
    };
}
