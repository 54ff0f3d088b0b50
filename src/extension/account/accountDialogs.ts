/** The dialogs about an account. A bundle of its own, loaded on first use. */
export { createAccountQuestions } from './accountQuestions.ts';
export { setUpOwnServer } from './setUpOwnSfu.ts';
export { confirmSignOut } from './switchAccount.ts';
