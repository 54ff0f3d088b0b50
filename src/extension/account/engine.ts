/** The heavy half of the extension host: matrix-js-sdk and crypto. A bundle of its own, loaded on first use. */
import { offersDeviceCode } from '../../matrix/signIn/authMetadata.ts';
import {
    authorizationAnswer,
    authorizationRequest,
    exchangeCode,
    newDeviceId,
    oauthSentence,
    registerClient,
    revokeOAuth,
} from '../../matrix/signIn/oauth.ts';
import { lookAtDeviceCode, startDeviceCode } from '../../matrix/signIn/oauthDeviceCode.ts';
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
const oauth = {
    authorizationAnswer,
    authorizationRequest,
    exchangeCode,
    lookAtDeviceCode,
    newDeviceId,
    oauthSentence,
    offersDeviceCode,
    registerClient,
    revokeOAuth,
    startDeviceCode,
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
