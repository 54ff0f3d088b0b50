/** A signed-in account on its stores: the composition of `src/matrix` and what the rest of Hush holds of it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Account } from '../extension/account.ts';
import { HushError } from '../extension/errors.ts';
import type { Log } from '../extension/log.ts';
import type { AccountState } from '../extension/session/types.ts';
import { saveAccount, type StoredAccount, type Vault } from '../extension/vault.ts';
import { openMatrixClient, type OpenMatrixClient } from './client.ts';
import { accountDiagnostics } from './accountDiagnostics.ts';
import { deviceTrust } from './deviceTrust.ts';
import { endSignIn } from './forgetAccount.ts';
import { fromSdk, type Fetch } from './http.ts';
import { createRoomActions } from './roomActions.ts';
import { createRooms } from './rooms.ts';
import { createChat } from './chat/chat.ts';
import { createCalls } from './calls/calls.ts';
import { createIceServers } from './calls/iceServers.ts';
import { createCallRequests } from './calls/requests.ts';
import { createCallSignalling } from './calls/signalling.ts';
import { createGrants } from './rtc/grants.ts';
import { createKeyTransport } from './rtc/keyTransport.ts';
import { createMediaKeys } from './rtc/mediaKeys.ts';
import { createOlmMessages } from './rtc/olmMessages.ts';
import type { OwnServer } from './rtc/ownTransport.ts';
import { createRtc } from './rtc/rtcSession.ts';
import { createTokenExchange } from './rtc/tokenExchange.ts';
import { createTransports, isLocalUrl } from './rtc/transports.ts';
import { createWatch } from './rtc/watch.ts';
import { parseUserId } from './serverName.ts';
import { storePath } from './storePath.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN } from './tokens.ts';

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
 * Opens the stores and begins to sync; resolves before the first sync is done. Without an access token (the server
 * ended the session) the account is `expired` and sends nothing.
 * @throws HushError `account.storeLocked`, `account.storeFailed`.
 */
