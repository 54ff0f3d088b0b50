/**
 * All notifications and questions go through here. Most of them contain names or sentences from outside, so none may
 * contain a link.
 */
import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/** The detail of a modal question may have paragraphs. */
function plainOption(option: unknown): unknown {
    if (typeof option !== 'object' || option === null || !('detail' in option) || typeof option.detail !== 'string')
        return option;
    return {
        ...option,
        detail: option.detail
            .split('\n')
            .map((line) => plainText(line, 4_000))
            .join('\n'),
    };
}

type Show = (text: string, ...rest: unknown[]) => Thenable<unknown>;

/** `find`: asked at each call, because tests put functions of their own in place. */
function plain<F extends (text: string, ...rest: never[]) => Thenable<unknown>>(find: () => F): F {
    const show: Show = (text, ...rest) =>
        (find() as unknown as Show).call(vscode.window, plainText(text), ...rest.map(plainOption));
    return show as unknown as F;
}

export const showInformationMessage = plain(() => vscode.window.showInformationMessage);
export const showWarningMessage = plain(() => vscode.window.showWarningMessage);
export const showErrorMessage = plain(() => vscode.window.showErrorMessage);

/** The title of the work is a notification, too, or a text in the status bar. */
export const withProgress: typeof vscode.window.withProgress = (options, task) =>
    vscode.window.withProgress(
        options.title === undefined ? options : { ...options, title: plainText(options.title) },
        task,
    );

/** `icon`: an icon of ours, for example `check`. It comes before `text`. */
export function setStatusBarMessage(icon: string, text: string, forMs: number): void {
    vscode.window.setStatusBarMessage(`$(${icon}) ${plainText(text, 200)}`, forMs);
}

/** Questions of ours that are open. */
let asking = 0;

/** A list or a field of ours waits for an answer: nothing may take the focus from it, for that would close it. */
export function isAsking(): boolean {
    return asking > 0;
}

async function whileAsking<T>(answer: Thenable<T>): Promise<T> {
    asking++;
    try {
        return await answer;
    } finally {
        asking--;
    }
}

/** Its prompt may say what a server said. */
export const showInputBox: typeof vscode.window.showInputBox = (options = {}, token) =>
    whileAsking(
        vscode.window.showInputBox(
            options.prompt === undefined ? options : { ...options, prompt: plainText(options.prompt) },
            token,
        ),
    );

export const showQuickPick = ((...args: readonly unknown[]) =>
    whileAsking(
        (vscode.window.showQuickPick as (...all: readonly unknown[]) => Thenable<unknown>)(...args),
    )) as typeof vscode.window.showQuickPick;

/** To be shown at once: from now on it waits for an answer, until VS Code has hidden it. */
export function createQuickPick<T extends vscode.QuickPickItem>(): vscode.QuickPick<T> {
    return asked(vscode.window.createQuickPick<T>());
}

/** As {@link createQuickPick}. */
export function createInputBox(): vscode.InputBox {
    return asked(vscode.window.createInputBox());
}

function asked<I extends vscode.QuickInput>(input: I): I {
    asking++;
    const hidden = input.onDidHide(() => {
        asking--;
        hidden.dispose();
    });
    return input;
}
