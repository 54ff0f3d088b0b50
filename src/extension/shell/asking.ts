/**
 * Small parts that the account dialogs share: an input box that checks the answer, and a wait that can be cancelled.
 */
import * as vscode from 'vscode';
import { browserAddress } from './browserAddress.ts';
import { createInputBox, setStatusBarMessage, showErrorMessage, showWarningMessage, withProgress } from './dialogs.ts';
import { plainText } from './plainText.ts';

export interface TextQuestion {
    readonly title: string;
    readonly prompt: string;
    /** Follows the prompt. A sentence of ours, so it may contain a link. */
    readonly help?: string;
    readonly placeHolder?: string;
    readonly value?: string;
    readonly password?: boolean;
    /** The reason for the question, for example why the last answer failed. */
    readonly problem?: string | undefined;
    /** Returns a problem with the text while the person types. A rejection shows nothing. */
    readonly live?: (value: string) => Promise<string | undefined>;
    /** Returns a problem with the given answer, which keeps the box open. A rejection closes the box. */
    readonly check?: (value: string) => Promise<string | undefined>;
    /** Shows a back arrow in the title for the question before this one. Then the answer is undefined. */
    readonly back?: (() => void) | undefined;
    /** Shows a button in the title for another account. Then the answer is undefined. */
    readonly otherAccount?: (() => void) | undefined;
}

const OTHER_ACCOUNT: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('account'),
    tooltip: 'Use Another Account…',
};

/** ms without a key before Hush asks a server about the typed text. */
const TYPING_MS = 350;

/** Returns the answer, or undefined if the person gave up. Rejects if `check` rejects. */
export function askText(question: TextQuestion): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const box = createInputBox();
    Object.assign(box, {
        title: question.title,
        prompt: [plainText(question.prompt), question.help].filter(Boolean).join('. '),
        placeholder: question.placeHolder,
        password: question.password ?? false,
        value: question.value ?? '',
        ignoreFocusOut: true,
        validationMessage: question.problem === undefined ? undefined : plainText(question.problem),
        buttons: [
            ...(question.back ? [vscode.QuickInputButtons.Back] : []),
            ...(question.otherAccount ? [OTHER_ACCOUNT] : []),
        ],
    });
    /** Called after VS Code has closed the box, because then the dialog has ended, too. */
    let leave: (() => void) | undefined;
    box.onDidTriggerButton((button) => {
        if (button === OTHER_ACCOUNT) leave = question.otherAccount;
        else question.back?.();
        box.hide();
    });
    let timer: NodeJS.Timeout | undefined;
    /** Counts the inputs. A late answer about an older input is dropped. */
    let turn = 0;
    const say = (sentence: string | undefined): void => {
        box.validationMessage = sentence === undefined ? undefined : plainText(sentence);
    };
    box.onDidChangeValue((value) => {
        const mine = ++turn;
        clearTimeout(timer);
        say(undefined);
        box.busy = false; // a new answer does not wait for the check of the last one
        const { live } = question;
        if (!live) return;
        timer = setTimeout(() => {
            live(value).then(
                (sentence) => {
                    if (mine === turn) say(sentence);
                },
                () => undefined,
            );
        }, TYPING_MS);
    });
    box.onDidAccept(() => {
        if (box.busy) return;
        clearTimeout(timer);
        const mine = ++turn;
        const { value } = box;
        const done = (): void => {
            resolve(value);
            box.hide();
        };
        // Answer at once: an Escape right after this Enter is meant for the next question.
        if (!question.check) return done();
        box.busy = true;
        question
            .check(value)
            .then((sentence) => {
                if (mine !== turn) return; // the person typed something else
                if (sentence !== undefined) return say(sentence);
                done();
            })
            .catch((error: unknown) => {
                if (mine === turn) reject(error);
            })
            .finally(() => {
                if (mine === turn) box.busy = false;
            });
    });
    box.onDidHide(() => {
        clearTimeout(timer);
        turn++;
        resolve(undefined);
        leave?.();
        box.dispose();
    });
    box.show();
    return promise.finally(() => box.hide());
}

/** ms without a notification. One that appears for a moment only disturbs. */
const UNSAID_MS = 500;

/** Returns undefined if cancelled. `work` then continues in the background. */
export async function withNotification<T>(title: string, work: () => Promise<T>): Promise<T | undefined> {
    const pending = work();
    const soon = await Promise.race([
        pending.then((value) => ({ value })),
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), UNSAID_MS)),
    ]);
    if (soon) return soon.value;
    return withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_progress, token) =>
            Promise.race([
                pending,
                new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
            ]),
    );
}

/**
 * Like withNotification, for work that cannot be undone. Returns false if the person cancelled; then they were told
 * that it may have happened.
 */
export async function waited(title: string, work: () => Promise<void>): Promise<boolean> {
    if (await withNotification(title, () => work().then(() => true))) return true;
    setStatusBarMessage('clock', 'Hush does not wait for the answer: it may have happened all the same', 8_000);
    return false;
}

/** Opens a web page. If VS Code does not open it, or the person refuses, they can copy the link. */
export async function openPage(url: string): Promise<void> {
    // A server chose this address. It must open a web page and start no other program.
    if (!/^https?:$/u.test(URL.parse(url)?.protocol ?? '')) {
        void showErrorMessage('The server named an address that is no web page, so it was not opened.');
        return;
    }
    // Pass the URL as text, because a Uri changes the escapes in the query. VS Code accepts text (microsoft/vscode
    // 85930), although its types do not say so.
    if (await vscode.env.openExternal((await browserAddress(url)) as unknown as vscode.Uri)) return;
    const copy = 'Copy Link';
    const text = 'Your browser was not opened. Copy the link and open it in a browser on this machine.';
    if ((await showWarningMessage(text, copy)) === copy) await vscode.env.clipboard.writeText(url);
}
