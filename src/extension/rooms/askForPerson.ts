/**
 * Asks whom to invite. Offers people from shared rooms, people whom the homeserver finds, and the typed user ID once
 * Hush knows that it exists.
 */
import type * as vscode from 'vscode';
import { parseUserId } from '../../core/base/identifiers.ts';
import { typedUserId } from '../../core/base/typedNames.ts';
import type { Account } from '../../core/account/account.ts';
import { inviteRows, isSlip, personTyped, type InviteRow, type KnownPerson } from './inviteRows.ts';
import type { PersonLookUp } from '../../core/rooms/roomsPort.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { createQuickPick } from '../shell/dialogs.ts';

/** ms without a key before Hush asks the homeserver about the typed text. */
const TYPING_MS = 300;
/** If nobody has the typed name, this many first letters are searched for similar names. */
const STEM = 2;

const ICONS: Readonly<Record<InviteRow['kind'], string>> = {
    typed: '$(mail)',
    nobody: '$(circle-slash)',
    similar: '$(lightbulb)',
    known: '$(account)',
    found: '$(account)',
    hint: '$(info)',
};

interface Item extends vscode.QuickPickItem {
    readonly answer: string | undefined;
}

const LINK: Item = {
    label: '$(link) Copy a join link instead…',
    description: 'takes no user ID',
    alwaysShow: true,
    answer: 'link',
};

/**
 * `inside`: people who need no invitation. `value`: first value of the field.
 * @returns a user ID, `link` if the person wants to copy a link instead, or undefined if they gave up.
 */
export async function askForPerson(
    account: Account,
    inside: ReadonlySet<string>,
    value: string,
): Promise<string | undefined> {
    const outside = (people: readonly KnownPerson[]): KnownPerson[] => people.filter((p) => !inside.has(p.userId));
    const known = outside(await account.people());
    let found: readonly KnownPerson[] = [];
    let lookUp: PersonLookUp | undefined;
    /** Set if the person pressed Enter before the homeserver said whether this user exists. */
    let accepted: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const pick = createQuickPick<Item>();
    pick.title = 'Invite Teammate';
    pick.placeholder = 'Name or user ID, like @name:server.org';
    pick.matchOnDescription = true;
    pick.value = value;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    const done = (answer: string): void => {
        resolve(answer);
        pick.hide();
    };
    const typed = (): string => pick.value.trim();
    const show = (): void => {
        const rows = inviteRows(typed(), account.userId, known, found, lookUp).map((row) => ({
            label: `${ICONS[row.kind]} ${row.kind === 'hint' ? row.text : plainName(row.text)}`,
            description: plainText(row.description, 300),
            alwaysShow: row.kind !== 'known',
            answer: row.userId,
        }));
        pick.items = [...rows, LINK];
    };
    /** A homeserver may have no directory, or a small one. The typed user ID can be looked up anyway. */
    const search = (words: string): Promise<readonly KnownPerson[]> => account.people(words).then(outside, () => []);
    const ask = async (text: string, person: string | undefined): Promise<void> => {
        const looking = person === undefined ? undefined : lookUpPerson(account, person);
        const [people, answer] = await Promise.all([typedUserId(text) ? [] : search(text), looking]);
        if (typed() !== text) return;
        const stem = parseUserId(person ?? '')?.localpart.slice(0, STEM) ?? '';
        const like = answer?.kind === 'nobody' && stem.length === STEM ? await search(stem) : [];
        if (typed() !== text) return;
        pick.busy = false;
        const meant = like.filter(
            ({ userId }) => isSlip(person ?? '', userId) && !people.some((one) => one.userId === userId),
        );
        [found, lookUp] = [[...people, ...meant], answer];
        if (accepted !== undefined && accepted === person && answer?.kind !== 'nobody') return done(person);
        accepted = undefined;
        show();
    };
    const begin = (delay: number): void => {
        clearTimeout(timer);
        const text = typed();
        const person = personTyped(text, account.userId);
        [pick.busy, found, lookUp, accepted] = [false, [], undefined, undefined];
        show();
        if (text.length < 2) return;
        pick.busy = true;
        timer = setTimeout(() => void ask(text, inside.has(person ?? '') ? undefined : person), delay);
    };
    pick.onDidChangeValue(() => begin(TYPING_MS));
    pick.onDidAccept(() => {
        const text = typed();
        // Enter may come before the row for the typed text.
        const answer = (lookUp === undefined ? typedUserId(text) : undefined) ?? pick.selectedItems[0]?.answer;
        if (answer === undefined) return;
        const unknown = answer === personTyped(text, account.userId) && lookUp === undefined;
        const listed = [...known, ...found].some(({ userId }) => userId === answer);
        if (!unknown || listed || inside.has(answer)) return done(answer);
        accepted = answer;
        pick.busy = true;
    });
    pick.onDidHide(() => {
        clearTimeout(timer);
        resolve(undefined);
        pick.dispose();
    });
    begin(0);
    pick.show();
    return promise;
}

/** If the homeserver does not answer now, it is asked again when the invitation is sent. */
async function lookUpPerson(account: Account, userId: string): Promise<PersonLookUp> {
    return account.roomAdmin.lookUp(userId).catch(() => ({ kind: 'unknown' }));
}
