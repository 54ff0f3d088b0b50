/** The heavy half of the extension host: matrix-js-sdk and crypto. Its own bundle, loaded when first needed. */
import * as oauth from '../matrix/auth/oauth.ts';
import { beginRegistration, finishRegistration, nameTaken, usernameProblem } from '../matrix/auth/register.ts';
import { registerWays, signInWays } from '../matrix/auth/ways.ts';
import { discoverHomeserver } from '../matrix/discovery.ts';
import { forgetAccount } from '../matrix/forgetAccount.ts';
import { logInWithPassword, logInWithToken, logOut, ssoUrl, whoami } from '../matrix/login.ts';
import { newStorageKey, openAccount } from '../matrix/openAccount.ts';

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
    /** Requests without a signed-in account. */
    readonly auth: typeof auth;
    readonly oauth: typeof oauth;
    readonly discoverHomeserver: typeof discoverHomeserver;
    readonly newStorageKey: typeof newStorageKey;
    readonly openAccount: typeof openAccount;
    readonly forgetAccount: typeof forgetAccount;
}
