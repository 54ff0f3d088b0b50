/** **Hush: Switch Account…** and the question before signing out. */
import * as vscode from 'vscode';
import type { Account, SignOutScope } from '../account.ts';
import { openPage } from './asking.ts';

/** A user ID, or a way to another account; undefined: none. */
export async function chooseAccount(
    known: readonly string[],
    active: string | undefined,
): Promise<string | 'signIn' | 'create' | undefined> {
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
    const chosen = await vscode.window.showQuickPick(rows, {
        title: 'Hush: Switch Account',
        placeHolder: 'Every account keeps its device and its keys. Shares of the account you leave end.',
    });
    return chosen?.answer;
}

/** ms to find out what would be lost; the question must not wait for a server that is away. */
const LOOK_FOR_KEYS_MS = 4_000;

/** Says what goes away; true: the person wants it. `account`: the open one, if it is. */
export async function confirmSignOut(
    userId: string,
    scope: SignOutScope,
    account: Account | undefined,
): Promise<boolean> {
    if (scope === 'everywhere' && account && (await account.devices.server()).delegated) {
        const page = await account.devices.page('list').catch(() => undefined);
        if (page !== undefined) {
            const [open, here] = ['Open Page', 'Sign Out Here Only'];
            const text = 'Your server ends the other sign-ins on its own web page.';
            const chosen = await vscode.window.showWarningMessage(text, { modal: true }, open, here);
            if (chosen === open) await openPage(page);
            return chosen === here;
        }
    }
    const loses = account
        ? await Promise.race([
              account.wouldLoseKeys().catch(() => undefined),
              new Promise<undefined>((resolve) => setTimeout(resolve, LOOK_FOR_KEYS_MS)),
          ])
        : undefined;
    const everywhere = scope === 'everywhere';
    const yes = everywhere ? 'Sign Out Everywhere' : 'Sign Out';
    const keys =
        loses === true || (everywhere && loses === undefined)
            ? 'No other device has your encryption keys and there is no backup of them: encrypted messages of your rooms can then never be read again.'
            : loses === false && !everywhere
              ? 'What only this device can decrypt is lost to it; your other devices and your backup keep their keys.'
              : 'Encrypted messages that only these keys can read are lost without a backup.';
    const what = everywhere
        ? 'Every device and every Matrix client of this account is signed out, here and elsewhere. Your shares end, and the keys of this device are deleted.'
        : 'Your shares end, and the tokens and encryption keys of this device are deleted.';
    const question = everywhere ? `Sign out ${userId} on every device?` : `Sign out ${userId} from Hush?`;
    const detail = `${what} ${keys}`;
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}
