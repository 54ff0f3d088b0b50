/** **Set Up Recovery…**, **Recover with Recovery Key…** and **Reset Encryption Identity…**. */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { HushError, isHushError, userMessage } from '../../core/base/errors.ts';
import { openSheet } from '../shell/sheetTab.ts';
import type { NewRecovery } from '../../core/trust/trustPort.ts';
import { showFailure } from '../shell/failure.ts';
import { recoverySheet } from './recoverySheet.ts';
import { askText } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { showInformationMessage, showQuickPick, showWarningMessage, withProgress } from '../shell/dialogs.ts';

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
    return withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}

function askPassword(userId: string, why: string, problem: string | undefined): Promise<string | undefined> {
    return askText({
        title: 'Your Account’s Password',
        prompt: `${why} Password of ${userId}; it goes to your homeserver only and is not stored.`,
        password: true,
        problem,
    });
}

/** Asks twice. Nobody sees what they type, and a mistake would show only when the passphrase is needed. */
async function askPassphrase(): Promise<string | undefined> {
    const question = { title: 'Recovery Passphrase', password: true };
    const first = await askText({
        ...question,
        prompt: 'A sentence that nobody else would think of; not your account’s password.',
        check: (typed) => Promise.resolve(typed.length < 12 ? 'At least 12 characters.' : undefined),
    });
    if (first === undefined) return undefined;
    return askText({
        ...question,
        prompt: 'The same passphrase once more',
        check: (typed) => Promise.resolve(typed === first ? undefined : 'That is not what you typed before.'),
    });
}

/**
 * Runs `work` without a password first, then with the password that the homeserver asks for. Returns false if the
 * person gave up.
 */
async function withPassword(
    userId: string,
    why: string,
    work: (password: string | undefined) => Promise<void>,
): Promise<boolean> {
    let password: string | undefined;
    for (let problem: string | undefined; ;) {
        try {
            await work(password);
            return true;
        } catch (error) {
            if (!isHushError(error) || (error.code !== 'trust.needsPassword' && error.code !== 'login.wrongPassword'))
                throw error;
            if (error.code === 'login.wrongPassword') problem = error.message;
            password = await askPassword(userId, why, problem);
            if (password === undefined) return false;
        }
    }
}

/** Also creates the identity if the homeserver wanted a password for it. */
export async function setUpRecovery(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const { trust } = account;
    if (['needsPassword', 'otherAuth', 'failed'].includes(trust.own.kind)) {
        const why = 'Your homeserver wants it once, to set up the encryption identity of your account.';
        if (!(await withPassword(account.userId, why, (password) => trust.setUpIdentity(password)))) return;
    }
    if (trust.own.kind === 'untrusted')
        throw new HushError(
            'trust.notTrusted',
            'This device is not verified, so it cannot set up recovery for your account. Run "Hush: Verify This Device…" first.',
        );
    const again = (await trust.recoveryKind()) !== 'none';
    const [keyOnly, withPhrase] = ['Recovery key', 'Recovery key and passphrase'] as const;
    const picked = await showQuickPick(
        [
            { label: `$(key) ${keyOnly}`, description: 'recommended', way: keyOnly },
            { label: `$(edit) ${withPhrase}`, description: 'something you remember works too', way: withPhrase },
        ],
        {
            title: again ? 'Set Up Recovery Again (the key you have stops working)' : 'Set Up Recovery',
            placeHolder: 'How do you want to recover on a new device?',
        },
    );
    if (!picked) return;
    let passphrase: string | undefined;
    if (picked.way === withPhrase) {
        passphrase = await askPassphrase();
        if (passphrase === undefined) return;
    }
    const setUp = (replaceBackup: boolean) =>
        working('Setting up recovery…', () => trust.setUpRecovery(passphrase, replaceBackup));
    let made: NewRecovery;
    try {
        made = await setUp(false);
    } catch (error) {
        if (!isHushError(error) || error.code !== 'trust.otherBackup') throw error;
        if (!(await mayReplaceBackup())) return;
        made = await setUp(true);
    }
    showKey(context, made, passphrase !== undefined);
}

/** Asks first, because the old backup may be the only copy of somebody's history. */
async function mayReplaceBackup(): Promise<boolean> {
    const [yes, recoverIt] = ['Delete It and Make a New One', 'Use Recovery Key'] as const;
    const chosen = await askBeforeLoss(
        'Your homeserver has a key backup that this device does not use. Delete it?',
        'Another client made it, or this device has not got its key. A new backup takes its place: the keys of your encrypted history that are only in the old one are deleted from the server and cannot be brought back. If you have the recovery key of the old one, use that instead.',
        recoverIt,
        yes,
    );
    if (chosen === recoverIt) await vscode.commands.executeCommand(commands.recover);
    return chosen === yes;
}

