/** The heavy half of the extension host: matrix-js-sdk and crypto. Its own bundle, loaded when first needed. */
import { discoverHomeserver } from '../matrix/discovery.ts';
import { forgetAccount } from '../matrix/forgetAccount.ts';
import { logInWithPassword, logOut } from '../matrix/login.ts';
import { newStorageKey, openAccount } from '../matrix/openAccount.ts';

export { discoverHomeserver, forgetAccount, logInWithPassword, logOut, newStorageKey, openAccount };

export interface Engine {
    readonly discoverHomeserver: typeof discoverHomeserver;
    readonly logInWithPassword: typeof logInWithPassword;
    readonly logOut: typeof logOut;
    readonly newStorageKey: typeof newStorageKey;
    readonly openAccount: typeof openAccount;
    readonly forgetAccount: typeof forgetAccount;
}
