/** What a homeserver says of its OAuth 2.0 server (client-server API, "Server metadata discovery"; MSC2965). */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { isLoopbackHost } from '../../core/base/identifiers.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { requestJson, type Fetch } from '../requests/matrixHttp.ts';

/**
 * Requests carry codes and tokens, and Hush opens some of these addresses for the person. So they must be https, or
 * http on this machine.
 */
export const endpoint = v.pipe(
    v.string(),
    v.maxLength(2_000),
    v.check((text) => {
        const url = URL.parse(text);
        return url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
    }, 'not an https address'),
);
const listWith = (needed: string) =>
    v.pipe(
        entriesOf(v.string()),
        v.check((all) => all.includes(needed), `without ${needed}`),
    );
const list = optional(entriesOf(v.string()));
/** A value that is not a text counts as absent. An unsafe address makes the whole metadata invalid. */
const optionalEndpoint = v.pipe(
    v.optional(v.unknown()),
    v.transform((value) => (typeof value === 'string' ? value : undefined)),
    v.optional(endpoint),
);
const authMetadata = v.looseObject({
    issuer: v.pipe(v.string(), v.minLength(1)),
    authorization_endpoint: endpoint,
    token_endpoint: endpoint,
    revocation_endpoint: endpoint,
    registration_endpoint: endpoint,
    response_types_supported: listWith('code'),
    grant_types_supported: list,
    code_challenge_methods_supported: listWith('S256'),
    device_authorization_endpoint: optionalEndpoint,
    account_management_uri: optionalEndpoint,
    account_management_actions_supported: list,
    prompt_values_supported: list,
    authorization_response_iss_parameter_supported: optional(v.boolean()),
});
export type AuthMetadata = v.InferOutput<typeof authMetadata>;

/** RFC 8628, section 3.4. */
export const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** Undefined: this homeserver has no OAuth. Stable since Matrix 1.15, under MSC2965 before. @throws HushError. */
export async function fetchAuthMetadata(
    baseUrl: string,
    versions: readonly string[],
    fetch: Fetch,
): Promise<AuthMetadata | undefined> {
    const path = versions.includes('v1.15') ? 'v1' : 'unstable/org.matrix.msc2965';
    const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/${path}/auth_metadata`);
    if (answer.status === 404 || answer.status === 405 || answer.status === 400) return undefined;
    const result = v.safeParse(authMetadata, answer.body);
    if (answer.status === 200 && result.success) return result.output;
    const why = answer.status === 200 && !result.success ? result.issues[0].message : `status ${answer.status}`;
    throw new HushError('login.refused', `${hostOf(baseUrl)} does not say properly how to sign in (${why}).`);
}

export function offersDeviceCode(metadata: AuthMetadata): boolean {
    return (
        metadata.device_authorization_endpoint !== undefined &&
        metadata.grant_types_supported?.includes(DEVICE_GRANT) === true
    );
}

/** The server's page where a person manages the devices and the account ("Account management URL discovery"). */
export function accountPage(metadata: AuthMetadata, wanted: readonly string[], deviceId?: string): string | undefined {
    if (metadata.account_management_uri === undefined) return undefined;
    const url = new URL(metadata.account_management_uri);
    const action = wanted.find((each) => metadata.account_management_actions_supported?.includes(each));
    if (action !== undefined) {
        url.searchParams.set('action', action);
        if (deviceId !== undefined) url.searchParams.set('device_id', deviceId);
    }
    return url.href;
}

export function hostOf(url: string): string {
    return URL.parse(url)?.host ?? 'the server';
}
