/** **Hush: Set Up LiveKit Server…**: sets up the person's own SFU, for people without an authoriser. */
import * as vscode from 'vscode';
import { isSfuUrl } from '../../core/share/ownSfu.ts';
import type { LiveKitServer } from '../../livekit/tokens/ownSfuTokens.ts';
import type { Log } from '../../core/base/log.ts';
import { loadOwnServer, saveOwnServer } from './ownSfuKeys.ts';
import type { Vault } from '../../core/account/vault.ts';
import { showInformationMessage, showInputBox, showQuickPick, withProgress } from '../shell/dialogs.ts';

const TITLE = 'Hush: Set Up LiveKit Server';

async function ask(prompt: string, options: vscode.InputBoxOptions = {}): Promise<string | undefined> {
    const typed = await showInputBox({ title: TITLE, prompt, ignoreFocusOut: true, ...options });
    return typed?.trim();
}

const needed = (value: string): string | undefined => (value.trim() === '' ? 'This is needed.' : undefined);

/** Returns undefined if the person gave up. */
async function askServer(before: LiveKitServer | undefined, problem?: string): Promise<LiveKitServer | undefined> {
    const url = await ask(problem ?? 'The address of your LiveKit server', {
        placeHolder: 'wss://livekit.example.org',
        value: before?.url ?? '',
        validateInput: (value) =>
            isSfuUrl(value.trim()) ? undefined : 'An address begins with wss:// and has no user, query or fragment.',
    });
    if (url === undefined) return undefined;
    const apiKey = await ask('Its API key', { value: before?.apiKey ?? '', validateInput: needed });
    if (apiKey === undefined) return undefined;
    const apiSecret = await ask('The secret of that key; it goes to your keychain', {
        password: true,
        validateInput: needed,
    });
    return apiSecret === undefined ? undefined : { url, apiKey, apiSecret };
}

export async function setUpOwnServer(vault: Vault, log: Log): Promise<void> {
    const before = await loadOwnServer(vault, log);
    if (before) {
        const [change, remove] = ['Change It…', 'Remove It'];
        const chosen = await showQuickPick([change, remove], {
            title: TITLE,
            placeHolder: `Your shares use ${before.url} where the homeserver and the settings name no server.`,
        });
        if (chosen === remove) {
            await saveOwnServer(vault, undefined);
            void showInformationMessage('Your LiveKit server was removed, and its key with it.');
        }
        if (chosen !== change) return;
    }
    for (let server = before, problem: string | undefined; ;) {
        server = await askServer(server, problem);
        if (!server) return;
        const found = await check(server);
        if (found === 'ok') {
            await saveOwnServer(vault, server);
            void showInformationMessage(
                `Hush shares through ${new URL(server.url).host} where the homeserver and the settings name no server. Teammates get their tokens from you.`,
            );
            return;
        }
        problem =
            found === 'refused'
                ? 'The server refuses this key and secret. Check both.'
                : 'No LiveKit server answers there. Check the address.';
    }
}

async function check(server: LiveKitServer): Promise<'ok' | 'refused' | 'unreachable'> {
    const { checkServer } = await import('../../livekit/tokens/ownSfuTokens.ts');
    return withProgress(
        { location: vscode.ProgressLocation.Notification, title: `Asking ${new URL(server.url).host}…` },
        () => checkServer(server),
    );
}
