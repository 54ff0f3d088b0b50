/** Tokens and media keys on their way to the pages. A key goes only to pages that play or publish its participant. */
import type { Log } from '../base/log.ts';
import type { HostMessage } from '../share/mediaMessages.ts';
import type { MediaPort } from './mediaPort.ts';
import type { PageGrants } from './pageGrants.ts';
import type { MediaKey, RtcPort } from './rtcPort.ts';
import { memberOf, targetMembership } from './sessionMembers.ts';
import type { Effect, SessionState } from './state.ts';

type MediaEffect = Extract<Effect, { type: 'preparePublish' | 'publish' | 'connectViewerTab' | 'openSideChannel' }>;

type Device = NonNullable<MediaKey['sideChannel']>;

export interface MediaEffects {
    run(effect: MediaEffect): void;
    /** A new key, of us or of another device. */
    key(key: MediaKey): void;
    /** The device is no longer in the side channels of that room. */
    sideChannelLeft(roomId: string, device: { userId: string; deviceId: string }): void;
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
            if (!key.sideChannel && (identity === null || key.identity === identity)) sendKey(pageId, generation, key);
        media.send(pageId, generation, { type: 'view.connect', grant: held.grant, identity, handover });
    };

    const openSideChannel = (effect: Extract<MediaEffect, { type: 'openSideChannel' }>): void => {
        const { pageId, generation, roomId, shareId, sharer } = effect;
        const { self } = state();
        if (!self) return;
        const { userId, deviceId } = self;
        media.send(pageId, generation, {
            type: 'sideChannel.open',
            roomId,
            shareId,
            self: { userId, deviceId },
            sharer,
        });
        for (const key of rtc.currentKeys(roomId))
            if (key.sideChannel) media.send(pageId, generation, sideKeyMessage(key, key.sideChannel));
    };
    const sideKeyMessage = ({ roomId, key }: MediaKey, { userId, deviceId }: Device): HostMessage => {
        const name = memberOf(state(), roomId, userId, deviceId)?.name ?? userId;
        return { type: 'sideChannel.key', userId, deviceId, name, key };
    };
    const toSideChannels = (roomId: string, message: HostMessage): void => {
        const { share, viewerTabs } = state();
        if (share?.roomId === roomId) media.send(share.id, share.generation, message);
        for (const { id, generation, target } of viewerTabs.values())
            if (target.roomId === roomId && target.shareId !== undefined) media.send(id, generation, message);
    };
    const sideKey = (key: MediaKey, device: Device): void => toSideChannels(key.roomId, sideKeyMessage(key, device));

    return {
        run(effect) {
            if (effect.type === 'connectViewerTab') return connect(effect);
            if (effect.type === 'openSideChannel') return openSideChannel(effect);
            const { pageId, generation } = effect;
            const held = grants.held(pageId);
            if (held?.identity === undefined) return;
            const { grant, identity } = held;
            if (effect.type === 'preparePublish')
                return media.send(pageId, generation, { type: 'share.prepare', grant, identity });
            for (const key of rtc.currentKeys(effect.roomId))
                if (!key.sideChannel && key.identity === identity) sendKey(pageId, generation, key);
            media.send(pageId, generation, { type: 'share.publish', grant, identity });
        },
        key(key) {
            if (key.sideChannel) return sideKey(key, key.sideChannel);
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
        sideChannelLeft: (roomId, { userId, deviceId }) =>
            toSideChannels(roomId, { type: 'sideChannel.forget', userId, deviceId }),
    };
}
