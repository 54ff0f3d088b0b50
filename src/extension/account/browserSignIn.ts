/**
 * Signs in on a web page: with SSO, with OAuth 2.0 and a redirect to this machine, or with OAuth 2.0 and a device code
 * where no redirect works.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { AuthMetadata } from '../../matrix/signIn/authMetadata.ts';
import type { IdentityProvider } from '../../matrix/signIn/login.ts';
import type { Engine } from './engine.ts';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { isForwarded } from '../shell/browserAddress.ts';
import { startRedirectServer } from './redirectServer.ts';
import type { SignIn } from '../../core/account/storedAccounts.ts';
import { openPage } from '../shell/asking.ts';
import { showInformationMessage, withProgress } from '../shell/dialogs.ts';

export interface BrowserSignIn {
    readonly engine: Engine;
    readonly baseUrl: string;
    readonly deviceName: string;
    /** Signs in again as this device. */
    readonly deviceId: string | undefined;
    readonly log: Log;
}

/** Returns undefined if the person gave up. @throws HushError. */
export async function signInBySso(
    { engine, baseUrl, deviceName, deviceId, log }: BrowserSignIn,
    provider: IdentityProvider | undefined,
): Promise<SignIn | undefined> {
    const back = await throughBrowser(baseUrl, log, ({ address, state }) => {
        const redirect = new URL(address);
        redirect.searchParams.set('state', state);
        return Promise.resolve(engine.auth.ssoUrl(baseUrl, redirect.href, provider?.id));
    });
    if (!back) return undefined;
    const token = back.get('loginToken');
    if (token === null || token === '')
        throw new HushError('login.refused', 'The browser came back without a sign-in. Begin again.');
    return {
        baseUrl,
        ...(await engine.auth.logInWithToken({ baseUrl, token, deviceName, deviceId }, fetch, Date.now)),
    };
}

/** `create`: begins with the creation of an account. Returns undefined if the person gave up. @throws HushError. */
export async function signInByOAuth(
    options: BrowserSignIn,
    metadata: AuthMetadata,
    create = false,
): Promise<SignIn | undefined> {
    const { engine, baseUrl, log } = options;
    const { oauth } = engine;
    const deviceId = options.deviceId ?? oauth.newDeviceId(randomBytes);
    let sent = { clientId: '', redirectUri: '', verifier: '' };
    const back = await throughBrowser(baseUrl, log, async ({ address, state, forwarded }) => {
        if (forwarded && oauth.offersDeviceCode(metadata)) return undefined;
        const clientId = await oauth.registerClient(metadata, address, fetch);
        const asked = { clientId, redirectUri: address, state, deviceId, create };
        const { url, verifier } = await oauth.authorizationRequest(metadata, asked);
        sent = { clientId, redirectUri: address, verifier };
        return url;
    });
    if (back === 'noWayBack') return signInByCode(options, metadata);
    if (!back) return undefined;
    const answer = oauth.authorizationAnswer(metadata, sent.clientId, back);
    if (answer.kind === 'refused')
        throw new HushError('login.refused', oauth.oauthSentence(answer.error, answer.description));
    if (answer.kind === 'foreign')
        throw new HushError('login.refused', 'The browser came back without a sign-in of this server. Begin again.');
    const grant = { ...sent, parameters: answer.parameters };
    const tokens = await oauth.exchangeCode(metadata, grant, fetch, Date.now);
    return finish(options, metadata, { ...tokens, clientId: sent.clientId, deviceId });
}