function showKey(context: ActionContext, { key, unfinished }: NewRecovery, withPassphrase: boolean): void {
    const sheet = recoverySheet(key, withPassphrase, unfinished);
    const tab = openSheet(context.extensionUri, sheet);
    const press = async (button: string): Promise<void> => {
        if (button === 'copy') {
            await vscode.env.clipboard.writeText(key);
            tab.show({
                ...sheet,
                status: 'Copied. Your clipboard holds it until you copy something else.',
            });
        }
        if (button === 'save') {
            const file = await vscode.window.showSaveDialog({
                title: 'Save the recovery key',
                filters: { Text: ['txt'] },
                saveLabel: 'Save',
            });
            if (!file) return;
            await vscode.workspace.fs.writeFile(file, Buffer.from(`${key}\n`));
            tab.show({
                ...sheet,
                status: 'Saved. Keep that file out of your repository.',
            });
        }
        if (button === 'close') tab.dispose();
    };
    tab.onPress((button) => {
        press(button).catch((error: unknown) => {
            context.log.warn('the recovery key could not be handed out', error);
            void showFailure(userMessage(error, 'Saving the recovery key'));
        });
    });
}

const ASK_AGAIN = new Set(['trust.wrongKey', 'trust.malformedKey', 'network.offline', 'network.timeout']);

export async function recover(context: ActionContext): Promise<void> {
    const { trust } = signedIn(context).account;
    const kind = await trust.recoveryKind();
    for (let problem: string | undefined; ;) {
        const typed =
            kind === 'none'
                ? ''
                : await askText({
                      title: 'Recover with Recovery Key',
                      prompt:
                          kind === 'passphrase'
                              ? 'Your recovery key, or your recovery passphrase'
                              : 'Your recovery key: 12 groups of four letters and digits',
                      placeHolder: 'EsT1 …',
                      password: true,
                      problem,
                      check: (value) =>
                          Promise.resolve(value.trim() === '' ? 'Type or paste your recovery key.' : undefined),
                  });
        if (typed === undefined) return;
        try {
            const { roomKeys, backup } = await working('Recovering…', () => trust.recover(typed));
            const history =
                backup === 'restored'
                    ? roomKeys === 1
                        ? ' One key of your history was restored.'
                        : ` ${roomKeys} keys of your history were restored.`
                    : '';
            if (backup === 'replaced') return void tellBackupReplaced('This device is verified now. ');
            void showInformationMessage(`This device is verified now.${history}`);
            return;
        } catch (error) {
            if (!isHushError(error) || !ASK_AGAIN.has(error.code)) throw error;
            context.log.info(`recovery: ${error.code}`);
            problem = error.message;
        }
    }
}

/** The person's recovery key does not open the backup on the homeserver. */
export async function tellBackupReplaced(before = ''): Promise<void> {
    const setUp = 'Set Up Recovery';
    const chosen = await showWarningMessage(
        `${before}The key backup on your homeserver was replaced by another client, and your recovery key does not open the new one. Keys of this device are not backed up.`,
        setUp,
    );
    if (chosen === setUp) await vscode.commands.executeCommand(commands.setUpRecovery);
}

export async function resetIdentity(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const [recoverIt, yes] = ['Use Recovery Key', 'Reset'] as const;
    const chosen = await askBeforeLoss(
        'Reset your encryption identity?',
        'For when no device of yours is verified and the recovery key is lost.\n\n• Everybody who verified you is warned, and shares to you stop until they acknowledge it.\n• Your other devices become unverified.\n• The recovery key and the key backup are deleted: history that no device of yours can read is lost for good.',
        recoverIt,
        yes,
    );
    if (chosen === recoverIt) await vscode.commands.executeCommand(commands.recover);
    if (chosen !== yes) return;
    const done = await withPassword(account.userId, 'Resetting your identity needs it.', (password) =>
        Promise.resolve(working('Resetting your identity…', () => account.trust.resetIdentity(password))),
    );
    if (!done) return;
    const setUp = 'Set Up Recovery';
    const next = await showInformationMessage(
        'Your identity is new and this device is verified. Set up recovery, so that you never need this again.',
        setUp,
    );
    if (next === setUp) await vscode.commands.executeCommand(commands.setUpRecovery);
}
