/** Signs in with a code that the person types on a page, on any machine (RFC 8628). */
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import { optional } from '../../core/base/lenient.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { endpoint, type AuthMetadata } from './authMetadata.ts';
import { NONSENSE, oauthRefusal, publicClient, scopeFor, serverOf, tokensOf, type OAuthTokens } from './oauth.ts';
import { exchange } from './oauthExchange.ts';

/** RFC 8628, section 3.2. */
const DEFAULT_INTERVAL_S = 5;

const deviceAnswer = v.looseObject({
    device_code: v.string(),
    user_code: v.pipe(v.string(), v.maxLength(100)),
    verification_uri: endpoint,
    verification_uri_complete: optional(endpoint),
    /** s */
    expires_in: v.pipe(v.number(), v.minValue(1), v.maxValue(86_400)),
    /** s */
    interval: optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600))),
});
export interface DeviceCode {
    readonly secret: string;
    /** The code that the person types on the page. */
    readonly userCode: string;
    readonly page: string;
    /** The same page with the code already filled in. */
    readonly completePage: string | undefined;
    /** ms from now. */
    readonly lifetimeMs: number;
    readonly intervalMs: number;
}

/** @throws HushError. */
export async function startDeviceCode(
    metadata: AuthMetadata,
    clientId: string,
    deviceId: string,
    fetch: Fetch,
): Promise<DeviceCode> {
    const [server, client] = [serverOf(metadata), { client_id: clientId }];
    const outcome = await exchange(fetch, async (options) =>
        oauth.processDeviceAuthorizationResponse(
            server,
            client,
            await oauth.deviceAuthorizationRequest(
                server,
                client,
                publicClient,
                { scope: scopeFor(deviceId) },
                options,
            ),
        ),
    );
    const result = v.safeParse(deviceAnswer, outcome.kind === 'done' ? outcome.value : undefined);
    if (!result.success) {
        const refusal = outcome.kind === 'refused' ? outcome.refusal : NONSENSE;
        throw oauthRefusal(refusal, 'Asking for a code', metadata.issuer);
    }
    const o = result.output;
    return {
        secret: o.device_code,
        userCode: o.user_code,
        page: o.verification_uri,
        completePage: o.verification_uri_complete,
        lifetimeMs: o.expires_in * 1_000,
        intervalMs: (o.interval ?? DEFAULT_INTERVAL_S) * 1_000,
    };
}

/**
 * Asks once whether the person has entered the code. `slower`: ask less often. @throws HushError when the code is no
 * longer valid.
 */
export async function lookAtDeviceCode(
    metadata: AuthMetadata,
    clientId: string,
    code: DeviceCode,
    fetch: Fetch,
    now: () => number,
): Promise<OAuthTokens | 'pending' | 'slower'> {
    const [server, client] = [serverOf(metadata), { client_id: clientId }];
    const outcome = await exchange(fetch, async (options) =>
        oauth.processDeviceCodeResponse(
            server,
            client,
            await oauth.deviceCodeGrantRequest(server, client, publicClient, code.secret, options),
        ),
    );
    const tokens = tokensOf(outcome, now);
    if (tokens.kind === 'done') return tokens.value;
    const { refusal } = tokens;
    if (refusal.error === 'authorization_pending') return 'pending';
    if (refusal.error === 'slow_down' || refusal.status === 429 || refusal.status >= 500) return 'slower';
    throw oauthRefusal(refusal, 'Signing in', metadata.issuer);
}
