/** Which homeserver: the question stays, with the reason, until one answers or the person gives up. */
import type * as vscode from 'vscode';
import { readSetting } from '../config.ts';
import type { Engine } from '../engine.ts';
import { userMessage } from '../errors.ts';
import { askText } from './asking.ts';

export type FoundHomeserver = Awaited<ReturnType<Engine['discoverHomeserver']>>;

export interface HomeserverQuestion {
    readonly title: string;
    readonly prompt: string;
    readonly placeHolder: string;
    /** Said to an empty answer. */
    readonly missing: string;
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    /** Default: the setting. */
    readonly value?: string | undefined;
}

export async function askHomeserver(question: HomeserverQuestion): Promise<FoundHomeserver | undefined> {
    const { title, prompt, placeHolder, missing } = question;
    let found: FoundHomeserver | undefined;
    const typed = await askText({
        title,
        prompt,
        placeHolder,
        value: question.value ?? readSetting(question.settings, 'hush.homeserver'),
        async check(value) {
            if (value.trim() === '') return missing;
            try {
                found = await (await question.engine()).discoverHomeserver(value, fetch);
                return undefined;
            } catch (error) {
                return userMessage(error, 'Looking for the homeserver');
            }
        },
    });
    return typed === undefined ? undefined : found;
}
