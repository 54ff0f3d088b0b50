/** Asks a newcomer who opened a link how to sign in. The answer also says that they want to join. */
import type * as vscode from 'vscode';
import type { Engine } from './engine.ts';
import { userMessage } from '../../core/base/errors.ts';
import { serverOfLink, signInRows, type SignInAnswer, type SignInRow } from '../../core/account/signInRows.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import { plainText } from '../shell/plainText.ts';
import type { FoundHomeserver } from './askHomeserver.ts';
import { openPage } from '../shell/asking.ts';
import { HOMESERVER_PAGE } from './homeserverHelp.ts';
import { createQuickPick } from '../shell/dialogs.ts';

export type HowToSignIn =
    | { readonly kind: 'signIn'; readonly homeserver: FoundHomeserver }
    | { readonly kind: 'create'; readonly homeserver: string | undefined };

interface Item extends vscode.QuickPickItem {
    readonly answer: SignInAnswer | undefined;
}

/** `suggested`: the homeserver of this person, if known. Returns undefined if the person does not want to join. */
export function askHowToSignIn(
    link: RoomLink,
    suggested: string | undefined,
    engine: () => Promise<Engine>,
): Promise<HowToSignIn | undefined> {
    const { promise, resolve } = Promise.withResolvers<HowToSignIn | undefined>();
    const pick = createQuickPick<Item>();
    pick.title = titleOf(link);
    pick.placeholder = 'Your Matrix user ID, like @you:example.org';
    pick.ignoreFocusOut = true;
    let problem: string | undefined;
    /** Counts the inputs. A late answer about an older input is dropped. */
    let turn = 0;
    const show = (): void => {
        const rows = signInRows(pick.value, link, suggested).map(itemOf);
        pick.items = problem === undefined ? rows : [itemOf(failed(problem)), ...rows];
    };
    const signInAt = async (typed: string): Promise<void> => {
        const mine = ++turn;
        pick.busy = true;
        try {
            const homeserver = await (await engine()).discoverHomeserver(typed, fetch);
            if (mine !== turn) return;
            resolve({ kind: 'signIn', homeserver });
            pick.hide();
        } catch (error) {
            if (mine !== turn) return;
            pick.busy = false;
            problem = userMessage(error, 'Looking for the homeserver');
            show();
        }
    };
    pick.onDidChangeValue(() => {
        turn++;
        problem = undefined;
        pick.busy = false;
        show();
    });
    pick.onDidAccept(() => {
        if (pick.busy) return;
        const answer = pick.selectedItems[0]?.answer;
        switch (answer?.kind) {
            case 'signIn':
                return void signInAt(answer.homeserver);
            case 'create':
                resolve({ kind: 'create', homeserver: answer.homeserver });
                return pick.hide();
            case 'explain':
                return void openPage(HOMESERVER_PAGE);
            case undefined:
                return undefined;
        }
    });
    pick.onDidHide(() => {
        turn++;
        resolve(undefined);
        pick.dispose();
    });
    show();
    pick.show();
    return promise;
}

function titleOf(link: RoomLink): string {
    const who = link.from === undefined ? '' : ` of ${plainText(link.from, 255)}`;
    const server = serverOfLink(link);
    const where = who === '' && server !== undefined ? ` on ${plainText(server, 255)}` : '';
    return `Sign In to Join the Session${who}${where}`;
}

function failed(problem: string): SignInRow {
    return { icon: 'error', label: problem, description: '', answer: undefined };
}

/** The labels contain text from strangers. */
function itemOf({ icon, label, description, answer }: SignInRow): Item {
    return { label: `$(${icon}) ${plainText(label, 300)}`, description, alwaysShow: true, answer };
}
