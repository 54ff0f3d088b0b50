/** **Set Up Recovery…**, **Recover with Recovery Key…** and **Reset Encryption Identity…**. */
import * as vscode from 'vscode';
import { commands } from '../commands.ts';
import { HushError, isHushError, userMessage } from '../errors.ts';
import { openSheet } from '../panels/sheetTab.ts';
import { showFailure } from '../views/notices.ts';
import { recoverySheet } from '../views/recoverySheet.ts';
import { signedIn, type ActionContext } from './context.ts';

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
    return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}

function askPassword(userId: string, why: string): Thenable<string | undefined> {
    return vscode.window.showInputBox({
        title: 'Your Account’s Password',
        prompt: `${why} Password of ${userId}; it goes to your homeserver only and is not stored.`,
        password: true,
        ignoreFocusOut: true,
    });
}

/** Does `work`, first without a password, then with the one that the server asks for. False: the person gave up. */
async function withPassword(
    userId: string,
    why: string,
    work: (password: string | undefined) => Promise<void>,
): Promise<boolean> {
    let password: string | undefined;
    for (let problem = why; ;) {
        try {
            await work(password);
            return true;
        } catch (error) {
            if (!isHushError(error) || (error.code !== 'trust.needsPassword' && error.code !== 'login.wrongPassword'))
                throw error;
            if (error.code === 'login.wrongPassword') problem = error.message;
            password = await askPassword(userId, problem);
            if (password === undefined) return false;
        }
    }
}

/** Also makes the identity where the server wanted a password for it. */
export async function setUpRecovery(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const { trust } = account;
    if (trust.own.kind === 'needsPassword' || trust.own.kind === 'failed') {
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
    const picked = await vscode.window.showQuickPick(
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
        passphrase = await vscode.window.showInputBox({
            title: 'Recovery Passphrase',
            prompt: 'A sentence that nobody else would think of; not your account’s password.',
            password: true,
            ignoreFocusOut: true,
            validateInput: (value) => (value.length < 12 ? 'At least 12 characters.' : undefined),
        });
        if (passphrase === undefined) return;
    }
    const key = await working('Setting up recovery…', () => trust.setUpRecovery(passphrase));
    showKey(context, key, passphrase !== undefined);
}

function showKey(context: ActionContext, key: string, withPassphrase: boolean): void {
    const tab = openSheet(context.extensionUri, recoverySheet(key, withPassphrase));
    const press = async (button: string): Promise<void> => {
        if (button === 'copy') {
            await vscode.env.clipboard.writeText(key);
            tab.show({
                ...recoverySheet(key, withPassphrase),
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
                ...recoverySheet(key, withPassphrase),
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
                : await vscode.window.showInputBox({
                      title: 'Recover with Recovery Key',
                      prompt:
                          problem ??
                          (kind === 'passphrase'
                              ? 'Your recovery key, or your recovery passphrase'
                              : 'Your recovery key: 12 groups of four letters and digits'),
                      placeHolder: 'EsT1 …',
                      password: true,
                      ignoreFocusOut: true,
                      validateInput: (value) => (value.trim() === '' ? 'Type or paste your recovery key.' : undefined),
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
            void vscode.window.showInformationMessage(`This device is verified now.${history}`);
            return;
        } catch (error) {
            if (!isHushError(error) || !ASK_AGAIN.has(error.code)) throw error;
            context.log.info(`recovery: ${error.code}`);
            problem = error.message;
        }
    }
}

/** The backup on the server belongs to a key that this person's recovery key does not open. */
export async function tellBackupReplaced(before = ''): Promise<void> {
    const setUp = 'Set Up Recovery';
    const chosen = await vscode.window.showWarningMessage(
        `${before}The key backup on your homeserver was replaced by another client, and your recovery key does not open the new one. Keys of this device are not backed up.`,
        setUp,
    );
    if (chosen === setUp) await vscode.commands.executeCommand(commands.setUpRecovery);
}

export async function resetIdentity(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const yes = 'Reset';
    const chosen = await vscode.window.showWarningMessage(
        'Reset your encryption identity?',
        {
            modal: true,
            detail: 'For when no device of yours is verified and the recovery key is lost.\n\n• Everybody who verified you is warned, and shares to you stop until they acknowledge it.\n• Your other devices become unverified.\n• The recovery key and the key backup are deleted: history that no device of yours can read is lost for good.',
        },
        yes,
    );
    if (chosen !== yes) return;
    const done = await withPassword(account.userId, 'Resetting your identity needs it.', (password) =>
        Promise.resolve(working('Resetting your identity…', () => account.trust.resetIdentity(password))),
    );
    if (!done) return;
    const setUp = 'Set Up Recovery';
    const next = await vscode.window.showInformationMessage(
        'Your identity is new and this device is verified. Set up recovery, so that you never need this again.',
        setUp,
    );
    if (next === setUp) await vscode.commands.executeCommand(commands.setUpRecovery);
}
