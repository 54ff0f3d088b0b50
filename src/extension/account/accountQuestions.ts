/** The dialogs through which a person signs in, creates an account, or changes to another one. */
import { accountIndexOf } from '../../core/account/storedAccounts.ts';
import { HushError } from '../../core/base/errors.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
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
    const dialogs = () => import('./accountDialogs.ts');
    const asked = () => ({
        engine: options.loadEngine,
        settings: options.configuration(),
        lastHomeserver: known.lastHomeserver(),
        log,
    });

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
        const { signIn } = await dialogs();
        const session = await signIn({ ...asked(), again });
        if (session) await known.adopt(session, again?.userId);
    }

    async function askToJoin(link: RoomLink, agreed: () => void): Promise<boolean> {
        // A known person keeps their device. They are asked after the sign-in whether to join.
        if (options.state().kind !== 'signedOut') {
            await askAndOpen(false);
            return true;
        }
        const { askHowToSignIn, createAccount, signIn, suggestedHomeserver } = await dialogs();
        const suggested = suggestedHomeserver(options.configuration(), known.lastHomeserver());
        const how = await askHowToSignIn(link, suggested, options.loadEngine);
        if (!how) return false;
        agreed();
        const session =
            how.kind === 'signIn'
                ? await signIn({ ...asked(), at: how.homeserver })
                : await createAccount({ ...asked(), server: how.homeserver });
        if (session) await known.adopt(session);
        return session !== undefined;
    }

    async function askAndSwitch(): Promise<void> {
        const { active, known: all } = await accountIndexOf(await options.loadVault());
        const chosen = await (await dialogs()).chooseAccount(all, active);
        if (chosen === undefined || chosen === active) return;
        if (chosen === 'signIn') return askAndOpen(true);
        if (chosen === 'create') return askAndCreate();
        const account = await known.stored(chosen);
        if (account) return known.activate(account);
        throw new HushError('account.notSignedIn', `The sign-in of ${chosen} is gone. Sign in again.`);
    }

    async function askAndCreate(): Promise<void> {
        const session = await (await dialogs()).createAccount(asked());
        if (session) await known.adopt(session);
    }

    return { signIn: askAndOpen, create: askAndCreate, join: askToJoin, switch: askAndSwitch };
}
