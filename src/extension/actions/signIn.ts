/** **Hush: Sign In** and **Sign Out**: what is asked, in which order, and what a person reads when it does not work. */
import * as os from 'node:os';
import * as vscode from 'vscode';
import { readSetting } from '../config.ts';
import type { Engine } from '../engine.ts';
import { isHushError, userMessage, type ErrorCode } from '../errors.ts';
import type { Log } from '../log.ts';
import type { NewSession } from '../vault.ts';
import { showFailure } from '../views/notices.ts';

export interface SignInOptions {
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    readonly log: Log;
    /** After the server ended the session: the same account, and the same device where the server still has it. */
    readonly again?:
        { readonly userId: string; readonly baseUrl: string; readonly deviceId: string | undefined } | undefined;
}

const machine = os.hostname().replace(/\.local$/u, '');

/** "Hush on <machine> (VS Code)": what the person finds in the device list of other clients. */
export const deviceName = `Hush on ${machine} (VS Code)`;

/** The same dialog comes back with the reason; after other failures it closes. */
const ASK_AGAIN: readonly ErrorCode[] = [
    'login.wrongPassword',
    'network.rateLimited',
    'network.offline',
    'network.timeout',
];

function withNotification<T>(title: string, work: () => Promise<T>): Thenable<T | undefined> {
    return vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_progress, token) =>
            Promise.race([
                work(),
                new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined))),
            ]),
    );
}

/** Asks until a homeserver answers or the person gives up. What was typed is kept for the next try. */
async function askHomeserver(options: SignInOptions) {
    let typed = readSetting(options.settings, 'hush.homeserver');
    for (let problem: string | undefined; ;) {
        const input = await vscode.window.showInputBox({
            title: 'Hush: Sign In (1/2)',
            prompt: problem ?? 'Your Matrix user ID, or the name or address of your homeserver',
            placeHolder: '@you:example.org or example.org',
            value: typed,
            ignoreFocusOut: true,
            validateInput: (value) => (value.trim() === '' ? 'Type your user ID or your homeserver.' : undefined),
        });
        if (input === undefined) return undefined;
        typed = input;
        try {
            const engine = await options.engine();
            return await withNotification(`Looking for ${input.trim()}…`, () =>
                engine.discoverHomeserver(input, fetch),
            );
        } catch (error) {
            problem = userMessage(error, 'Looking for the homeserver');
        }
    }
}

async function askUser(known: string | undefined, host: string): Promise<string | undefined> {
    if (known !== undefined) return known;
    const typed = await vscode.window.showInputBox({
        title: 'Hush: Sign In',
        prompt: `Your user name on ${host}`,
        placeHolder: 'alice or @alice:example.org',
        ignoreFocusOut: true,
        validateInput: (value) => (value.trim() === '' ? 'Type your user name.' : undefined),
    });
    return typed?.trim();
}

/** Asks for everything and signs in. `undefined`: the person gave up; nothing was changed. */
export async function signIn(options: SignInOptions): Promise<NewSession | undefined> {
    const homeserver = options.again ?? (await askHomeserver(options));
    if (!homeserver) return undefined;
    const { baseUrl } = homeserver;
    const { host } = new URL(baseUrl);
    const user = await askUser(homeserver.userId, host);
    if (user === undefined) return undefined;
    const engine = await options.engine();
    for (let problem: string | undefined; ;) {
        const password = await vscode.window.showInputBox({
            title: 'Hush: Sign In (2/2)',
            prompt: [problem, `Password of ${user} on ${host}`].filter(Boolean).join(' '),
            password: true,
            ignoreFocusOut: true,
        });
        if (password === undefined) return undefined;
        try {
            const deviceId = options.again?.deviceId;
            const pending = engine.logInWithPassword(
                { baseUrl, user, password, deviceName, deviceId },
                fetch,
                Date.now,
            );
            const session = await withNotification(`Signing in as ${user}…`, () => pending);
            if (session) return { baseUrl, ...session };
            // Cancelled, but the server may still say yes: no device that nobody knows of is left behind.
            if (deviceId === undefined) {
                void pending
                    .then((late) => engine.logOut(baseUrl, late.accessToken, fetch))
                    .catch((error: unknown) => options.log.warn('a cancelled sign-in was not undone', error));
            }
            return undefined;
        } catch (error) {
            problem = userMessage(error, 'Signing in');
            // Another password can mend only a wrong one, or come after the wait that the server asked for.
            if (isHushError(error) && ASK_AGAIN.includes(error.code)) continue;
            void showFailure(problem);
            return undefined;
        }
    }
}
