import assert from 'node:assert/strict';
import type { Devices } from '../../src/core/account/account.ts';
import { createLog } from '../../src/core/base/log.ts';
import { removeDevices } from '../../src/core/account/removeDevices.ts';
import { startRedirectServer } from '../../src/extension/account/redirectServer.ts';
import { accountPage, fetchAuthMetadata, type AuthMetadata } from '../../src/matrix/signIn/authMetadata.ts';
import * as oauth from '../../src/matrix/signIn/oauth.ts';
import { lookAtDeviceCode, startDeviceCode } from '../../src/matrix/signIn/oauthDeviceCode.ts';
import type { UiaPrompts } from '../../src/core/account/runUia.ts';
import { registerWays, signInWays } from '../../src/matrix/signIn/signInWays.ts';
import { createDevices } from '../../src/matrix/account/ownDevices.ts';
import { discoverHomeserver } from '../../src/matrix/signIn/discovery.ts';
import { logInWithPassword, logInWithToken, ssoUrl, whoami, type Session } from '../../src/matrix/signIn/login.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN, type Tokens } from '../../src/matrix/account/tokenRefresh.ts';
import { type Account, request } from '../stack/accounts.ts';
import { createFormBrowser } from '../stack/formBrowser.ts';
import { freePorts } from '../stack/net.ts';
import { startOidcProvider, type OidcProvider } from '../stack/oidcProvider.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { singleSignOn, ssoClient } from '../stack/synapseParts.ts';
import { startOAuthHomeserver, type OAuthHomeserver } from './support/oauthHomeserver.ts';

const quiet = createLog({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} });
const nobody: UiaPrompts = {
    languages: [],
    password: () => Promise.reject(new Error('asked for a password')),
    registrationToken: () => Promise.reject(new Error('asked for a token')),
    emailAddress: () => Promise.reject(new Error('asked for an address')),
    terms: () => Promise.reject(new Error('asked for consent')),
    elsewhere: (task) => Promise.reject(new Error(`asked for ${JSON.stringify(task)}`)),
};
/** Somebody at the provider's pages. */
const atProvider = (login: string) => createFormBrowser({ login, password: 'any' });

function devicesOf(baseUrl: string, session: Session): Devices {
    return createDevices({
        baseUrl,
        self: session,
        fetch,
        accessToken: session.accessToken,
        trust: () => Promise.resolve('unknown'),
        delegated: false,
    });
}

