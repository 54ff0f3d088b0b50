/**
 * **Hush: Sign In**: the order of the questions, and the sentence after each failure. Shows only what the homeserver
 * offers.
 */
import * as os from 'node:os';
import * as vscode from 'vscode';
import type { SignInWay } from '../../matrix/signIn/signInWays.ts';
import type { Engine } from './engine.ts';
import { commands } from '../manifest/commands.ts';
import { isHushError, userMessage, type ErrorCode } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { SignIn } from '../../core/account/storedAccounts.ts';
import { showFailure } from '../shell/failure.ts';
import { askHomeserver, type FoundHomeserver } from './askHomeserver.ts';
import { askText, withNotification, type TextQuestion } from '../shell/asking.ts';
import { signInByCode, signInByOAuth, signInBySso } from './browserSignIn.ts';
import { noWayWords } from './noWayWords.ts';
import { plainName } from '../shell/plainText.ts';
import { showQuickPick } from '../shell/dialogs.ts';

export interface SignInOptions {
    readonly engine: () => Promise<Engine>;
    readonly settings: vscode.WorkspaceConfiguration;
    readonly log: Log;
    /** The last homeserver that the person signed in to on this machine. */
    readonly lastHomeserver: string | undefined;
    /** The homeserver that the person chose already, so that Hush does not ask again. */
    readonly at?: FoundHomeserver | undefined;
    /** Set after the server ended the sign-in. It keeps the account, and the device if the server still has it. */
    readonly again?:
        { readonly userId: string; readonly baseUrl: string; readonly deviceId: string | undefined } | undefined;
}

const TITLE = 'Hush: Sign In';

const machine = os.hostname().replace(/\.local$/u, '');

/** "Hush on <machine> (VS Code)". Other clients show this name in their device list. */
export const deviceName = `Hush on ${machine} (VS Code)`;

/** After these failures the same question opens again with the reason. After others the dialog closes. */
const ASK_AGAIN: readonly ErrorCode[] = [
    'login.wrongPassword',
    'login.wrongToken',
    'network.rateLimited',
    'network.offline',
    'network.timeout',
];

interface Where {
    readonly engine: Engine;
    readonly baseUrl: string;
    readonly host: string;
    readonly userId: string | undefined;
    readonly deviceId: string | undefined;
    readonly log: Log;
    /** Goes back to the question for the homeserver. Undefined if that question was not asked. */
    readonly back: (() => void) | undefined;
    /** Goes to the list of known accounts. Only for a sign-in to a given account. */
    readonly otherAccount: (() => void) | undefined;
}

/** Asks for everything and signs in. Returns undefined if the person gave up; then nothing has changed. */
export async function signIn(options: SignInOptions): Promise<SignIn | undefined> {
    for (let value: string | undefined; ;) {
        let returned = false;
        const back = (homeserver: string): void => {
            returned = true;
            value = homeserver;
        };
        const session = await signInOnce(options, value, options.again ? undefined : back);
        if (session || !returned) return session;
    }
}

/** `back` gets the first value for the next question for the homeserver. */
async function signInOnce(
    options: SignInOptions,
    value: string | undefined,
    back: ((homeserver: string) => void) | undefined,
): Promise<SignIn | undefined> {
    const { again, log } = options;
    try {
        const homeserver = again
            ? await (await options.engine()).discoverHomeserver(again.baseUrl, fetch)
            : ((value === undefined ? options.at : undefined) ??
              (await askHomeserver({
                  title: TITLE,
                  prompt: 'Your Matrix user ID, or the name or address of your homeserver',
                  placeHolder: '@you:example.org or example.org',
                  missing: 'Type your user ID or your homeserver.',
                  value,
                  engine: options.engine,
                  settings: options.settings,
                  last: options.lastHomeserver,
              })));
        if (!homeserver) return undefined;
        const { baseUrl, versions } = homeserver;
        const userId = again?.userId ?? homeserver.userId;
        const engine = await options.engine();
        const { host } = new URL(baseUrl);
        const offered = await withNotification(`Asking ${host} how to sign in…`, () =>
            engine.auth.signInWays(baseUrl, versions, fetch),
        );
        if (!offered) return undefined;
        if (offered.oauthProblem) log.warn('the OAuth of the homeserver is not used', offered.oauthProblem);
        if (offered.ways.length === 0) {
            void showFailure(noWayWords(host, offered));
            return undefined;
        }
        const way = await chooseWay(offered.ways, host, userId);
        if (!way) return undefined;
        const where: Where = {
            engine,
            baseUrl,
            host,
            userId,
            deviceId: again?.deviceId,
            log,
            back: back && (() => back(userId ?? baseUrl)),
            // Runs after this sign-in has ended, because only one dialog about accounts can be open.
            otherAccount:
                again && (() => setImmediate(() => void vscode.commands.executeCommand(commands.switchAccount))),
        };
        return await signInBy(way, where);
    } catch (error) {
        log.warn('signing in failed', error);
        void showFailure(userMessage(error, 'Signing in'));
        return undefined;
    }
}

type Choice =
    SignInWay | { readonly kind: 'code'; readonly metadata: Extract<SignInWay, { kind: 'oauth' }>['metadata'] };

