/** **Hush: Switch Account…**, and the question before a sign-out. */
import * as vscode from 'vscode';
import type { Account, KeysElsewhere, SignOutScope } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import { openPage } from '../shell/asking.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { showQuickPick, showWarningMessage } from '../shell/dialogs.ts';

/** @returns a user ID, `signIn` or `create`; undefined: none. */
export async function chooseAccount(known: readonly string[], active: string | undefined): Promise<string | undefined> {
    const rows: (vscode.QuickPickItem & { answer?: string })[] = [
        ...known.map((userId) => ({
            label: `$(account) ${userId}`,
            description: userId === active ? 'active' : '',
            answer: userId,
        })),
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        { label: '$(sign-in) Sign in with another account…', answer: 'signIn', alwaysShow: true },
        { label: '$(person-add) Create an account…', answer: 'create', alwaysShow: true },
    ];
    const chosen = await showQuickPick(rows, {
        title: 'Hush: Switch Account',
        placeHolder: 'Every account keeps its device and its keys. Shares of the account you leave end.',
    });
    return chosen?.answer;
}

/** Time limit in ms for the search for lost keys. The question must not wait for a homeserver that does not answer. */
const LOOK_FOR_KEYS_MS = 4_000;

/**
 * Says what gets lost, and returns the scope that the person confirms, if any. `account`: the account, if it is open.
 * `stored`: its stored form.
 */
export async function confirmSignOut(
    userId: string,
    scope: SignOutScope,
    account: Account | undefined,
    stored?: Pick<StoredAccount, 'oauth' | 'accessToken'>,
): Promise<SignOutScope | undefined> {
    if (scope === 'everywhere') {
        const delegated = account ? (await account.devices.server()).delegated : stored?.oauth !== undefined;
        const ended = account ? account.state.kind === 'expired' : stored?.accessToken === undefined;
        const page = delegated ? await account?.devices.page('list').catch(() => undefined) : undefined;
        if (delegated || ended) {
            const [open, here] = ['Open Page', 'Sign Out Here Only'];
            const text = sentenceOfOthers(delegated, page);
            const chosen = await showWarningMessage(text, { modal: true }, ...(page === undefined ? [] : [open]), here);
            if (chosen === open && page !== undefined) await openPage(page);
            return chosen === here ? 'here' : undefined;
        }
    }
    const left = account
        ? await Promise.race([
              account.keysElsewhere().catch(() => undefined),
              new Promise<undefined>((resolve) => setTimeout(resolve, LOOK_FOR_KEYS_MS)),
          ])
        : undefined;
    const everywhere = scope === 'everywhere';
    const yes = everywhere ? 'Sign Out Everywhere' : 'Sign Out';
    const what = everywhere
        ? 'Every device and every Matrix client of this account is signed out, here and elsewhere. Your shares end, and the keys of this device are deleted.'
        : 'Your shares end, and the tokens and encryption keys of this device are deleted.';
    const question = everywhere ? `Sign out ${userId} on every device?` : `Sign out ${userId} from Hush?`;
    const detail = `${what}\n\n${keysSentence(scope, left)}`;
    if (left === 'backup')
        return (await showWarningMessage(question, { modal: true, detail }, yes)) === yes ? scope : undefined;
    // Recovery needs an open account.
    const safe = account ? 'Set Up Recovery…' : 'Stay Signed In';
    const chosen = await askBeforeLoss(question, detail, safe, yes);
    if (account && chosen === safe) await vscode.commands.executeCommand(commands.setUpRecovery);
    return chosen === yes ? scope : undefined;
}

/** A sign-out everywhere also deletes the keys of the other devices. */
function isLoss(scope: SignOutScope, left: KeysElsewhere): boolean {
    return left === 'nowhere' || (left === 'devices' && scope === 'everywhere');
}

/** An undefined `left` means that Hush could not find it out. */
function keysSentence(scope: SignOutScope, left: KeysElsewhere | undefined): string {
    if (left === undefined)
        return 'It could not be found out whether there is a backup of your encryption keys. Without one, encrypted messages that only these keys can read can never be read again.';
    if (isLoss(scope, left))
        return scope === 'everywhere'
            ? 'There is no backup of your encryption keys: encrypted messages of your rooms can then never be read again.'
            : 'No other device has your encryption keys and there is no backup of them: encrypted messages of your rooms can then never be read again.';
    return left === 'backup'
        ? 'The backup of your encryption keys stays: with your recovery key, messages can be read again.'
        : 'There is no backup of your encryption keys: what only this device can read can then never be read again. Your other devices keep theirs.';
}

/** Says why Hush cannot end the other sign-ins. */
function sentenceOfOthers(delegated: boolean, page: string | undefined): string {
    if (page !== undefined) return 'Your server ends the other sign-ins on its own web page.';
    return delegated
        ? 'Your server leaves sign-ins to another one, and names no page on which they can be ended. From here only this device can be signed out.'
        : 'The server has ended the sign-in of this device, so it cannot end those of others. Sign in again first, or sign out here only.';
}
