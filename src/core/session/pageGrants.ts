/**
 * Tokens between being fetched and being sent to their page, and the servers that each page may talk to. The session's
 * state never holds a token. Pure: what it needs comes in.
 */
import type { MediaGrant } from '../share/mediaMessages.ts';
import { isHushError, userMessage } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { MediaPort } from './mediaPort.ts';
import type { RtcPort } from './rtcPort.ts';
import type { Effect, Failure, SessionEvent } from './state.ts';

interface Grant {
    readonly grant: MediaGrant;
    /** Identity we publish under; undefined for a view. */
    readonly identity: string | undefined;
}
type OpenPage = Extract<Effect, { type: 'openPage' }>;
type FetchGrant = Extract<Effect, { type: 'fetchPublishGrant' | 'fetchViewGrant' }>;

export interface PageGrants {
    obtain(effect: FetchGrant): Promise<void>;
    /** Opens the page now, or when its media server is known. */
    open(effect: OpenPage): void;
    held(call: string): Grant | undefined;
    forget(call: string): void;
    /** The page is closed. */
    close(call: string): void;
    clear(): void;
}

export interface PageGrantsOptions {
    readonly rtc: Pick<RtcPort, 'publishGrant' | 'viewGrant'>;
    readonly media: Pick<MediaPort, 'open' | 'hasTab'>;
    readonly log: Log;
    dispatch(event: SessionEvent): void;
    /** What the call's page is now; undefined when it is closed. */
    current(
        call: string,
    ): { readonly generation: number; readonly moving: boolean; readonly wantsGrant: boolean } | undefined;
}

/** No origin that there is; an empty list would stand for a server that is not known yet. */
const NO_SERVER = ['none:'];

/** http(s) and ws(s) forms of the SFU's origin: livekit-client speaks both to it. */
export function sfuOrigins(url: string): string[] {
    const { host, protocol } = new URL(url);
    return protocol === 'wss:' ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`];
}

export function failureOf(error: unknown, doing: string): Failure {
    return { code: isHushError(error) ? error.code : 'internal', message: userMessage(error, doing) };
}

export function createPageGrants({ rtc, media, log, dispatch, current }: PageGrantsOptions): PageGrants {
    const grants = new Map<string, Grant>();
    /** Origins of the SFUs behind an authoriser (undefined: our own), as its tokens said. */
    const origins = new Map<string | undefined, readonly string[]>();
    /** Origins that a call's page was opened with. */
    const opened = new Map<string, readonly string[]>();
    /** Tabs that wait for their token to know which SFU they may talk to. */
    const unopened = new Map<string, OpenPage>();

    const openPage = (effect: OpenPage): void => {
        const connectOrigins = effect.servers === 'none' ? NO_SERVER : (origins.get(effect.serviceUrl) ?? []);
        opened.set(effect.call, connectOrigins);
        media.open({ ...effect, connectOrigins });
    };
    /** A page that was opened for a server not known yet may talk to any, and need not be loaded again in the middle. */
    const mayTalkTo = (call: string, found: readonly string[], moving: boolean): boolean => {
        const allowed = opened.get(call) ?? [];
        return (moving && allowed.length === 0) || found.every((origin) => allowed.includes(origin));
    };

    return {
        async obtain(effect) {
            const { call, generation, roomId } = effect;
            const sharing = effect.type === 'fetchPublishGrant';
            try {
                const fetched: Grant = sharing
                    ? await rtc.publishGrant(roomId)
                    : { grant: await rtc.viewGrant(roomId, effect.serviceUrl, call), identity: undefined };
                const page = current(call);
                // Closed, or asked for anew, meanwhile; or its share came back to the way that needs none.
                if (page?.generation !== generation || !page.wantsGrant) return;
                grants.set(call, fetched);
                const waiting = unopened.get(call);
                unopened.delete(call);
                const service = sharing ? undefined : effect.serviceUrl;
                const found = sfuOrigins(fetched.grant.url);
                // All that were seen behind it: an authoriser may name several in turn.
                origins.set(service, [...new Set([...(origins.get(service) ?? []), ...found])]);
                if (waiting) openPage(waiting);
                // Its tab was opened before the SFU was known, or for one that moved: it is opened again for this one.
                else if (!sharing && !mayTalkTo(call, found, page.moving)) {
                    dispatch({ type: 'page', call, generation, message: { type: 'action', name: 'retry' } });
                    return;
                }
                dispatch({ type: 'grantReady', call, generation });
            } catch (error) {
                log.warn(`no media token for ${sharing ? 'sharing' : 'watching'}`, error);
                const failure = failureOf(error, 'Connecting to the media server');
                dispatch({ type: 'grantFailed', call, generation, failure });
            }
        },
        open(effect) {
            // A tab that is there already must not wait: it shows what becomes of it, also when no token comes.
            const now =
                effect.servers !== 'known' ||
                origins.has(effect.serviceUrl) ||
                media.hasTab(effect.call, effect.target);
            if (now) openPage(effect);
            else unopened.set(effect.call, effect);
        },
        held: (call) => grants.get(call),
        forget: (call) => void grants.delete(call),
        close(call) {
            grants.delete(call);
            unopened.delete(call);
            opened.delete(call);
        },
        clear: () => grants.clear(),
    };
}
