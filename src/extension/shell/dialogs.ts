/**
 * The one way to VS Code's notifications and questions: names and sentences from outside are in most of them, so none
 * of them ever has a link in it.
 */
import * as vscode from 'vscode';
import { plainText } from './plainText.ts';

/** What stands below the question of a modal one has paragraphs. */
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

/** Long work; its title is a notification too, or stands in the status bar. */
export const withProgress: typeof vscode.window.withProgress = (options, task) =>
    vscode.window.withProgress(
        options.title === undefined ? options : { ...options, title: plainText(options.title) },
        task,
    );

/** `text` may begin with an icon of ours: `icon`, such as `check`. */
export function setStatusBarMessage(icon: string, text: string, forMs: number): void {
    vscode.window.setStatusBarMessage(`$(${icon}) ${plainText(text, 200)}`, forMs);
}

/** Its prompt may say what a server said. */
export const showInputBox: typeof vscode.window.showInputBox = (options = {}, token) =>
    vscode.window.showInputBox(
        options.prompt === undefined ? options : { ...options, prompt: plainText(options.prompt) },
        token,
    );