export async function openAccount(options: OpenAccountOptions): Promise<Account> {
    const { stored, vault, log } = options;
    const { userId, deviceId, baseUrl } = stored;
    const fetch: Fetch = options.fetch ?? globalThis.fetch;
    const now = options.now ?? Date.now;
    const openedAt = performance.now();
    const path = storePath(options.dataDir, userId, deviceId);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });

    let state: AccountState =
        stored.accessToken === undefined ? { kind: 'expired', userId } : { kind: 'starting', userId };
    const stateListeners = new Set<(state: AccountState) => void>();
    const setState = (next: AccountState): void => {
        if (state.kind === 'expired' && next.kind !== 'signedOut') return; // only a new sign-in mends that
        state = next;
        for (const listener of stateListeners) listener(state);
    };
    let leaving = false;
    const keeper = createTokenKeeper({
        baseUrl,
        initial: {
            accessToken: stored.accessToken ?? '',
            refreshToken: stored.refreshToken,
            expiresAt: stored.expiresAt,
        },
        save: (tokens) => saveAccount(vault, { ...withoutTokens(stored), ...defined(tokens) }),
        fetch,
        now,
        log,
        onExpired: ({ softLogout }) => {
            setState({ kind: 'expired', userId });
            client.sdk.stopClient();
            if (leaving) return; // signing out found it ended: there is nothing to keep then
            void saveAccount(vault, { ...withoutTokens(stored), deviceGone: !softLogout }).catch((error: unknown) =>
                log.error('The ended sign-in was not stored', error),
            );
        },
    });
    const client: OpenMatrixClient = await openMatrixClient({
        baseUrl,
        userId,
        deviceId,
        storageKey: Buffer.from(stored.storageKey, 'base64'),
        storePath: path,
        fetch: keeper.fetch,
        log,
    });
    const { sdk } = client;

    const self = { userId, deviceId };
    const messages = createOlmMessages({ sdk, trackDevices: (ids) => client.trackDevices(ids), log });
    const ownServer = options.ownServer ?? NO_SERVER;
    const transports = createTransports({
        baseUrl,
        serverName: parseUserId(userId)?.serverName ?? '',
        fetch: keeper.fetch,
        accessToken: PLACEHOLDER_TOKEN,
        setting: options.serviceUrlSetting,
        ownServer: () => ownServer.url(),
        log,
        now,
    });
    const openIdToken = (): ReturnType<typeof sdk.getOpenIdToken> =>
        sdk.getOpenIdToken().catch((error: unknown) => {
            throw fromSdk(error, 'Asking the homeserver to vouch for you');
        });
    const mayAskLocal = (serviceUrl: string): boolean =>
        !isLocalUrl(serviceUrl, baseUrl) || serviceUrl === options.serviceUrlSetting().trim();
    const rtc = createRtc({
        sdk,
        self,
        transports,
        now,
        log,
        grants: createGrants({
            ...self,
            openIdToken,
            mayAskLocal,
            own: { server: ownServer, ask: (...args) => tokens.ask(...args) },
            fetch,
            now,
            uuid: randomUUID,
        }),
        keys: createMediaKeys({
            self,
            transport: createKeyTransport(messages, self, now),
            now,
            random: randomBytes,
            log,
            inRoom: (roomId) => sdk.getRoom(roomId)?.getMyMembership() === 'join',
        }),
        watch: createWatch(messages, deviceId, log),
    });
    const tokens = createTokenExchange({
        self,
        messages,
        ownServer,
        members: (roomId) => rtc.members(roomId),
        uuid: randomUUID,
        log,
    });
    const rooms = createRooms({
        sdk,
        rtcMembers: (roomId) => rtc.members(roomId),
        onRtc: (listener) => rtc.onMembers(listener),
        log,
    });

    const calls = createCalls({
        self,
        now,
        log,
        signalling: createCallSignalling({ sdk, self, log }),
        requests: createCallRequests(messages, deviceId, log),
        iceServers: createIceServers({ ask: () => sdk.turnServer(), now, log }),
        relayOnly: () => options.relayOnlySetting?.() ?? false,
        inRoom: (roomId, user) => sdk.getRoom(roomId)?.getMember(user)?.membership === 'join',
    });

    const chat = createChat(sdk, log);

    let readyMs: number | undefined;
    const ready = (): void => setState({ kind: 'ready', userId, deviceId, online: client.online });
    client.onOnline(() => {
        if (readyMs !== undefined) ready();
    });
    void client.unreachable.then(() => {
        if (readyMs === undefined) setState({ kind: 'starting', userId, unreachable: true });
    });
    void client.ready.then(() => {
        readyMs = performance.now() - openedAt;
        log.info(
            `Ready after ${Math.round(readyMs)} ms (${client.startedFromStore ? 'from the store' : 'initial sync'})`,
        );
        rooms.follow();
        ready();
    });
    if (stored.accessToken !== undefined) client.start();

    let stopped: Promise<void> | undefined;
    const stop = (handOver = false): Promise<void> =>
        (stopped ??= (async () => {
            if (handOver) calls.dispose();
            else {
                await calls.close(HANG_UP_WITHIN_MS);
                await rtc.leaveAll();
            }
            tokens.dispose();
            rtc.dispose();
            chat.dispose();
            rooms.dispose();
            await client.stop();
        })());

    return {
        userId,
        deviceId,
        get state() {
            return state;
        },
        onState(listener) {
            stateListeners.add(listener);
            return {
                dispose: () => {
                    stateListeners.delete(listener);
                },
            };
        },
        rooms: () => rooms.all(),
        onRooms: (listener) => rooms.onChange(listener),
        onInvite: (listener) => rooms.onInvite(listener),
        people: () => Promise.resolve(rooms.people()),
        rtc,
        calls,
        chat,
        deviceTrust: (user, device) => deviceTrust(sdk, user, device),
        ...createRoomActions(sdk),
        diagnostics: () =>
            Promise.resolve(accountDiagnostics({ stored, client, messages, transports, readyMs, storePath: path })),
        async signOut() {
            leaving = true;
            const failures: unknown[] = [];
            await stop().catch((error: unknown) => {
                failures.push(error);
            });
            await endSignIn(options, keeper, failures).finally(() => setState({ kind: 'signedOut' }));
        },
        stop: (how) => stop(how?.handOver),
        dispose: () => {
            void stop().catch((error: unknown) => log.warn('Stopping did not work', error));
        },
    };
}

function withoutTokens({ accessToken: _a, refreshToken: _r, expiresAt: _e, ...rest }: StoredAccount): StoredAccount {
    return rest;
}

/** Without the undefined ones, as `exactOptionalPropertyTypes` wants it. */
function defined(tokens: {
    accessToken: string;
    refreshToken: string | undefined;
    expiresAt: number | undefined;
}): Pick<StoredAccount, 'accessToken' | 'refreshToken' | 'expiresAt'> {
    return {
        accessToken: tokens.accessToken,
        ...(tokens.refreshToken === undefined ? {} : { refreshToken: tokens.refreshToken }),
        ...(tokens.expiresAt === undefined ? {} : { expiresAt: tokens.expiresAt }),
    };
}
