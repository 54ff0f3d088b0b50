/** The heavy half of the extension host: matrix-js-sdk and crypto. A bundle of its own, loaded on first use. */
import * as oauth from '../../matrix/signIn/oauth.ts';
import { beginRegistration, finishRegistration, nameTaken, usernameProblem } from '../../matrix/signIn/register.ts';
import { registerWays, signInWays } from '../../matrix/signIn/signInWays.ts';
import { discoverHomeserver } from '../../matrix/signIn/discovery.ts';
import { forgetAccount } from '../../matrix/account/forgetAccount.ts';
import { logInWithPassword, logInWithToken, logOut, ssoUrl, whoami } from '../../matrix/signIn/login.ts';
import { newStorageKey, openAccount } from '../../matrix/openAccount.ts';

const auth = {
    beginRegistration,
    finishRegistration,
    logInWithPassword,
    logInWithToken,
    logOut,
    nameTaken,
    registerWays,
    signInWays,
    ssoUrl,
    usernameProblem,
    whoami,
};
export { auth, discoverHomeserver, forgetAccount, newStorageKey, oauth, openAccount };

export interface Engine {
    /** Requests that need no signed-in account. */
    readonly auth: typeof auth;
    readonly oauth: typeof oauth;
    readonly discoverHomeserver: typeof discoverHomeserver;
    readonly newStorageKey: typeof newStorageKey;
    readonly openAccount: typeof openAccount;
    readonly forgetAccount: typeof forgetAccount;
}
