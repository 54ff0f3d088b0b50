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

export const showInformationMessage = ((text: string, ...rest: unknown[]) =>
    (vscode.window.showInformationMessage as Show)(
        plainText(text),
        ...rest.map(plainOption),
    )) as typeof vscode.window.showInformationMessage;

export const showWarningMessage = ((text: string, ...rest: unknown[]) =>
    (vscode.window.showWarningMessage as Show)(
        plainText(text),
        ...rest.map(plainOption),
    )) as typeof vscode.window.showWarningMessage;

export const showErrorMessage = ((text: string, ...rest: unknown[]) =>
    (vscode.window.showErrorMessage as Show)(
        plainText(text),
        ...rest.map(plainOption),
    )) as typeof vscode.window.showErrorMessage;

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

/** The prompt may contain a sentence from a server. */
export const showInputBox: typeof vscode.window.showInputBox = (options = {}, token) =>
    vscode.window.showInputBox(
        options.prompt === undefined ? options : { ...options, prompt: plainText(options.prompt) },
        token,
    );
