/** Finds all ways that a homeserver offers to sign in and to create an account. */
import { isHushError, type HushError } from '../../core/base/errors.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { loginFlows, type IdentityProvider, type LoginFlows } from './login.ts';
import { fetchAuthMetadata, offersDeviceCode, type AuthMetadata } from './authMetadata.ts';
import { registrationOffered } from './register.ts';

export type SignInWay =
    | { readonly kind: 'oauth'; readonly metadata: AuthMetadata; readonly deviceCode: boolean }
    | { readonly kind: 'password' }
    /** Without a provider, the server shows its own page with the choices. */
    | { readonly kind: 'sso'; readonly provider: IdentityProvider | undefined }
    | { readonly kind: 'token' };

export interface SignInWays {
    /** Best first. Empty: Hush supports none of them. */
    readonly ways: readonly SignInWay[];
    /** The types that the server names, for the sentence that says that none is supported. */
    readonly types: readonly string[];
    /** Why the server's OAuth cannot be used, although it offers it. */
    readonly oauthProblem: HushError | undefined;
}

/**
 * An error of one of the two (`/login`, OAuth) does not prevent the other.
 * @throws HushError when neither answers.
 */
export async function signInWays(baseUrl: string, versions: readonly string[], fetch: Fetch): Promise<SignInWays> {
    const [flows, metadata] = await Promise.all([
        answerOrProblem(loginFlows(baseUrl, fetch)),
        answerOrProblem(fetchAuthMetadata(baseUrl, versions, fetch)),
    ]);
    // A server that uses only OAuth may have no /login any more, and refuses it.
    if (flows.problem && flows.problem.code !== 'server.refused' && !metadata.answer) throw flows.problem;
    return { ...waysOf(flows.answer, metadata.answer), oauthProblem: metadata.problem };
}

interface Answered<T> {
    readonly answer: T | undefined;
    readonly problem: HushError | undefined;
}

async function answerOrProblem<T>(asked: Promise<T | undefined>): Promise<Answered<T>> {
    try {
        return { answer: await asked, problem: undefined };
    } catch (error) {
        if (!isHushError(error)) throw error;
        return { answer: undefined, problem: error };
    }
}

function waysOf(flows: LoginFlows | undefined, metadata: AuthMetadata | undefined): Pick<SignInWays, 'ways' | 'types'> {
    const ways: SignInWay[] = [];
    if (metadata) ways.push({ kind: 'oauth', metadata, deviceCode: offersDeviceCode(metadata) });
    if (flows?.password) ways.push({ kind: 'password' });
    // A server with OAuth offers SSO only for clients without OAuth.
    if (flows?.sso && !metadata) {
        const { providers } = flows.sso;
        const choices = providers.length > 0 ? providers : [undefined];
        ways.push(...choices.map((provider): SignInWay => ({ kind: 'sso', provider })));
    }
    if (flows?.token) ways.push({ kind: 'token' });
    return { ways, types: flows?.types ?? [] };
}

export type RegisterWay =
    | { readonly kind: 'here' }
    /** On the server's web page. The person is then signed in through OAuth. */
    | { readonly kind: 'oauth'; readonly metadata: AuthMetadata }
    /** A person who signs in through this provider for the first time gets an account. */
    | { readonly kind: 'sso'; readonly provider: IdentityProvider | undefined };

/** Empty: nobody can create an account on this server from here. @throws HushError when the server does not answer. */
export async function registerWays(
    baseUrl: string,
    versions: readonly string[],
    fetch: Fetch,
): Promise<readonly RegisterWay[]> {
    const { ways } = await signInWays(baseUrl, versions, fetch);
    const oauth = ways.find((way) => way.kind === 'oauth');
    if (oauth) return [{ kind: 'oauth', metadata: oauth.metadata }];
    const here = await registrationOffered(baseUrl, fetch);
    return [...(here ? [{ kind: 'here' } as const] : []), ...ways.filter((way) => way.kind === 'sso')];
}
