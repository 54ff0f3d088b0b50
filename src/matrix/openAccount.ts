/** A signed-in account on its stores: the composition of `src/matrix` and what the rest of Hush holds of it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { Account } from '../core/account/account.ts';
import { HushError } from '../core/base/errors.ts';
import type { Log } from '../core/base/log.ts';
import type { SharePolicy } from '../core/trust/shareTrust.ts';
import { latestAudiences, latestWithheld } from '../core/session/trustEvents.ts';
import type { StoredAccount } from '../core/account/storedAccounts.ts';
import type { Vault } from '../core/account/vault.ts';
import { openMatrixClient, type OpenMatrixClient } from './sdk/client.ts';
import { createAccountStatus } from './account/accountStatus.ts';
import { createAccountTokens } from './account/accountTokens.ts';
import { accountDiagnostics } from './accountDiagnostics.ts';
import { createDevices } from './account/ownDevices.ts';
import { deviceName, deviceTrust } from './trust/deviceTrust.ts';
import { keysElsewhere } from './account/keysElsewhere.ts';
import { endSignIn } from './account/forgetAccount.ts';
import { takeOverRoomKeys } from './account/formerDevices.ts';
import { fromSdk, type Fetch } from './requests/matrixHttp.ts';
import { createRooms } from './rooms/accountRooms.ts';
import { createRoomWork } from './rooms/roomAdmin.ts';
import { createConversations } from './chat/conversations.ts';
import { findPeople } from './rooms/findPeople.ts';
import { createPresence } from './rooms/presence.ts';
import { createCalls } from './calls/callRunner.ts';
import { createIceServers } from './calls/iceServers.ts';
import { createCallRequests } from './calls/callRequests.ts';
import { createCallSignalling } from './calls/signalling.ts';
import { createGrants } from './rtc/grants.ts';
import { createHomeserverTokens } from './rtc/homeserverTokens.ts';
import { createKeyTransport } from './rtc/keyTransport.ts';
import { createMediaKeys } from './rtc/keyRingRunner.ts';
import { createOlmMessages } from './rtc/olmMessages.ts';
import type { OwnServer } from '../core/share/ownSfu.ts';
import { createRtc, type RtcOptions } from './rtc/rtcSession.ts';
import { createTokenExchange } from './rtc/tokenExchange.ts';
import { createTransports, isLocalUrl } from './rtc/transports.ts';
import { createWatch } from './rtc/watch.ts';
import { parseUserId } from '../core/base/identifiers.ts';
import { storePath } from './account/storePath.ts';
import { PLACEHOLDER_TOKEN } from './account/tokenRefresh.ts';
import { createAdmission } from './trust/admission.ts';
import { createQueryGate } from './trust/queryGate.ts';
import { createSecretKeys } from './trust/secretKeys.ts';
import { createServerWatch } from './trust/serverWatch.ts';
import { createShareAudiences } from './trust/shareAudience.ts';
import { createStandings } from './trust/standing.ts';
import { createTrust } from './trust/matrixTrust.ts';
import { createTrustMessages } from './trust/trustMessages.ts';

export interface OpenAccountOptions {
    readonly stored: StoredAccount;
    readonly vault: Vault;
    /** Where the stores live; created if missing. One file per device. */
    readonly dataDir: string;
    readonly log: Log;
    /** `hush.livekit.serviceUrl`, read when needed. */
    readonly serviceUrlSetting: () => string;
    /** `hush.mesh.relayOnly`, read for every connection; default: off. */
    readonly relayOnlySetting?: () => boolean;
    readonly membershipSetting?: RtcOptions['membershipSetting'];
    /** `hush.trust.shareWith`, read for every decision; default: `crossSigned`. */
    readonly sharePolicySetting?: () => SharePolicy;
    /** Answers the server when it wants more than a signed-in device before it takes a first identity. */
    readonly uploadAuth?: UIAuthCallback<void>;
    /** The LiveKit server whose key the person holds; default: none. */
    readonly ownServer?: OwnServer;
    /** Defaults: the real ones. */
    readonly fetch?: Fetch;
    readonly now?: () => number;
}

const NO_SERVER: OwnServer = {
    url: () => Promise.resolve(undefined),
    token: () => Promise.reject(new HushError('media.noServer', 'There is no LiveKit server set up.')),
};

/** ms for telling peers, when the account stops; their side notices by itself later. */
const HANG_UP_WITHIN_MS = 2_000;

/** 32 bytes, base64: what a new {@link StoredAccount} needs. */
export function newStorageKey(): string {
    return randomBytes(32).toString('base64');
}

/**
 * Opens the stores; `start()` begins to sync. Without an access token (the server
 * ended the session) the account is `expired` and sends nothing.
 * @throws HushError `account.storeLocked`, `account.storeFailed`.
 */
