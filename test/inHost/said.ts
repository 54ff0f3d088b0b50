/** Records what Hush shows, in the place of a person who would read and close it: notifications, and the titles of boxes and lists. */
import * as vscode from 'vscode';

type Kind = 'showErrorMessage' | 'showWarningMessage' | 'showInformationMessage';
const KINDS: readonly Kind[] = ['showErrorMessage', 'showWarningMessage', 'showInformationMessage'];
type Box = 'createQuickPick' | 'createInputBox';
const BOXES: readonly Box[] = ['createQuickPick', 'createInputBox'];

type Patched = Record<Kind, (text: string) => PromiseLike<undefined>> & Record<Box, () => vscode.QuickInput>;

/** Runs `work` and returns the sentences shown meanwhile. The extension and this suite have one API object. */
export async function saidDuring(work: () => PromiseLike<unknown>): Promise<string[]> {
    const said: string[] = [];
    const api = vscode.window as unknown as Patched;
    const kinds = KINDS.map((kind) => [kind, api[kind]] as const);
    const boxes = BOXES.map((kind) => [kind, api[kind]] as const);
    for (const kind of KINDS) {
        api[kind] = (text) => {
            said.push(text);
            return Promise.resolve(undefined);
        };
    }
    for (const [kind, create] of boxes) {
        api[kind] = () => {
            const box = create.call(vscode.window);
            const show = box.show.bind(box);
            box.show = () => {
                said.push(box.title ?? '');
                show();
                box.hide();
            };
            return box;
        };
    }
    try {
        await work();
    } finally {
        for (const [kind, show] of kinds) api[kind] = show;
        for (const [kind, create] of boxes) api[kind] = create;
    }
    return said;
}