describe('signing in every way that a homeserver offers', function () {
    this.timeout(60_000);

    describe('password, login token and SSO', () => {
        let synapse: Synapse;
        let provider: OidcProvider;
        before(async function () {
            this.timeout(180_000);
            const [port = 0] = await freePorts(1);
            provider = await startOidcProvider({ clients: [ssoClient(port)] });
            synapse = await startSynapse({
                port,
                config: {
                    login_via_existing_session: { enabled: true, require_ui_auth: false },
                    ...singleSignOn(provider),
                },
            });
        });
        after(async () => {
            await synapse?.stop();
            await provider?.stop();
        });

        const bySso = async (who: string, deviceId?: string): Promise<Session> => {
            const { baseUrl } = synapse;
            const back = await startRedirectServer(() => undefined);
            try {
                const redirect = `${back.url}?state=${back.state}`;
                const url = ssoUrl(baseUrl, redirect, 'oidc-corp');
                const page = await atProvider(who).go(url, (p) => p.url.startsWith(new URL(back.url).origin));
                assert.match(page.text, /go back to VS Code/u);
                assert.ok(!page.url.includes('loginToken'), page.url);
                const token = (await back.answer).get('loginToken') ?? '';
                return await logInWithToken({ baseUrl, token, deviceName: 'Hush test', deviceId }, fetch, Date.now);
            } finally {
                back.close();
            }
        };

        it('shows what the server offers and nothing else', async () => {
            const { baseUrl } = synapse;
            const { versions } = await discoverHomeserver(baseUrl, fetch);
            assert.deepEqual((await signInWays(baseUrl, versions, fetch)).ways, [
                { kind: 'password' },
                { kind: 'sso', provider: { id: 'oidc-corp', name: 'The Company' } },
                { kind: 'token' },
            ]);
            assert.deepEqual(await registerWays(baseUrl, versions, fetch), [
                { kind: 'sso', provider: { id: 'oidc-corp', name: 'The Company' } },
            ]);
        });

        it('through the browser and back, again as the same device', async () => {
            const first = await bySso('carol');
            assert.equal(first.userId, `@carol:${synapse.serverName}`);
            assert.ok(first.refreshToken);
            const again = await bySso('carol', first.deviceId);
            assert.equal(again.deviceId, first.deviceId);
        });

        it('with a login token that another client made, once', async () => {
            const { baseUrl } = synapse;
            const first = await bySso('dora');
            const url = `${baseUrl}/_matrix/client/v1/login/get_token`;
            const { login_token: made } = await request(url, {}, first.accessToken);
            const wanted = { baseUrl, token: String(made), deviceName: 'second' };
            assert.equal((await logInWithToken(wanted, fetch, Date.now)).userId, first.userId);
            await assert.rejects(logInWithToken(wanted, fetch, Date.now), { code: 'login.wrongToken' });
        });

        it('devices are renamed, and removed with the password where the person types it', async () => {
            const { baseUrl } = synapse;
            const account: Account = await synapse.createAccount('erin');
            const logIn = (deviceName: string) =>
                logInWithPassword(
                    { baseUrl, user: account.userId, password: account.password, deviceName },
                    fetch,
                    Date.now,
                );
            const [here, there, elsewhere] = [await logIn('here'), await logIn('there'), await logIn('elsewhere')];
            const devices = devicesOf(baseUrl, here);
            await devices.rename(there.deviceId, 'the old laptop');
            const list = await devices.list();
            assert.deepEqual([list[0]?.name, list[0]?.isThis], ['here', true]);
            assert.ok(list.some(({ name }) => name === 'the old laptop'));
            assert.ok((list[0]?.lastSeenTs ?? 0) > 0 && list[0]?.lastSeenIp === '127.0.0.1');
            assert.equal(
                await removeDevices(devices, here.userId, [there.deviceId], {
                    ...nobody,
                    password: () => Promise.resolve(undefined),
                }),
                false,
            );
            const typed = ['wrong', account.password];
            const problems: (string | undefined)[] = [];
            const prompts = {
                ...nobody,
                password: (problem: string | undefined) => {
                    problems.push(problem);
                    return Promise.resolve(typed.shift());
                },
            };
            assert.equal(
                await removeDevices(devices, here.userId, [there.deviceId, elsewhere.deviceId], prompts),
                true,
            );
            assert.match(problems[1] ?? '', /password/iu);
            const left = (await devices.list()).map(({ deviceId }) => deviceId);
            assert.ok(left.includes(here.deviceId));
            assert.ok(!left.includes(there.deviceId) && !left.includes(elsewhere.deviceId));
            await assert.rejects(whoami(baseUrl, there.accessToken, fetch), { code: 'account.expired' });
            await assert.rejects(devices.rename('GONE', 'x'), { code: 'device.gone' });
        });

        it('a device of an SSO account is removed after a sign-in on the web, without starting over', async () => {
            const { baseUrl } = synapse;
            const [old, here] = [await bySso('fred'), await bySso('fred')];
            const looks: boolean[] = [];
            const done = await removeDevices(devicesOf(baseUrl, here), here.userId, [old.deviceId], {
                ...nobody,
                async elsewhere(task, look) {
                    assert.ok(task.kind === 'browser' && task.stage === 'm.login.sso');
                    looks.push(await look());
                    await atProvider('fred').go(task.url, ({ text }) => text.includes('onAuthDone'));
                    looks.push(await look());
                    return true;
                },
            });
            assert.equal(done, true);
            assert.deepEqual(looks, [false, true]);
            await assert.rejects(whoami(baseUrl, old.accessToken, fetch), { code: 'account.expired' });
        });
    });

    describe('OAuth 2.0', () => {
        let provider: OidcProvider;
        let homeserver: OAuthHomeserver;
        let metadata: AuthMetadata;
        before(async () => {
            provider = await startOidcProvider({ devices: ['OURDEVICE', 'OTHERDEVICE'] });
            homeserver = await startOAuthHomeserver(provider);
            const { versions } = await discoverHomeserver(homeserver.baseUrl, fetch);
            const { ways } = await signInWays(homeserver.baseUrl, versions, fetch);
            assert.ok(ways.length === 1 && ways[0]?.kind === 'oauth' && ways[0].deviceCode);
            metadata = ways[0].metadata;
        });
        after(async () => {
            await homeserver?.stop();
            await provider?.stop();
        });
        const client = (clientId: string): oauth.OAuthClient => ({
            issuer: metadata.issuer,
            clientId,
            tokenEndpoint: metadata.token_endpoint,
            revocationEndpoint: metadata.revocation_endpoint,
        });
        const byCode = async (who: string) => {
            const back = await startRedirectServer(() => undefined);
            try {
                const redirectUri = back.url;
                const clientId = await oauth.registerClient(metadata, redirectUri, fetch);
                const asked = { clientId, redirectUri, state: back.state, deviceId: 'OURDEVICE' };
                const { url, verifier } = await oauth.authorizationRequest(metadata, asked);
                await atProvider(who).go(url, (p) => p.url.startsWith(new URL(back.url).origin));
                const answer = oauth.authorizationAnswer(metadata, clientId, await back.answer);
                assert.ok(answer.kind === 'code');
                return { clientId, redirectUri, parameters: answer.parameters, verifier };
            } finally {
                back.close();
            }
        };

        it('registers, goes through the browser with PKCE, renews with rotation, and revokes', async () => {
            const grant = await byCode('gina');
            await assert.rejects(
                oauth.exchangeCode(metadata, { ...grant, verifier: 'x'.repeat(64) }, fetch, Date.now),
                { code: 'login.refused' },
            );
            const good = await byCode('gina');
            const first = await oauth.exchangeCode(metadata, good, fetch, Date.now);
            assert.deepEqual(await whoami(homeserver.baseUrl, first.accessToken, fetch), {
                userId: '@gina:oauth.test',
                deviceId: 'OURDEVICE',
            });
            const saved: Tokens[] = [];
            const keeper = createTokenKeeper({
                baseUrl: homeserver.baseUrl,
                initial: { ...first, expiresAt: Date.now() - 1 },
                oauth: client(good.clientId),
                save: (next) => Promise.resolve(void saved.push(next)),
                fetch,
                now: Date.now,
                log: quiet,
                onExpired: () => assert.fail('ended'),
            });
            const ask = () => whoami(homeserver.baseUrl, PLACEHOLDER_TOKEN, keeper.fetch);
            const [one, two] = await Promise.all([ask(), ask()]);
            assert.equal(one.userId, two.userId);
            assert.equal(saved.length, 1);
            assert.notEqual(saved[0]?.refreshToken, first.refreshToken);
            await oauth.revokeOAuth(client(good.clientId), saved[0]?.accessToken ?? '', fetch);
            await assert.rejects(whoami(homeserver.baseUrl, saved[0]?.accessToken ?? '', fetch), {
                code: 'account.expired',
            });
            const gone = await oauth.refreshOAuth(client(good.clientId), 'never-given', fetch, Date.now);
            assert.deepEqual(gone, { kind: 'refused', softLogout: true });
        });

        it('dead with a new pair in its hands: a server that takes each refresh token once ends it, and the device may come back', async () => {
            const grant = await byCode('ivan');
            const first = await oauth.exchangeCode(metadata, grant, fetch, Date.now);
            const ends: boolean[] = [];
            const process = (save: (tokens: Tokens) => Promise<void>) =>
                createTokenKeeper({
                    baseUrl: homeserver.baseUrl,
                    initial: { ...first, expiresAt: Date.now() - 1 },
                    oauth: client(grant.clientId),
                    save,
                    fetch,
                    now: Date.now,
                    log: quiet,
                    onExpired: ({ softLogout }) => ends.push(softLogout),
                });
            const died = Promise.withResolvers<void>();
            const dying = process(() => {
                died.resolve();
                return new Promise(() => undefined); // nothing after this ever happens
            });
            void whoami(homeserver.baseUrl, PLACEHOLDER_TOKEN, dying.fetch).catch(() => undefined);
            await died.promise;
            const next = process(() => assert.fail('a pair came for a used token'));
            await assert.rejects(whoami(homeserver.baseUrl, PLACEHOLDER_TOKEN, next.fetch), {
                code: 'account.expired',
            });
            assert.deepEqual(ends, [true]);
        });

        it('with a code, where there is no way back from the browser', async () => {
            const clientId = await oauth.registerClient(metadata, 'http://127.0.0.1/signed-in', fetch);
            const code = await startDeviceCode(metadata, clientId, 'OTHERDEVICE', fetch);
            const look = () => lookAtDeviceCode(metadata, clientId, code, fetch, Date.now);
            assert.equal(await look(), 'pending');
            await createFormBrowser({ login: 'hugo', password: 'any', user_code: code.userCode }).go(
                code.completePage ?? code.page,
                ({ text }) => /Sign-in Success|continue/iu.test(text) && !/<form/iu.test(text),
            );
            const tokens = await look();
            assert.ok(typeof tokens === 'object');
            assert.equal((await whoami(homeserver.baseUrl, tokens.accessToken, fetch)).userId, '@hugo:oauth.test');
        });

        it('the server’s own page manages the account; metadata that sends tokens in clear is refused', async () => {
            assert.equal(
                accountPage(metadata, ['org.matrix.device_delete', 'org.matrix.session_end'], 'D/1'),
                `${provider.issuer}/account?action=org.matrix.session_end&device_id=D%2F1`,
            );
            assert.equal(accountPage(metadata, ['unknown'], 'D'), `${provider.issuer}/account`);
            const evil = await startOAuthHomeserver(provider, {
                change: (m) => ({ ...m, token_endpoint: 'http://elsewhere.example.org/token' }),
            });
            await assert.rejects(fetchAuthMetadata(evil.baseUrl, ['v1.15'], fetch), {
                message: /not an https address/u,
            });
            await evil.stop();
        });
    });
});
