/** The dialogs about an account. A bundle of its own, loaded on first use. */
export { suggestedHomeserver } from './askHomeserver.ts';
export { createAccount } from './createAccount.ts';
export { askHowToSignIn } from './joinSignIn.ts';
export { setUpOwnServer } from './setUpOwnSfu.ts';
export { signIn } from './signIn.ts';
export { chooseAccount, confirmSignOut } from './switchAccount.ts';
