/** The dialogs through which a person signs in, creates an account, or changes to another one. */
import * as vscode from 'vscode';
import { accountIndexOf, nextAccount, saveAccount, type SignIn } from '../../core/account/storedAccounts.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import { commands } from '../manifest/commands.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { HushError } from '../../core/base/errors.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import { suggestedHomeserver } from './askHomeserver.ts';
import { createAccount } from './createAccount.ts';
import { askHowToSignIn } from './joinSignIn.ts';
import { signIn } from './signIn.ts';
import { chooseAccount } from './switchAccount.ts';
import type { AccountControlOptions } from './accountControlOptions.ts';
import type { KnownAccounts } from './knownAccounts.ts';

export interface AccountQuestions {
    /** `another`: beside the accounts that are known. */
    signIn(another: boolean): Promise<void>;
    create(): Promise<void>;
    /** See `AccountControl.signInToJoin`. Resolves to whether the person joins. */
    join(link: RoomLink, agreed: () => void): Promise<boolean>;
    switch(): Promise<void>;
}

export function createAccountQuestions(options: AccountControlOptions, known: KnownAccounts): AccountQuestions {
    const { log } = options;
    const asked = () => ({
        engine: options.loadEngine,
        settings: options.configuration(),
        lastHomeserver: known.lastHomeserver(),
        log,
    });

    /** Stores a new sign-in and opens it. `again`: the user ID that the person wanted to sign in as. */
    async function adopt(session: SignIn, again?: string): Promise<void> {
        const [engine, vault, before] = await Promise.all([
            options.loadEngine(),
            options.loadVault(),
            known.stored(session.userId),
        ]);
        const account = nextAccount(before, session, engine.newStorageKey);
        await saveAccount(vault, account);
        const { serverName } = parseUserId(account.userId) ?? {};
        await known.signedInAt(serverName);
        await known.activate(account);
        // On a web page, the person may have signed in as somebody else.
        if (again !== undefined && again !== account.userId) void tellOther(account.userId, again);
        // The same user has a new device. Nobody would use the old device of this machine, so sign it out.
        if (before?.accessToken === undefined || before.deviceId === account.deviceId) return;
        const { baseUrl, accessToken, refreshToken, oauth } = before;
        const ending = oauth
            ? engine.oauth.revokeOAuth(oauth, refreshToken ?? accessToken, fetch)
            : engine.auth.logOut(baseUrl, accessToken, fetch);
        await ending.catch((error: unknown) => log.warn('the former device was not signed out', error));
    }

    async function tellOther(userId: string, wanted: string): Promise<void> {
        const back = 'Switch Account…';
        const text = `You are signed in as ${userId} now, not as ${wanted}: that is who you were in the browser. ${wanted} still has to be signed in again.`;
        if ((await showInformationMessage(text, back)) === back)
            await vscode.commands.executeCommand(commands.switchAccount);
    }

    async function askAndOpen(another: boolean): Promise<void> {
        const before = another ? undefined : await known.stored();
        const { kind } = options.state();
        if (before?.accessToken !== undefined && kind === 'failed') {
            await known.open(before);
            return;
        }
        const again = before && {
            userId: before.userId,
            baseUrl: before.baseUrl,
            deviceId: before.deviceGone === true ? undefined : before.deviceId,
        };
        const session = await signIn({ ...asked(), again });
        if (session) await adopt(session, again?.userId);
    }

    async function askToJoin(link: RoomLink, agreed: () => void): Promise<boolean> {
        // A known person keeps their device. They are asked after the sign-in whether to join.
        if (options.state().kind !== 'signedOut') {
            await askAndOpen(false);
            return true;
        }
        const suggested = suggestedHomeserver(options.configuration(), known.lastHomeserver());
        const how = await askHowToSignIn(link, suggested, options.loadEngine);
        if (!how) return false;
        agreed();
        const session =
            how.kind === 'signIn'
                ? await signIn({ ...asked(), at: how.homeserver })
                : await createAccount({ ...asked(), server: how.homeserver });
        if (session) await adopt(session);
        return session !== undefined;
    }

    async function askAndSwitch(): Promise<void> {
        const { active, known: all } = await accountIndexOf(await options.loadVault());
        const chosen = await chooseAccount(all, active);
        if (chosen === undefined || chosen === active) return;
        if (chosen === 'signIn') return askAndOpen(true);
        if (chosen === 'create') return askAndCreate();
        const account = await known.stored(chosen);
        if (account) return known.activate(account);
        throw new HushError('account.notSignedIn', `The sign-in of ${chosen} is gone. Sign in again.`);
    }

    async function askAndCreate(): Promise<void> {
        const session = await createAccount(asked());
        if (session) await adopt(session);
    }

    return { signIn: askAndOpen, create: askAndCreate, join: askToJoin, switch: askAndSwitch };
}
