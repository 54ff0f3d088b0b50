/** **Hush: Create Room…**: asks for the name, who gets in, and which homeservers. The room is always encrypted. */
import * as vscode from 'vscode';
import { typedUserId } from '../../core/base/typedNames.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import type { CreateSession, Person } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { createQuickPick, showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { askText, withNotification } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

const TITLE = 'Create Room';
type Access = NonNullable<CreateSession['access']>;

export async function createRoom(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const name = await askText({
        title: `${TITLE} (1/3)`,
        prompt: 'Name of the room. It is end-to-end encrypted from its first message.',
        check: (value) => Promise.resolve(value.trim() === '' ? 'The room needs a name.' : undefined),
    });
    if (name === undefined) return;
    const access = await pickAccess();
    if (access === undefined) return;
    const federate = await pickFederation(account.userId);
    if (federate === undefined) return;
    const invite = access === 'trusted' ? await pickPeople(await account.people()) : [];
    if (!invite) return;
    const roomId = await withNotification('Hush: creating the room', () =>
        account.createSessionRoom({ name: name.trim(), invite, workspaceLink: undefined, access, federate }),
    );
    if (roomId === undefined) return;
    const ways: Readonly<Record<string, string>> = {
        'Invite Teammate…': commands.inviteTeammate,
        'Copy Join Link…': commands.copyJoinLink,
        'Use for This Workspace': commands.linkWorkspace,
    };
    const chosen = await showInformationMessage(`The room “${plainName(name.trim())}” is ready.`, ...Object.keys(ways));
    const command = chosen === undefined ? undefined : ways[chosen];
    if (command !== undefined) await vscode.commands.executeCommand(command, roomId);
}

async function pickAccess(): Promise<Access | undefined> {
    const item = (label: string, detail: string, access: Access) => ({ label, detail, access });
    const picked = await showQuickPick(
        [
            item('$(lock) Private', 'Only people who are invited get in. You manage the room.', 'private'),
            item(
                '$(bell) Private, with requests',
                'Others may ask to join, and somebody inside lets them in.',
                'knock',
            ),
            item(
                '$(shield) Private, among equals',
                'The people you invite now may do everything that you may.',
                'trusted',
            ),
        ],
        { title: `${TITLE} (2/3)`, placeHolder: 'Who gets in?' },
    );
    return picked?.access;
}

async function pickFederation(self: string): Promise<boolean | undefined> {
    const server = plainText(parseUserId(self)?.serverName ?? '', 100);
    const picked = await showQuickPick(
        [
            { label: '$(globe) Any homeserver', detail: 'People of all homeservers can be invited.', federate: true },
            {
                label: `$(home) Only ${server}`,
                detail: 'Nobody from elsewhere can ever join. This cannot be changed later.',
                federate: false,
            },
        ],
        { title: `${TITLE} (3/3)`, placeHolder: 'From which homeservers may people come?' },
    );
    return picked?.federate;
}

/** Asks for several people, known or typed. Returns undefined if cancelled. */
function pickPeople(people: readonly Person[]): Promise<string[] | undefined> {
    const pick = createQuickPick<vscode.QuickPickItem & { readonly userId: string }>();
    pick.title = `${TITLE}: among equals`;
    pick.placeholder = 'Choose whom to invite; type a user ID like @name:server.org for somebody new';
    pick.canSelectMany = true;
    pick.matchOnDescription = true;
    pick.ignoreFocusOut = true;
    const row = ({ userId, name }: Person) => ({
        label: plainName(name),
        description: plainText(userId, 300),
        userId,
    });
    const known = new Map(people.map((person) => [person.userId, row(person)]));
    pick.items = [...known.values()];
    pick.onDidChangeValue((value) => {
        const userId = typedUserId(value);
        if (userId === undefined || known.has(userId)) return;
        known.set(userId, row({ userId, name: userId }));
        const { selectedItems } = pick;
        pick.items = [...known.values()];
        pick.selectedItems = [...selectedItems, ...[known.get(userId)].flatMap((item) => item ?? [])];
    });
    pick.show();
    return new Promise((resolve) => {
        pick.onDidAccept(() => {
            resolve(pick.selectedItems.map(({ userId }) => userId));
            pick.hide();
        });
        pick.onDidHide(() => {
            resolve(undefined);
            pick.dispose();
        });
    });
}
