/** What is asked around an account: a bundle of its own, loaded when first needed. */
export { suggestedHomeserver } from './askHomeserver.ts';
export { createAccount } from './createAccount.ts';
export { askHowToSignIn } from './joinSignIn.ts';
export { setUpOwnServer } from './setUpOwnSfu.ts';
export { signIn } from './signIn.ts';
export { chooseAccount, confirmSignOut } from './switchAccount.ts';
