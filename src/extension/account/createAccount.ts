/**
 * **Hush: Create Account**: asks for the homeserver, the name, the password, and the stages that the homeserver wants.
 * Then the person is signed in.
 */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { JsonAnswer } from '../../core/account/jsonAnswer.ts';
import type { RegisterWay } from '../../matrix/signIn/signInWays.ts';
import { commands } from '../manifest/commands.ts';
import type { Engine } from './engine.ts';
import { isHushError, userMessage } from '../../core/base/errors.ts';
import type { SignIn } from '../../core/account/storedAccounts.ts';
import { showFailure } from '../shell/failure.ts';
import { askHomeserver, type FoundHomeserver } from './askHomeserver.ts';
import { askText, withNotification } from '../shell/asking.ts';
import { signInByOAuth, signInBySso } from './browserSignIn.ts';
import { deviceName, type SignInOptions } from './signIn.ts';
import { createUiaPrompts } from './uiaPrompts.ts';
import { showQuickPick, showWarningMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

const TITLE = 'Hush: Create Account';

export interface CreateAccountOptions extends Omit<SignInOptions, 'again' | 'at'> {
    /** The homeserver that the person chose already. */
    readonly server?: string | undefined;
}

/** Returns undefined if the person gave up, or was told why it does not work. */
export async function createAccount(options: CreateAccountOptions): Promise<SignIn | undefined> {
    const { log } = options;
    try {
        let chosen = options.server === undefined ? undefined : await lookUp(options.server, options);
        let value = options.server;
        for (;;) {
            const asked = typeof chosen === 'string' ? { problem: chosen } : {};
            const given = typeof chosen === 'object' ? chosen : undefined;
            chosen = undefined;
            const homeserver =
                given ??
                (await askHomeserver({
                    title: TITLE,
                    prompt: 'The Matrix homeserver to hold your account: its name or address',
                    placeHolder: 'matrix.org, or the homeserver of your team',
                    missing: 'Type the name or address of a homeserver.',
                    engine: options.engine,
                    settings: options.settings,
                    last: options.lastHomeserver,
                    value,
                    ...asked,
                }));
            if (!homeserver) return undefined;
            const { baseUrl, versions } = homeserver;
            const engine = await options.engine();
            const { host } = new URL(baseUrl);
            const ways = await withNotification(`Asking ${host} for an account…`, () =>
                engine.auth.registerWays(baseUrl, versions, fetch),
            );
            if (!ways) return undefined;
            const way = ways.length > 1 ? await chooseWay(ways, host) : ways[0];
            if (way) return await createBy(way, engine, baseUrl, log);
            if (ways.length > 1) return undefined;
            value = host;
            if (!(await tellClosed(host))) return undefined;
        }
    } catch (error) {
        log.warn('creating the account failed', error);
        void showFailure(userMessage(error, 'Creating the account'));
        return undefined;
    }
}

/** Returns the homeserver, or a sentence about why none was found. */
async function lookUp(server: string, { engine }: Pick<SignInOptions, 'engine'>): Promise<FoundHomeserver | string> {
    try {
        return await (await engine()).discoverHomeserver(server, fetch);
    } catch (error) {
        return userMessage(error, 'Looking for the homeserver');
    }
}

/** Returns true if the person wants to try another homeserver. */
async function tellClosed(host: string): Promise<boolean> {
    const [other, signIn] = ['Choose Another Server', 'Sign In'] as const;
    const text = `${host} does not let people create accounts from here. Ask its administrator for one, choose another server, or sign in with an account you have.`;
    const chosen = await showWarningMessage(text, other, signIn);
    if (chosen === signIn) void vscode.commands.executeCommand(commands.signIn);
    return chosen === other;
}

async function chooseWay(ways: readonly RegisterWay[], host: string): Promise<RegisterWay | undefined> {
    const rows = ways.map((way) => ({
        label:
            way.kind === 'here'
                ? '$(person-add) With a name and a password'
                : `$(globe) ${way.kind === 'sso' ? plainName(way.provider?.name ?? 'Single sign-on') : 'In the browser'}`,
        description: way.kind === 'here' ? '' : 'in the browser',
        way,
    }));
    const placeHolder = `How do you want to make an account on ${host}?`;
    return (await showQuickPick(rows, { title: TITLE, placeHolder, ignoreFocusOut: true }))?.way;
}

function createBy(
    way: RegisterWay,
    engine: Engine,
    baseUrl: string,
    log: SignInOptions['log'],
): Promise<SignIn | undefined> {
    const browser = { engine, baseUrl, deviceName, deviceId: undefined, log };
    if (way.kind === 'oauth') return signInByOAuth(browser, way.metadata, true);
    return way.kind === 'sso' ? signInBySso(browser, way.provider) : createHere(engine, baseUrl);
}

async function createHere({ auth }: Engine, baseUrl: string): Promise<SignIn | undefined> {
    const { host } = new URL(baseUrl);
    for (let value = '', problem: string | undefined; ;) {
        const free = async (name: string): Promise<string | undefined> =>
            auth.usernameProblem(name.trim()) ?? (await auth.nameTaken(baseUrl, name.trim(), fetch));
        const name = await askText({
            title: `${TITLE} (1/3)`,
            prompt: `Your user name on ${host}. It cannot be changed later.`,
            placeHolder: 'alice',
            value,
            problem,
            live: (typed) => (typed === '' ? Promise.resolve(undefined) : free(typed)),
            check: free,
        });
        if (name === undefined) return undefined;
        const username = name.trim();
        const wanted = await askPassword(auth, baseUrl, username);
        if (wanted === undefined) return undefined;
        if (wanted instanceof Error) {
            [value, problem] = [username, wanted.message];
            continue;
        }
        const prompts = createUiaPrompts(TITLE, username);
        const session = await auth.finishRegistration({
            request: { baseUrl, username, password: wanted.password, deviceName },
            first: wanted.first,
            prompts,
            fetch,
            now: Date.now,
            random: randomBytes,
        });
        return session && { baseUrl, ...session };
    }
}

/**
 * The homeserver judges the password first, so its complaint shows below the input box. Returns an error if somebody
 * else took the name meanwhile.
 */
async function askPassword(
    auth: Engine['auth'],
    baseUrl: string,
    username: string,
): Promise<{ readonly password: string; readonly first: JsonAnswer } | Error | undefined> {
    let first: JsonAnswer | undefined;
    let asked = '';
    let lost: Error | undefined;
    const judge = async (password: string): Promise<string | undefined> => {
        if (password === '') return 'Type a password.';
        try {
            asked = password;
            const answer = await auth.beginRegistration({ baseUrl, username, password, deviceName }, fetch);
            if (asked === password) first = answer; // otherwise the person has typed something else
        } catch (error) {
            if (!isHushError(error)) throw error;
            if (error.code === 'register.username') {
                lost = error;
                return undefined;
            }
            if (error.code === 'register.disabled') throw error;
            return error.message; // the password is bad, or the server asks for a pause
        }
        return undefined;
    };
    const password = await askText({
        title: `${TITLE} (2/3)`,
        prompt: `A new password for ${username}`,
        password: true,
        check: judge,
    });
    if (lost) return lost;
    if (password === undefined || !first) return undefined;
    const repeated = await askText({
        title: `${TITLE} (3/3)`,
        prompt: 'The same password once more',
        password: true,
        check: (typed) => Promise.resolve(typed === password ? undefined : 'That is not what you typed before.'),
    });
    return repeated === undefined ? undefined : { password, first };
}
