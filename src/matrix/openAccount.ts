/** A signed-in account on its stores. Composes `src/matrix` into the account that the rest of Hush uses. */
import { randomBytes } from 'node:crypto';
import type { Account } from '../core/account/account.ts';
import { createAccountStatus } from './account/accountStatus.ts';
import { accountDiagnostics } from './accountDiagnostics.ts';
import { createDevices } from './account/ownDevices.ts';
import { deviceName, deviceTrust } from './trust/deviceTrust.ts';
import { keysElsewhere } from './account/keysElsewhere.ts';
import { endSignIn } from './account/forgetAccount.ts';
import { findPeople } from './rooms/findPeople.ts';
import { PLACEHOLDER_TOKEN } from './account/tokenRefresh.ts';
import type { OpenAccountOptions } from './opening/accountOptions.ts';
import { followReadiness } from './opening/followReadiness.ts';
import { openAdmission } from './opening/openAdmission.ts';
import { openCalls } from './opening/openCalls.ts';
import { openHomeserver } from './opening/openHomeserver.ts';
import { openRooms } from './opening/openRooms.ts';
import { openSession } from './opening/openSession.ts';
import { openTrust } from './opening/openTrust.ts';

/** ms for telling the peers when the account stops. Later, a peer's device notices it without being told. */
const HANG_UP_WITHIN_MS = 2_000;

/** A new key for a {@link StoredAccount}: 32 bytes in base64. */
export function newStorageKey(): string {
    return randomBytes(32).toString('base64');
}

/**
 * Opens the stores. `start()` begins to sync. Without an access token (the server ended the sign-in) the account is
 * `expired` and sends nothing.
 * @throws HushError `account.storeLocked`, `account.storeFailed`.
 */
export async function openAccount(options: OpenAccountOptions): Promise<Account> {
    const openedAt = performance.now();
    const status = createAccountStatus(options.stored);
    const homeserver = await openHomeserver(options, status);
    const admitted = openAdmission(homeserver, options);
    const session = openSession(homeserver, admitted, options);
    const opened = openRooms(homeserver, session);
    const { calls, iceServers } = openCalls(homeserver, admitted, options);
    const trusted = openTrust(homeserver, admitted, session, calls, options);
    const { client, sdk, self, log } = homeserver;
    const { userId, deviceId } = self;
    const { trust } = trusted;
    const { rooms, presence, conversations, roomWork } = opened;
    const readiness = followReadiness(homeserver, { status, trust, rooms, openedAt });

    let started = false;
    let stopped: Promise<void> | undefined;
    const stop = (handOver = false): Promise<void> =>
        (stopped ??= (async () => {
            if (handOver) calls.dispose();
            else {
                await calls.close(HANG_UP_WITHIN_MS);
                await session.rtc.leaveAll();
            }
            trusted.dispose();
            session.dispose();
            opened.dispose();
            await homeserver.stop(handOver);
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
        rtc: { ...session.rtc, ...trusted.events },
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
            baseUrl: homeserver.baseUrl,
            self,
            fetch: homeserver.requests,
            accessToken: PLACEHOLDER_TOKEN,
            trust: (id) => deviceTrust(sdk, userId, id),
            delegated: homeserver.stored.oauth !== undefined,
        }),
        keysElsewhere: () => keysElsewhere(sdk, self),
        diagnostics: () =>
            Promise.resolve(
                accountDiagnostics({
                    ...homeserver,
                    messages: admitted.messages,
                    transports: session.transports,
                    iceServers,
                    grants: session.grants,
                    own: trust.own,
                    policy: admitted.admission.policy,
                    readyMs: readiness.ms,
                }),
            ),
        async signOut(scope = 'here') {
            homeserver.tokens.leave();
            const failures: unknown[] = [];
            await stop().catch((error: unknown) => {
                failures.push(error);
            });
            await endSignIn(options, homeserver.tokens.keeper, failures, scope).finally(() =>
                status.become({ kind: 'signedOut' }),
            );
        },
        start() {
            if (started || status.state.kind !== 'starting') return;
            started = true;
            client.start(() => presence.status);
        },
        stop: (how) => stop(how?.handOver),
        dispose: () => {
            void stop().catch((error: unknown) => log.warn('Stopping did not work', error));
        },
    };
}