export async function openAccount(options: OpenAccountOptions): Promise<Account> {
    const { vault, log } = options;
    let { stored } = options;
    const { userId, deviceId, baseUrl } = stored;
    const { fetch = globalThis.fetch, now = Date.now } = options;
    const openedAt = performance.now();
    const path = storePath(options.dataDir, userId, deviceId);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });

    const status = createAccountStatus(
        stored.accessToken === undefined
            ? { kind: 'expired', userId, deviceGone: stored.deviceGone === true }
            : { kind: 'starting', userId },
    );
    /** Why the account may stop soon, for the person. */
    let trouble: string | undefined;
    /** May end before there is a client. */
    const ended = Promise.withResolvers<void>();
    const tokens = createAccountTokens({
        stored,
        next: () => stored,
        vault,
        fetch,
        now,
        log,
        onEnd(state) {
            status.become(state);
            ended.resolve();
        },
        onUnsaved(error) {
            trouble = error?.message;
            if (status.state.kind === 'ready') ready();
        },
    });
    const { fetch: requests } = tokens;
    const self = { userId, deviceId };
    const secretKeys = createSecretKeys();
    const server = createServerWatch({ fetch: requests, now, known: (users) => client.knownDevices(users), log });
    const gate = createQueryGate(server.fetch);
    const client: OpenMatrixClient = await openMatrixClient({
        baseUrl,
        userId,
        deviceId,
        storageKey: Buffer.from(stored.storageKey, 'base64'),
        storePath: path,
        fetch: gate.fetch,
        cryptoCallbacks: secretKeys.callbacks,
        now,
        log,
    });
    const { sdk } = client;
    void ended.promise.then(() => sdk.stopClient());
    stored = await takeOverRoomKeys(stored, { dataDir: options.dataDir, ...client, log });
    const trackDevices = (ids: readonly string[]): Promise<void> => client.trackDevices(ids);
    const messages = createOlmMessages({ sdk, trackDevices, log });
    const trustMessages = createTrustMessages(messages, deviceId, log);
    const admission = createAdmission({
        policy: () => options.sharePolicySetting?.() ?? 'crossSigned',
        standings: createStandings(sdk),
        trackDevices,
        log,
    });
    const ownServer = options.ownServer ?? NO_SERVER;
    const transports = createTransports({
        baseUrl,
        serverName: parseUserId(userId)?.serverName ?? '',
        fetch: requests,
        accessToken: PLACEHOLDER_TOKEN,
        setting: options.serviceUrlSetting,
        ownServer: () => ownServer.url(),
        supports: (feature) => sdk.doesServerSupportUnstableFeature(feature),
        log,
        now,
    });
    const openIdToken = (): ReturnType<typeof sdk.getOpenIdToken> =>
        sdk.getOpenIdToken().catch((error: unknown) => {
            throw fromSdk(error, 'Asking the homeserver to vouch for you');
        });
    const keys = createMediaKeys({
        self,
        transport: createKeyTransport(messages, self, now),
        now,
        random: randomBytes,
        log,
        inRoom: (roomId) => sdk.getRoom(roomId)?.getMyMembership() === 'join',
        excluded: (device) => admission.refusal(device) !== undefined,
    });
    const inRoom = (roomId: string, user: string): boolean => {
        const room = sdk.getRoom(roomId);
        return room?.getMyMembership() === 'join' && room.getMember(user)?.membership === 'join';
    };
    const mayAskLocal = (serviceUrl: string): boolean =>
        !isLocalUrl(serviceUrl, baseUrl) || serviceUrl === options.serviceUrlSetting().trim();
    const homeserver = createHomeserverTokens({ baseUrl, fetch: requests, accessToken: PLACEHOLDER_TOKEN, deviceId });
    const grants = createGrants({
        ...self,
        openIdToken,
        mayAskLocal,
        homeserver,
        own: { server: ownServer, ask: (...args) => exchange.ask(...args) },
        fetch,
        now,
        uuid: randomUUID,
    });
    const rtc = createRtc({
        homeserver,
        sdk,
        self,
        transports,
        now,
        log,
        grants,
        keys,
        membershipSetting: options.membershipSetting,
        uuid: randomUUID,
        watch: createWatch(messages, deviceId, log),
        judge: (devices) => admission.judge(devices),
        assertClock: () => server.assertClock('join'),
    });
    const exchange = createTokenExchange({
        self,
        messages,
        ownServer,
        members: (roomId) => rtc.members(roomId),
        uuid: randomUUID,
        log,
    });
    const rooms = createRooms({ sdk, rtcMembers: rtc.members, onRtc: rtc.onMembers, log });

    const iceServers = createIceServers({ ask: () => sdk.turnServer(), now, log });
    const calls = createCalls({
        self,
        now,
        log,
        signalling: createCallSignalling({ sdk, self, log }),
        requests: createCallRequests(messages, deviceId, log),
        iceServers,
        relayOnly: () => options.relayOnlySetting?.() ?? false,
        inRoom,
        async admit(roomId, device) {
            await admission.judge([device]);
            const refusal = admission.refusal(device);
            // Told each time it asks: it may have forgotten, as a window that was loaded again has.
            if (refusal !== undefined && refusal !== 'checking')
                void trustMessages.sendWithheld(roomId, device, refusal);
            return refusal === undefined;
        },
    });
    const audiences = createShareAudiences({
        self,
        keys,
        calls,
        admission,
        messages: trustMessages,
        members: (roomId) => rtc.members(roomId).filter((m) => m.userId !== userId || m.deviceId !== deviceId),
        onMembers: (listener) => rtc.onMembers(listener),
        inRoom,
        nameOf: (roomId, user) => sdk.getRoom(roomId)?.getMember(user)?.name ?? user,
        now,
    });
    const [audienceTold, withheldTold] = [latestAudiences(), latestWithheld()];
    audiences.onChange((roomId, { userId: user, deviceId: device }, audience) =>
        audienceTold.emit({ roomId, userId: user, deviceId: device, audience }),
    );
    audiences.onWithheld((roomId, { userId: user, deviceId: device }, reason) =>
        withheldTold.emit({ roomId, userId: user, deviceId: device, reason }),
    );
    const trust = createTrust({
        sdk,
        secretKeys,
        admission,
        audiences,
        trackDevices,
        watch: server,
        log,
        auth: options.uploadAuth,
        async withoutKeyQueries(work) {
            await trackDevices([]); // what is known to be wanted is asked before, and its answer taken in
            return gate.during(work);
        },
    });
    const look = (roomId: string): void => void client.look(roomId).then(() => rooms.look(roomId));
    const presence = createPresence({ sdk, look, log });
    const conversations = createConversations({ client, baseUrl, fetch: requests, now, log });
    const media = { server: { baseUrl, fetch: requests }, uploadLimit: () => conversations.files.limit() };
    const roomWork = createRoomWork({ sdk, now, log, ...media });

    let readyMs: number | undefined;
    const ready = (): void =>
        status.become({
            kind: 'ready',
            userId,
            deviceId,
            online: client.online,
            ...(trouble === undefined ? {} : { trouble }),
        });
    /** What is not known yet, or could not be done, is tried at each connection. */
    const checkTrust = (): void => {
        if (client.online && (trust.own.kind === 'checking' || trust.own.kind === 'failed')) void trust.check();
    };
    client.onOnline(() => {
        if (readyMs !== undefined) ready();
        if (client.online) rooms.online();
        checkTrust();
    });
    void client.unreachable.then(() => {
        if (readyMs === undefined) status.become({ kind: 'starting', userId, unreachable: true });
    });
    void client.ready.then(() => {
        readyMs = performance.now() - openedAt;
        log.info(
            `Ready after ${Math.round(readyMs)} ms (${client.startedFromStore ? 'from the store' : 'initial sync'})`,
        );
        rooms.follow();
        ready();
    });
    let started = false;
    const start = (): void => {
        if (started || status.state.kind !== 'starting') return;
        started = true;
        client.start(() => presence.status);
    };

    let stopped: Promise<void> | undefined;
    const stop = (handOver = false): Promise<void> =>
        (stopped ??= (async () => {
            if (handOver) calls.dispose();
            else {
                await calls.close(HANG_UP_WITHIN_MS);
                await rtc.leaveAll();
            }
            trust.dispose();
            exchange.dispose();
            rtc.dispose();
            conversations.dispose();
            presence.dispose();
            roomWork.admin.dispose();
            rooms.dispose();
            await client.stop(handOver);
        })());

    return {
        userId,
        deviceId,
        get state() {
            return status.state;
        },
        onState: status.onState,
        rooms: () => rooms.all(),
        onRooms: (listener) => rooms.onChange(listener),
        onInvite: (listener) => rooms.onInvite(listener),
        people: async (search) => (search ? findPeople(sdk, search) : rooms.people()),
        rtc: {
            ...rtc,
            onWithheld: withheldTold.add,
            onAudience: audienceTold.add,
        },
        calls,
        chat: conversations.chat,
        files: conversations.files,
        presence,
        trust,
        deviceTrust: (user, device) => deviceTrust(sdk, user, device),
        deviceName: (user, device) => deviceName(sdk, user, device),
        ...roomWork.actions,
        roomAdmin: roomWork.admin,
        devices: createDevices({
            baseUrl,
            self,
            fetch: requests,
            accessToken: PLACEHOLDER_TOKEN,
            trust: (id) => deviceTrust(sdk, userId, id),
            delegated: stored.oauth !== undefined,
        }),
        keysElsewhere: () => keysElsewhere(sdk, self),
        diagnostics: () =>
            Promise.resolve(
                accountDiagnostics({
                    stored,
                    client,
                    messages,
                    transports,
                    iceServers,
                    grants,
                    own: trust.own,
                    policy: admission.policy,
                    readyMs,
                    storePath: path,
                }),
            ),
        async signOut(scope = 'here') {
            tokens.leave();
            const failures: unknown[] = [];
            await stop().catch((error: unknown) => {
                failures.push(error);
            });
            await endSignIn(options, tokens.keeper, failures, scope).finally(() =>
                status.become({ kind: 'signedOut' }),
            );
        },
        start,
        stop: (how) => stop(how?.handOver),
        dispose: () => {
            void stop().catch((error: unknown) => log.warn('Stopping did not work', error));
        },
    };
}
