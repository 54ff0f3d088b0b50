/**
 * Asks for the homeserver. The question stays open and shows the reason until a homeserver answers or the person gives
 * up.
 */
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
    /** The sentence for an empty answer. */
    readonly missing: string;
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    /** Default: the setting, then `last`. */
    readonly value?: string | undefined;
    /** The last homeserver that the person signed in to on this machine. */
    readonly last: string | undefined;
    /** The reason for the question, for example why the last answer failed. */
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

/** The first value of the question: the setting, then the last homeserver. */
export function suggestedHomeserver(
    settings: vscode.WorkspaceConfiguration,
    last: string | undefined,
): string | undefined {
    return readSetting(settings, 'hush.homeserver') || last;
}