/** The person types a code on a web page, on any machine. Returns undefined if they gave up. @throws HushError. */
export async function signInByCode(options: BrowserSignIn, metadata: AuthMetadata): Promise<SignIn | undefined> {
    const { oauth } = options.engine;
    const deviceId = options.deviceId ?? oauth.newDeviceId(randomBytes);
    // The server wants a redirect address from a native client, even if the client does not use it.
    const clientId = await oauth.registerClient(metadata, 'http://127.0.0.1/signed-in', fetch);
    const code = await oauth.startDeviceCode(metadata, clientId, deviceId, fetch);
    void showCode(code.userCode, code.page, code.completePage);
    const tokens = await withProgress(
        {
            location: vscode.ProgressLocation.Notification,
            title: `Waiting for the code ${code.userCode} on ${new URL(code.page).host}`,
            cancellable: true,
        },
        async (_progress, token) => {
            const cancelled = new AbortController();
            token.onCancellationRequested(() => cancelled.abort());
            const { signal } = cancelled;
            const until = Date.now() + code.lifetimeMs;
            for (let pause = code.intervalMs; Date.now() < until;) {
                await delay(pause, undefined, { signal }).catch(() => undefined);
                if (signal.aborted) return undefined;
                const found = await oauth.lookAtDeviceCode(metadata, clientId, code, fetch, Date.now);
                if (typeof found === 'object') return found;
                if (found === 'slower') pause += 5_000; // RFC 8628, section 3.5
            }
            throw new HushError('login.refused', oauth.oauthSentence('expired_token'));
        },
    );
    return tokens && finish(options, metadata, { ...tokens, clientId, deviceId });
}

async function showCode(userCode: string, page: string, completePage: string | undefined): Promise<void> {
    const [open, copy] = ['Open Page', 'Copy Code'] as const;
    const text = `Open ${page} in any browser and type the code ${userCode}. Go on only if you began this sign-in yourself.`;
    const chosen = await showInformationMessage(text, open, copy);
    if (chosen === copy) await vscode.env.clipboard.writeText(userCode);
    if (chosen === open) await openPage(completePage ?? page);
}

async function finish(
    { engine, baseUrl, log }: BrowserSignIn,
    metadata: AuthMetadata,
    got: {
        accessToken: string;
        refreshToken: string | undefined;
        expiresAt: number | undefined;
        clientId: string;
        deviceId: string;
    },
): Promise<SignIn> {
    const { accessToken, refreshToken, expiresAt, clientId } = got;
    const oauth = {
        issuer: metadata.issuer,
        clientId,
        tokenEndpoint: metadata.token_endpoint,
        revocationEndpoint: metadata.revocation_endpoint,
    };
    let who: Awaited<ReturnType<Engine['auth']['whoami']>>;
    try {
        who = await engine.auth.whoami(baseUrl, accessToken, fetch);
    } catch (error) {
        // Nobody can use these tokens. Revoke them, so that no unknown device stays on the account.
        await engine.oauth
            .revokeOAuth(oauth, refreshToken ?? accessToken, fetch)
            .catch((why: unknown) => log.warn('a sign-in that was not finished was not undone', why));
        throw error;
    }
    return {
        baseUrl,
        userId: who.userId,
        deviceId: who.deviceId ?? got.deviceId,
        accessToken,
        refreshToken,
        expiresAt,
        oauth,
    };
}

interface WayBack {
    readonly address: string;
    readonly state: string;
    /** The browser is on another machine and comes back through a port forwarder. */
    readonly forwarded: boolean;
}

/** `begin` returns the page to open, or undefined if the server does not accept this redirect address. */
async function throughBrowser(
    baseUrl: string,
    log: Log,
    begin: (back: WayBack) => Promise<string>,
): Promise<URLSearchParams | undefined>;
async function throughBrowser(
    baseUrl: string,
    log: Log,
    begin: (back: WayBack) => Promise<string | undefined>,
): Promise<URLSearchParams | 'noWayBack' | undefined>;
async function throughBrowser(
    baseUrl: string,
    log: Log,
    begin: (back: WayBack) => Promise<string | undefined>,
): Promise<URLSearchParams | 'noWayBack' | undefined> {
    const server = await startRedirectServer((reason) => log.warn(`sign-in: refused a redirect: ${reason}`));
    try {
        const direct = vscode.Uri.parse(server.url);
        const external = await vscode.env.asExternalUri(direct);
        const forwarded = external.authority !== direct.authority && (await isForwarded(external, direct));
        if (forwarded) server.allow(external.authority);
        const address = forwarded ? external.toString(true) : server.url;
        const page = await begin({ address, state: server.state, forwarded });
        if (page === undefined) return 'noWayBack';
        void openPage(page);
        return await withProgress(
            {
                location: vscode.ProgressLocation.Notification,
                title: `Sign in to ${new URL(baseUrl).host} in your browser…`,
                cancellable: true,
            },
            (_progress, token) =>
                Promise.race([
                    server.answer,
                    new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
                ]),
        );
    } finally {
        server.close();
    }
}
