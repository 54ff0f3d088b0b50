/** Sessions of rooms: memberships, media tokens and keys. */
import { randomBytes, randomUUID } from 'node:crypto';
import { HushError } from '../../core/base/errors.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import type { OwnSfu } from '../../core/share/ownSfu.ts';
import { PLACEHOLDER_TOKEN } from '../account/tokenRefresh.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { createGrants, type Grants } from '../rtc/grants.ts';
import { createHomeserverTokens } from '../rtc/homeserverTokens.ts';
import { createMediaKeys, type MediaKeys } from '../rtc/keyRingRunner.ts';
import { createKeyTransport } from '../rtc/keyTransport.ts';
import { createRtc, type Rtc } from '../rtc/rtcSession.ts';
import { createSideChannelKeyTransport } from '../rtc/sideChannelKeyTransport.ts';
import { createSideChannelKeys, type SideChannelKeys } from '../rtc/sideChannelKeys.ts';
import { createTokenExchange } from '../rtc/tokenExchange.ts';
import { createTransports, isLocalUrl, type Transports } from '../rtc/transports.ts';
import { createCoverNews } from '../rtc/coverNews.ts';
import { createWatch } from '../rtc/watch.ts';
import type { OpenAccountOptions } from './accountOptions.ts';
import type { OpenAdmission } from './openAdmission.ts';
import type { Homeserver } from './openHomeserver.ts';

export interface OpenSession {
    readonly rtc: Rtc;
    readonly keys: MediaKeys;
    readonly transports: Transports;
    readonly grants: Grants;
    dispose(): void;
}

const NO_SERVER: OwnSfu = {
    url: () => Promise.resolve(undefined),
    token: () => Promise.reject(new HushError('media.noServer', 'There is no LiveKit server set up.')),
};

export function openSession(
    homeserver: Homeserver,
    { messages, admission }: OpenAdmission,
    options: OpenAccountOptions,
): OpenSession {
    const { sdk, self, fetch, now, log } = homeserver;
    const { ownServer = NO_SERVER } = options;
    const transports = discoverTransports(homeserver, ownServer, options);
    const keys = createMediaKeys({
        self,
        transport: createKeyTransport(messages, self, now),
        now,
        random: randomBytes,
        log,
        inRoom: (roomId) => sdk.getRoom(roomId)?.getMyMembership() === 'join',
        excluded: (device) => admission.refusal(device) !== undefined,
    });
    const sideChannelKeys = openSideChannelKeys(homeserver, { messages, admission });
    const tokens = createHomeserverTokens({
        baseUrl: homeserver.baseUrl,
        fetch: homeserver.requests,
        accessToken: PLACEHOLDER_TOKEN,
        deviceId: self.deviceId,
    });
    const grants = createGrants({
        ...self,
        openIdToken: () =>
            sdk.getOpenIdToken().catch((error: unknown) => {
                throw fromSdk(error, 'Asking the homeserver to vouch for you');
            }),
        mayAskLocal: (serviceUrl) =>
            !isLocalUrl(serviceUrl, homeserver.baseUrl) || serviceUrl === options.serviceUrlSetting().trim(),
        homeserver: tokens,
        // Each needs the other: only members of the session give tokens.
        own: { server: ownServer, ask: (...args) => exchange.ask(...args) },
        fetch,
        now,
        uuid: randomUUID,
    });
    const rtc = createRtc({
        homeserver: tokens,
        sdk,
        self,
        transports,
        now,
        log,
        grants,
        keys,
        sideChannelKeys,
        membershipSetting: options.membershipSetting,
        uuid: randomUUID,
        coverNews: createCoverNews(messages, self.deviceId, log),
        watch: createWatch(messages, self.deviceId, log),
        judge: (devices) => admission.judge(devices),
        assertClock: () => homeserver.watch.assertClock('join'),
    });
    const exchange = createTokenExchange({
        self,
        messages,
        ownServer,
        members: (roomId) => rtc.members(roomId),
        uuid: randomUUID,
        log,
    });
    return {
        rtc,
        keys,
        transports,
        grants,
        dispose() {
            exchange.dispose();
            rtc.dispose();
        },
    };
}

function openSideChannelKeys(
    { sdk, self, now, log }: Homeserver,
    { messages, admission }: Pick<OpenAdmission, 'messages' | 'admission'>,
): SideChannelKeys {
    const keys = createMediaKeys({
        self,
        transport: createSideChannelKeyTransport(messages, self, now),
        now,
        random: randomBytes,
        log,
        inRoom: (roomId) => sdk.getRoom(roomId)?.getMyMembership() === 'join',
        excluded: (device) => admission.refusal(device) !== undefined,
    });
    return createSideChannelKeys({
        self,
        keys,
        refusal: (device) => admission.refusal(device),
        judge: (devices) => admission.judge(devices),
        onAdmission: (listener) => admission.onChange(listener),
        log,
    });
}

function discoverTransports(
    { sdk, self, baseUrl, requests, now, log }: Homeserver,
    ownServer: OwnSfu,
    { serviceUrlSetting }: OpenAccountOptions,
): Transports {
    return createTransports({
        baseUrl,
        serverName: parseUserId(self.userId)?.serverName ?? '',
        fetch: requests,
        accessToken: PLACEHOLDER_TOKEN,
        setting: serviceUrlSetting,
        ownServer: () => ownServer.url(),
        supports: (feature) => sdk.doesServerSupportUnstableFeature(feature),
        log,
        now,
    });
}
