/** Tokens and media keys on their way to the pages. A key goes only to pages that play or publish its participant. */
import type { Log } from '../base/log.ts';
import type { MediaPort } from './mediaPort.ts';
import type { PageGrants } from './pageGrants.ts';
import type { MediaKey, RtcPort } from './rtcPort.ts';
import { targetMembership } from './sessionMembers.ts';
import type { Effect, SessionState } from './state.ts';

type MediaEffect = Extract<Effect, { type: 'preparePublish' | 'publish' | 'connectViewerTab' }>;

export interface MediaEffects {
    run(effect: MediaEffect): void;
    /** A new key, of us or of another device. */
    key(key: MediaKey): void;
}

export interface MediaEffectsOptions {
    readonly rtc: Pick<RtcPort, 'currentKeys'>;
    readonly media: Pick<MediaPort, 'send'>;
    readonly grants: Pick<PageGrants, 'held'>;
    readonly log: Log;
    state(): SessionState;
}

export function createMediaEffects({ rtc, media, grants, log, state }: MediaEffectsOptions): MediaEffects {
    const sendKey = (pageId: string, generation: number, { identity, index, key }: MediaKey): void =>
        media.send(pageId, generation, { type: 'keys.set', identity, index, key });

    const connect = ({
        pageId,
        generation,
        roomId,
        identity,
        handover,
    }: Extract<MediaEffect, { type: 'connectViewerTab' }>) => {
        const held = grants.held(pageId);
        if (!held) return;
        for (const key of rtc.currentKeys(roomId))
            if (identity === null || key.identity === identity) sendKey(pageId, generation, key);
        media.send(pageId, generation, { type: 'view.connect', grant: held.grant, identity, handover });
    };

    return {
        run(effect) {
            if (effect.type === 'connectViewerTab') return connect(effect);
            const { pageId, generation } = effect;
            const held = grants.held(pageId);
            if (held?.identity === undefined) return;
            const { grant, identity } = held;
            if (effect.type === 'preparePublish')
                return media.send(pageId, generation, { type: 'share.prepare', grant, identity });
            for (const key of rtc.currentKeys(effect.roomId))
                if (key.identity === identity) sendKey(pageId, generation, key);
            media.send(pageId, generation, { type: 'share.publish', grant, identity });
        },
        key(key) {
            const { share, viewerTabs } = state();
            log.debug(`media key ${key.index} of ${key.identity}`);
            const publishes = share?.roomId === key.roomId && grants.held(share.id)?.identity === key.identity;
            if (publishes && share.phase !== 'choosing') sendKey(share.id, share.generation, key);
            for (const tab of viewerTabs.values()) {
                if (tab.target.roomId !== key.roomId || tab.phase === 'opening') continue;
                const identity = targetMembership(state(), tab.target)?.identity;
                if (tab.target.userId === undefined || identity === key.identity) sendKey(tab.id, tab.generation, key);
            }
        },
    };
}
