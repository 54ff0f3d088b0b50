/** Small pieces that the account dialogs share: an input whose answer is judged where it is typed, and waiting that can be cancelled. */
import * as vscode from 'vscode';
import { browserAddress } from '../panels/browserPage.ts';

export interface TextQuestion {
    readonly title: string;
    readonly prompt: string;
    readonly placeHolder?: string;
    readonly value?: string;
    readonly password?: boolean;
    /** Why it is asked (again). */
    readonly problem?: string | undefined;
    /** Why this answer will not do, while it is being typed. Rejections say nothing. */
    readonly live?: (value: string) => Promise<string | undefined>;
    /** The same when it is given; the box stays open with what this says. Rejections close it. */
    readonly check?: (value: string) => Promise<string | undefined>;
}

/** ms without a key before a server is asked about what was typed. */
const TYPING_MS = 350;

/** The answer; undefined when the person gave up. Rejects with what `check` rejects with. */
export function askText(question: TextQuestion): Promise<string | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    const box = vscode.window.createInputBox();
    Object.assign(box, {
        title: question.title,
        prompt: question.prompt,
        placeholder: question.placeHolder,
        password: question.password ?? false,
        value: question.value ?? '',
        ignoreFocusOut: true,
        validationMessage: question.problem,
    });
    let timer: NodeJS.Timeout | undefined;
    /** Counts what was typed: a late answer about something else says nothing. */
    let turn = 0;
    const say = (sentence: string | undefined): void => {
        box.validationMessage = sentence;
    };
    box.onDidChangeValue((value) => {
        const mine = ++turn;
        clearTimeout(timer);
        say(undefined);
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
        box.busy = true;
        Promise.resolve(question.check?.(value))
            .then((sentence) => {
                if (mine !== turn) return; // went on typing
                if (sentence !== undefined) return say(sentence);
                resolve(value);
                box.hide();
            }, reject)
            .finally(() => {
                box.busy = false;
            });
    });
    box.onDidHide(() => {
        clearTimeout(timer);
        turn++;
        resolve(undefined);
        box.dispose();
    });
    box.show();
    return promise.finally(() => box.hide());
}

/** Undefined: cancelled; what `work` still does is up to it. */
export function withNotification<T>(title: string, work: () => Promise<T>): Thenable<T | undefined> {
    return vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_progress, token) =>
            Promise.race([
                work(),
                new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
            ]),
    );
}

/** Opens a web page; where VS Code does not (or the person says no), the link can be copied. */
export async function openPage(url: string): Promise<void> {
    // As text: a Uri is written out with other escapes than it was read with, and a query must arrive as it is. VS Code
    // takes text here (microsoft/vscode 85930); only its types do not say so.
    if (await vscode.env.openExternal((await browserAddress(url)) as unknown as vscode.Uri)) return;
    const copy = 'Copy Link';
    const text = 'Your browser was not opened. Copy the link and open it in a browser on this machine.';
    if ((await vscode.window.showWarningMessage(text, copy)) === copy) await vscode.env.clipboard.writeText(url);
}
