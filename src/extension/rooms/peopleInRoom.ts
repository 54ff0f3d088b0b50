/**
 * **Hush: People in This Room…**: lists everybody with a membership in the room, their roles, and what the person may
 * do about them.
 */
import * as vscode from 'vscode';
import { levelOf, type Powers } from '../../core/rooms/powerLevels.ts';
import { userMessage } from '../../core/base/errors.ts';
import { obstacleSentence, roleOf } from './roles.ts';
import type { RoomPerson } from '../../core/rooms/roomsPort.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { deedsFor, type Deed, type PersonInRoom } from './personActions.ts';
import { roomForCommand, type RoomArgument } from './pickRoom.ts';
import { createQuickPick, showQuickPick } from '../shell/dialogs.ts';

const GROUPS = [
    ['knock', 'Ask to join'],
    ['join', 'In the room'],
    ['invite', 'Invited'],
    ['ban', 'Banned'],
] as const;

interface DeedButton extends vscode.QuickInputButton {
    readonly deed: Deed;
}
interface PersonItem extends vscode.QuickPickItem {
    readonly person?: PersonInRoom;
}

/** Shows the list again after each change, until the person closes it. */
export async function showPeople(context: ActionContext, argument: RoomArgument): Promise<void> {
    signedIn(context);
    const roomId = await roomForCommand(context, argument, 'People of which room?');
    if (roomId === undefined) return;
    for (;;) {
        const chosen = await choose(context, roomId);
        if (!chosen) return;
        const deed = chosen.deed ?? (await pickDeed(context, chosen.person));
        if (!deed) continue;
        try {
            await deed.run(context, chosen.person);
        } catch (error) {
            context.log.warn(`${deed.name} failed`, error);
            void showFailure(userMessage(error, deed.name));
        }
    }
}

interface Choice {
    readonly person: PersonInRoom;
    /** Set by a button of the row. Without it, Hush asks next what to do. */
    readonly deed: Deed | undefined;
}

/** The open list follows the changes in the room. */
async function choose(context: ActionContext, roomId: string): Promise<Choice | undefined> {
    const { account } = signedIn(context);
    const pick = createQuickPick<PersonItem>();
    pick.placeholder = 'Choose a person to see what you can do';
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    const { promise, resolve, reject } = Promise.withResolvers<Choice | undefined>();
    pick.onDidTriggerItemButton(({ item, button }) => {
        if (item.person) resolve({ person: item.person, deed: (button as DeedButton).deed });
    });
    pick.onDidAccept(() => {
        const person = pick.selectedItems[0]?.person;
        if (person) resolve({ person, deed: undefined });
    });
    pick.onDidHide(() => resolve(undefined));
    let shown = '';
    let asking = false;
    /** Sends one request at a time, and only after a change that matters. A change of presence does not. */
    const show = async (): Promise<void> => {
        const room = roomOf(context, roomId);
        if (!room) return resolve(undefined);
        const look = JSON.stringify([
            room.members.map((member) => ({ ...member, presence: undefined })),
            room.powers,
            room.knocks,
        ]);
        if (asking || look === shown) return;
        shown = look;
        pick.title = `People in ${plainName(room.name)}`;
        pick.busy = asking = true;
        const people = await account.roomAdmin.people(roomId).finally(() => {
            asking = false;
        });
        void show().catch(reject); // the room may have changed meanwhile
        const at = pick.activeItems[0]?.person?.userId;
        pick.items = itemsOf(room, account.userId, people);
        pick.activeItems = pick.items.filter(({ person }) => person !== undefined && person.userId === at);
        pick.busy = false;
    };
    const following = account.onRooms(() => void show().catch(reject));
    pick.show();
    show().catch(reject);
    try {
        return await promise;
    } finally {
        following.dispose();
        pick.dispose();
    }
}

function roomOf(context: ActionContext, roomId: string): RoomSnapshot | undefined {
    return context.account?.rooms().find((r) => r.roomId === roomId && r.membership === 'join' && r.powers);
}

function itemsOf(room: RoomSnapshot, self: string, people: readonly RoomPerson[]): PersonItem[] {
    const { powers } = room;
    if (!powers) return [];
    return GROUPS.flatMap(([membership, label]) => {
        const group = people
            .filter((person) => person.membership === membership)
            .toSorted(
                (a, b) =>
                    levelOf(powers, b.userId) - levelOf(powers, a.userId) ||
                    a.name.localeCompare(b.name) ||
                    (a.userId < b.userId ? -1 : 1),
            );
        const separator = { label, kind: vscode.QuickPickItemKind.Separator };
        return group.length === 0 ? [] : [separator, ...group.map((person) => itemOf(room, powers, self, person))];
    });
}

const ICONS = { join: 'account', invite: 'mail', knock: 'bell', ban: 'circle-slash' } as const;

function itemOf(room: RoomSnapshot, powers: Powers, self: string, person: RoomPerson): PersonItem {
    const known = { ...person, room };
    const you = person.userId === self ? ['you'] : [];
    const role = person.membership === 'join' ? [roleOf(powers, person.userId)] : [];
    const reason = person.reason === undefined ? [] : [`“${plainText(person.reason, 200)}”`];
    return {
        label: `$(${ICONS[person.membership]}) ${plainName(person.name)}`,
        description: [...role, ...you].join(' · '),
        detail: [plainText(person.userId, 255), ...reason].join(' · '),
        person: known,
        buttons: deedsFor(known, self)
            .filter(({ button, why }) => button && why === undefined)
            .map((deed): DeedButton => ({ iconPath: new vscode.ThemeIcon(deed.icon), tooltip: `${deed.name}…`, deed })),
    };
}

/** Lists what the person can do, and below it what they cannot do, with the reason. */
async function pickDeed(context: ActionContext, person: PersonInRoom): Promise<Deed | undefined> {
    const { account } = signedIn(context);
    const deeds = deedsFor(person, account.userId);
    const [possible, not] = [deeds.filter(({ why }) => !why), deeds.filter(({ why }) => why)];
    const items: (vscode.QuickPickItem & { deed?: Deed })[] = [
        ...possible.map((deed) => ({ label: `$(${deed.icon}) ${deed.name}…`, detail: deed.detail, deed })),
        ...(not.length > 0 ? [{ label: 'Not for you here', kind: vscode.QuickPickItemKind.Separator }] : []),
        ...not.map(({ name, why }) => ({
            label: `$(circle-slash) ${name}`,
            detail: why ? obstacleSentence(why) : '',
        })),
    ];
    const picked = await showQuickPick(items, {
        title: `${plainName(person.name)} (${plainText(person.userId, 300)})`,
        placeHolder: 'What do you want to do?',
    });
    return picked?.deed;
}
