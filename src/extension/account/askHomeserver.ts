/** Which homeserver: the question stays, with the reason, until one answers or the person gives up. */
import type * as vscode from 'vscode';
import { readSetting } from '../manifest/config.ts';
import type { Engine } from './engine.ts';
import { userMessage } from '../../core/base/errors.ts';
import { askText } from '../shell/asking.ts';
import { HOMESERVER_HELP } from './homeserverHelp.ts';

export type FoundHomeserver = Awaited<ReturnType<Engine['discoverHomeserver']>>;

export interface HomeserverQuestion {
    readonly title: string;
    readonly prompt: string;
    readonly placeHolder: string;
    /** Said to an empty answer. */
    readonly missing: string;
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    /** Default: the setting, else `last`. */
    readonly value?: string | undefined;
    /** The homeserver that was signed in to last on this machine. */
    readonly last: string | undefined;
    /** Why it is asked (again). */
    readonly problem?: string | undefined;
}

export async function askHomeserver(question: HomeserverQuestion): Promise<FoundHomeserver | undefined> {
    const { title, prompt, placeHolder, missing } = question;
    let found: FoundHomeserver | undefined;
    const typed = await askText({
        title,
        prompt,
        help: HOMESERVER_HELP,
        placeHolder,
        value: question.value ?? suggestedHomeserver(question.settings, question.last) ?? '',
        problem: question.problem,
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

/** What stands in the question already: what the person set, else where they were last. */
export function suggestedHomeserver(
    settings: vscode.WorkspaceConfiguration,
    last: string | undefined,
): string | undefined {
    return readSetting(settings, 'hush.homeserver') || last;
}
