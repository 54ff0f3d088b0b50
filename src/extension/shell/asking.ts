/** Small pieces that the account dialogs share: an input whose answer is judged where it is typed, and waiting that can be cancelled. */
import * as vscode from 'vscode';
import { browserAddress } from './browserAddress.ts';
import { createInputBox, setStatusBarMessage, showErrorMessage, showWarningMessage, withProgress } from './dialogs.ts';
import { plainText } from './plainText.ts';

export interface TextQuestion {
    readonly title: string;
    readonly prompt: string;
    /** Behind the prompt: a sentence of ours, which may have a link in it. */
    readonly help?: string;
    readonly placeHolder?: string;
    readonly value?: string;
    readonly password?: boolean;
    /** Why it is asked (again). */
    readonly problem?: string | undefined;
    /** Why this answer will not do, while it is being typed. Rejections say nothing. */
    readonly live?: (value: string) => Promise<string | undefined>;
    /** The same when it is given; the box stays open with what this says. Rejections close it. */
    readonly check?: (value: string) => Promise<string | undefined>;
    /** Puts an arrow into the title, for who wants the question before this one; then the answer is undefined. */
    readonly back?: (() => void) | undefined;
    /** The same for who wants another account than the question is about. */
    readonly otherAccount?: (() => void) | undefined;
}

const OTHER_ACCOUNT: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('account'),
    tooltip: 'Use Another Account…',
};

/** ms without a key before a server is asked about what was typed. */
const TYPING_MS = 350;

/** The answer; undefined when the person gave up. Rejects with what `check` rejects with. */
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
    /** For when VS Code has closed the box, and with it the dialog that asks. */
    let leave: (() => void) | undefined;
    box.onDidTriggerButton((button) => {
        if (button === OTHER_ACCOUNT) leave = question.otherAccount;
        else question.back?.();
        box.hide();
    });
    let timer: NodeJS.Timeout | undefined;
    /** Counts what was typed: a late answer about something else says nothing. */
    let turn = 0;
    const say = (sentence: string | undefined): void => {
        box.validationMessage = sentence === undefined ? undefined : plainText(sentence);
    };
    box.onDidChangeValue((value) => {
        const mine = ++turn;
        clearTimeout(timer);
        say(undefined);
        box.busy = false; // another answer need not wait for the judgement of the last one
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
        // At once: an Escape right behind this Enter is meant for what comes next.
        if (!question.check) return done();
        box.busy = true;
        question
            .check(value)
            .then((sentence) => {
                if (mine !== turn) return; // went on typing
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

/** ms that may pass without a word: a notification that comes and goes in a blink only disturbs. */
const UNSAID_MS = 500;

/** Undefined: cancelled; what `work` still does is up to it. */
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

/** The same of what cannot be taken back. False: the person did not wait for the answer, and was told what that means. */
export async function waited(title: string, work: () => Promise<void>): Promise<boolean> {
    if (await withNotification(title, () => work().then(() => true))) return true;
    setStatusBarMessage('clock', 'Hush does not wait for the answer: it may have happened all the same', 8_000);
    return false;
}

/** Opens a web page; where VS Code does not (or the person says no), the link can be copied. */
export async function openPage(url: string): Promise<void> {
    // A server named it: nothing but a web page is opened, and no other program started.
    if (!/^https?:$/u.test(URL.parse(url)?.protocol ?? '')) {
        void showErrorMessage('The server named an address that is no web page, so it was not opened.');
        return;
    }
    // As text: a Uri is written out with other escapes than it was read with, and a query must arrive as it is. VS Code
    // takes text here (microsoft/vscode 85930); only its types do not say so.
    if (await vscode.env.openExternal((await browserAddress(url)) as unknown as vscode.Uri)) return;
    const copy = 'Copy Link';
    const text = 'Your browser was not opened. Copy the link and open it in a browser on this machine.';
    if ((await showWarningMessage(text, copy)) === copy) await vscode.env.clipboard.writeText(url);
}
