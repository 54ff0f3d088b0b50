/** Everything a homeserver offers for signing in and for making an account, asked in one go. */
import { isHushError, type HushError } from '../../core/base/errors.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { loginFlows, type IdentityProvider, type LoginFlows } from './login.ts';
import { fetchAuthMetadata, offersDeviceCode, type AuthMetadata } from './oauth.ts';
import { registrationOffered } from './register.ts';

export type SignInWay =
    | { readonly kind: 'oauth'; readonly metadata: AuthMetadata; readonly deviceCode: boolean }
    | { readonly kind: 'password' }
    /** Without a provider the server shows its own page to choose on. */
    | { readonly kind: 'sso'; readonly provider: IdentityProvider | undefined }
    | { readonly kind: 'token' };

export interface SignInWays {
    /** Best first. Empty: nothing that Hush knows. */
    readonly ways: readonly SignInWay[];
    /** What the server names, for the sentence when there is no way. */
    readonly types: readonly string[];
    /** Why the server's OAuth is not among the ways, although it has something like it. */
    readonly oauthProblem: HushError | undefined;
}

/**
 * What is wrong with one of the two (`/login`, OAuth) does not keep people from the other.
 * @throws HushError when neither answers.
 */
export async function signInWays(baseUrl: string, versions: readonly string[], fetch: Fetch): Promise<SignInWays> {
    const [flows, metadata] = await Promise.all([
        answerOrProblem(loginFlows(baseUrl, fetch)),
        answerOrProblem(fetchAuthMetadata(baseUrl, versions, fetch)),
    ]);
    // Where everything goes through OAuth there may be no /login any more, and then it is refused.
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
    // Next to OAuth, SSO is its compatibility door for clients without it.
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
    /** On the server's web page, signed in through OAuth afterwards. */
    | { readonly kind: 'oauth'; readonly metadata: AuthMetadata }
    /** Whoever comes through this provider for the first time gets an account. */
    | { readonly kind: 'sso'; readonly provider: IdentityProvider | undefined };

/** Empty: this server makes no accounts from here. @throws HushError when the server does not answer. */
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
