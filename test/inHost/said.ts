/** Records the notifications that Hush shows, in the place of a person who would read and close them. */
import * as vscode from 'vscode';

type Kind = 'showErrorMessage' | 'showWarningMessage' | 'showInformationMessage';
const KINDS: readonly Kind[] = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'];

/** Runs `work` and returns the sentences shown meanwhile. The extension and this suite have one API object. */
export async function saidDuring(work: () => PromiseLike<unknown>): Promise<string[]> {
    const said: string[] = [];
    const api = vscode.window as unknown as Record<Kind, (text: string) => PromiseLike<undefined>>;
    const real = KINDS.map((kind) => [kind, api[kind]] as const);
    for (const kind of KINDS) {
        api[kind] = (text) => {
            said.push(text);
            return Promise.resolve(undefined);
        };
    }
    try {
        await work();
    } finally {
        for (const [kind, show] of real) api[kind] = show;
    }
    return said;
}