async function chooseWay(
    ways: readonly SignInWay[],
    host: string,
    userId: string | undefined,
): Promise<Choice | undefined> {
    const rows = ways.flatMap((way): (vscode.QuickPickItem & { way: Choice })[] => {
        switch (way.kind) {
            case 'oauth': {
                const { issuer } = way.metadata;
                const description = URL.parse(issuer)?.host ?? plainName(issuer);
                const row = { label: '$(globe) In the browser', description, way };
                if (!way.deviceCode) return [row];
                const { metadata } = way;
                return [
                    row,
                    {
                        label: '$(symbol-numeric) With a code, in a browser on any machine',
                        description,
                        way: { kind: 'code', metadata },
                    },
                ];
            }
            case 'password':
                return [{ label: '$(key) With your password', way }];
            case 'sso':
                return [
                    way.provider
                        ? { label: `$(globe) ${plainName(way.provider.name)}`, description: 'in the browser', way }
                        : { label: '$(globe) Single sign-on', description: 'in the browser', way },
                ];
            case 'token':
                return [
                    {
                        label: '$(link) With a login token',
                        description: 'that another client, where you are signed in, made for you',
                        way,
                    },
                ];
        }
    });
    if (rows.length === 1) return rows[0]?.way;
    const picked = await showQuickPick(rows, {
        title: TITLE,
        placeHolder: `How do you want to sign in to ${userId ?? host}?`,
        ignoreFocusOut: true,
    });
    return picked?.way;
}

function signInBy(way: Choice, where: Where): Promise<SignIn | undefined> {
    const browser = { ...where, deviceName };
    switch (way.kind) {
        case 'password':
            return byPassword(where);
        case 'token':
            return byToken(where);
        case 'sso':
            return signInBySso(browser, way.provider);
        case 'oauth':
            return signInByOAuth(browser, way.metadata);
        case 'code':
            return signInByCode(browser, way.metadata);
    }
}

async function byPassword(where: Where): Promise<SignIn | undefined> {
    const { engine, baseUrl, host, deviceId, userId, otherAccount } = where;
    for (let value = ''; ;) {
        const user = userId ?? (await askUser(where, value));
        if (user === undefined) return undefined;
        let returned = false;
        const back = userId === undefined ? () => (returned = true) : where.back;
        const prompt = `Password of ${user} on ${host}`;
        const session = await askUntilItWorks(where, user, { prompt, title: TITLE, back, otherAccount }, (password) =>
            engine.auth.logInWithPassword({ baseUrl, user, password, deviceName, deviceId }, fetch, Date.now),
        );
        if (session || !returned) return session;
        value = user;
    }
}

async function byToken(where: Where): Promise<SignIn | undefined> {
    const { engine, baseUrl, host, deviceId } = where;
    const prompt = `Login token for ${host}. It works once, for a few minutes.`;
    return askUntilItWorks(where, where.userId ?? host, { prompt, title: TITLE }, (token) =>
        engine.auth.logInWithToken({ baseUrl, token: token.trim(), deviceName, deviceId }, fetch, Date.now),
    );
}

async function askUser({ host, back }: Where, value: string): Promise<string | undefined> {
    const typed = await askText({
        title: TITLE,
        prompt: `Your user name on ${host}, or the e-mail address of your account`,
        placeHolder: 'alice or @alice:example.org',
        value,
        check: (name) => Promise.resolve(name.trim() === '' ? 'Type your user name.' : undefined),
        back,
    });
    return typed?.trim();
}

/** The sentence after a wrong password. */
function wayOn({ back, otherAccount }: Pick<TextQuestion, 'back' | 'otherAccount'>): string {
    const other = back
        ? 'go back with the arrow above for another account'
        : otherAccount
          ? 'choose another account above'
          : undefined;
    return `Type the password again${other === undefined ? '' : `, or ${other}`}.`;
}

/** Asks again only after a wrong answer, or after a pause that the server asks for. */
async function askUntilItWorks(
    { engine, baseUrl, deviceId, log }: Where,
    who: string,
    question: Pick<TextQuestion, 'title' | 'prompt' | 'back' | 'otherAccount'>,
    logIn: (secret: string) => Promise<Omit<SignIn, 'baseUrl'>>,
): Promise<SignIn | undefined> {
    for (let problem: string | undefined; ;) {
        const secret = await askText({ ...question, problem, password: true });
        if (secret === undefined) return undefined;
        try {
            const pending = logIn(secret);
            const session = await withNotification(`Signing in as ${who}…`, () => pending);
            if (session) return { baseUrl, ...session };
            // The person cancelled, but the server may still accept. Log out then, so that no unknown device stays on
            // the account.
            if (deviceId === undefined) {
                void pending
                    .then((late) => engine.auth.logOut(baseUrl, late.accessToken, fetch))
                    .catch((error: unknown) => log.warn('a cancelled sign-in was not undone', error));
            }
            return undefined;
        } catch (error) {
            if (!isHushError(error) || !ASK_AGAIN.includes(error.code)) throw error;
            problem = error.code === 'login.wrongPassword' ? `${error.message} ${wayOn(question)}` : error.message;
        }
    }
}
