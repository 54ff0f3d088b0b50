/** Runs the effects of the session core over its ports. Their results come back as events. */
import type { TrustLevel } from '../trust/trustLevels.ts';
import type { After } from '../base/timer.ts';
import type { Log } from '../base/log.ts';
import type { CallsPort } from './callsPort.ts';
import { createMediaEffects } from './mediaEffects.ts';
import type { MediaPort } from './mediaPort.ts';
import { createMembershipEffects } from './membershipEffects.ts';
import { createPageGrants, failureOf } from './pageGrants.ts';
import type { MediaKey, RtcPort } from './rtcPort.ts';
import type { Effect, Notice, SessionEvent, SessionState } from './state.ts';
import { needsGrant } from './subscribePath.ts';

export interface SessionPorts {
    readonly rtc: RtcPort;
    readonly calls: CallsPort;
    readonly media: MediaPort;
    readonly log: Log;
    deviceTrust(userId: string, deviceId: string): Promise<TrustLevel>;
    deviceName(userId: string, deviceId: string): Promise<string>;
    readonly after: After;
    notify(notice: Notice): void;
}

export interface SessionEffects {
    run(effect: Effect): void;
    /** A new media key, or one of the side channel. */
    key(key: MediaKey): void;
    sideChannelLeft(roomId: string, device: { userId: string; deviceId: string }): void;
    /** Resolves when every requested join, announce and leave has ended. */
    settled(): Promise<void>;
    dispose(): void;
}

type Of<T extends Effect['type']> = Extract<Effect, { type: T }>;

export function createSessionEffects(
    ports: SessionPorts,
    state: () => SessionState,
    dispatch: (event: SessionEvent) => void,
): SessionEffects {
    const { rtc, calls, media, log } = ports;
    const grants = createPageGrants({ rtc, media, log, dispatch, current: (pageId) => pageOf(state(), pageId) });
    const memberships = createMembershipEffects({ rtc, log, state, dispatch });
    const shown = createMediaEffects({ rtc, media, grants, log, state });
    const waits = new Set<() => void>();

    const askToShare = ({ pageId, generation }: Of<'askToShare'>): void => {
        rtc.mayShare().then(
            () => dispatch({ type: 'grantReady', pageId, generation }),
            (error: unknown) => {
                log.warn('the screen must not be shared now', error);
                dispatch({ type: 'grantFailed', pageId, generation, failure: failureOf(error, 'Sharing') });
            },
        );
    };
    const wait = ({ pageId, wait: name, ms }: Of<'wait'>): void => {
        const stop = ports.after(ms, () => {
            waits.delete(stop);
            dispatch({ type: 'waited', pageId, wait: name });
        });
        waits.add(stop);
    };
    const startKeys = ({ roomId }: Of<'startKeys'>): void => {
        const share = state().share?.id;
        const tell = (event: SessionEvent): void => {
            if (state().share?.id === share) dispatch(event); // otherwise it is about a share that is over
        };
        rtc.startKeys(roomId).then(
            () => tell({ type: 'keysReady', roomId }),
            (error: unknown) => {
                log.warn('the media key could not be sent', error);
                tell({ type: 'keysFailed', roomId, failure: failureOf(error, 'Sending the encryption key') });
            },
        );
    };
    const queryTrust = ({ tabId, userId, deviceId }: Of<'queryTrust'>): void => {
        Promise.all([ports.deviceTrust(userId, deviceId), ports.deviceName(userId, deviceId)]).then(
            ([trust, deviceName]) => dispatch({ type: 'trust', tabId, trust, deviceName }),
            (error: unknown) => log.warn('reading the trust of a device failed', error),
        );
    };
    const sendWatch = (effect: Of<'sendWatch'>): void => {
        rtc.sendWatch(effect, effect.watching, effect.via).catch((error: unknown) =>
            log.warn('telling the sharer failed', error),
        );
    };
    const closePage = ({ pageId }: Of<'closePage'>): void => {
        grants.close(pageId);
        media.close(pageId);
    };
    const runners: { readonly [T in Effect['type']]: (effect: Of<T>) => void } = {
        askToShare,
        fetchPublishGrant: (effect) => void grants.obtain(effect),
        fetchViewerGrant: (effect) => void grants.obtain(effect),
        openPage: (effect) => grants.open(effect),
        forgetGrant: ({ pageId }) => grants.forget(pageId),
        wait,
        revealPage: ({ pageId }) => media.reveal(pageId),
        closePage,
        send: ({ pageId, generation, message }) => media.send(pageId, generation, message),
        preparePublish: shown.run,
        publish: shown.run,
        connectViewerTab: shown.run,
        openSideChannel: shown.run,
        join: memberships.run,
        announce: memberships.run,
        leave: memberships.run,
        startKeys,
        stopKeys: ({ roomId }) => rtc.stopKeys(roomId),
        sendWatch,
        sendCover: ({ to, ...news }) =>
            void rtc.sendCover(news, to).catch((error: unknown) => log.warn('telling the viewers failed', error)),
        serveMesh: (effect) => calls.publish({ roomId: effect.roomId, shareId: effect.pageId }, effect),
        watchMesh: (effect) => calls.watch(effect, effect),
        callPerson: ({ roomId, pageId, userId }) => calls.call({ roomId, shareId: pageId, userId }),
        acceptCall: (effect) => calls.accept(effect, effect),
        releaseMesh: ({ pageId }) => calls.release(pageId),
        retireMesh: ({ pageId }) => calls.unpublish(pageId),
        queryTrust,
        notify: ({ notice }) => ports.notify(notice),
        log: ({ level, text }) => log[level](text),
    };

    return {
        run: (effect) => (runners[effect.type] as (effect: Effect) => void)(effect),
        key: (key) => shown.key(key),
        sideChannelLeft: (roomId, device) => shown.sideChannelLeft(roomId, device),
        settled: () => memberships.settled(),
        dispose() {
            for (const stop of waits) stop();
            grants.clear();
        },
    };
}

/** What a page's token depends on. */
function pageOf(state: SessionState, pageId: string) {
    const { share } = state;
    if (share?.id === pageId)
        return { generation: share.generation, moving: share.course.kind === 'moving', wantsGrant: true };
    const tab = state.viewerTabs.get(pageId);
    return tab && { generation: tab.generation, moving: tab.move !== undefined, wantsGrant: needsGrant(tab) };
}
