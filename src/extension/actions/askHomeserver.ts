/** Which homeserver: asked until one answers or the person gives up. */
import * as vscode from 'vscode';
import { readSetting } from '../config.ts';
import type { Engine } from '../engine.ts';
import { userMessage } from '../errors.ts';
import { withNotification } from './asking.ts';

export type FoundHomeserver = Awaited<ReturnType<Engine['discoverHomeserver']>>;

export interface HomeserverQuestion {
    readonly title: string;
    readonly prompt: string;
    readonly placeHolder: string;
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    /** Default: the setting. */
    readonly value?: string | undefined;
}

/** What was typed is kept for the next try. */
export async function askHomeserver(question: HomeserverQuestion): Promise<FoundHomeserver | undefined> {
    let typed = question.value ?? readSetting(question.settings, 'hush.homeserver');
    for (let problem: string | undefined; ;) {
        const input = await vscode.window.showInputBox({
            title: question.title,
            prompt: problem ?? question.prompt,
            placeHolder: question.placeHolder,
            value: typed,
            ignoreFocusOut: true,
            validateInput: (value) => (value.trim() === '' ? 'Type your user ID or your homeserver.' : undefined),
        });
        if (input === undefined) return undefined;
        typed = input;
        try {
            const engine = await question.engine();
            return await withNotification(`Looking for ${input.trim()}…`, () =>
                engine.discoverHomeserver(input, fetch),
            );
        } catch (error) {
            problem = userMessage(error, 'Looking for the homeserver');
        }
    }
}
