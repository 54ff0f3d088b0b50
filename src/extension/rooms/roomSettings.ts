/** **Hush: Room Settings…**: lists each setting with its value, and why the person may not change it. */
import * as vscode from 'vscode';
import { obstacle } from '../../core/rooms/powerLevels.ts';
import { versionTraits } from '../../core/rooms/roomVersions.ts';
import { commands } from '../manifest/commands.ts';
import { HushError, userMessage } from '../../core/base/errors.ts';
import { isRoomAlias } from '../../core/rooms/joinLink.ts';
import { obstacleSentence } from './roles.ts';
import type { RoomChange, RoomSettings } from '../../core/rooms/roomsPort.ts';
import { HISTORY, historySentence, joinRuleSentence, type JoinRule } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showQuickPick, showWarningMessage, withProgress } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { askText } from '../shell/asking.ts';
import { signedIn, type ActionContext, joinedRooms } from '../shell/actionContext.ts';
import { roomForCommand, type RoomArgument } from './pickRoom.ts';

interface Setting {
    readonly icon: string;
    readonly label: string;
    readonly now: string;
    /** Type of the state event. */
    readonly type: string;
    /** Asks for the new value. Returns undefined if nothing changes. */
    ask(): Promise<RoomChange | undefined>;
}

/** Shows the list again after each change, until the person closes it. */
export async function roomSettings(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = await roomForCommand(context, argument, 'Settings of which room?');
    if (roomId === undefined) return;
    for (;;) {
        const room = joinedRooms(context).find((r) => r.roomId === roomId);
        if (!room) return;
        const chosen = await choose(context, room, account.userId);
        if (!chosen) return;
        if (chosen === 'upgrade') {
            await vscode.commands.executeCommand(commands.upgradeRoom, roomId);
            return;
        }
        try {
            const change = await chosen.ask();
            if (!change) continue;
            await withProgress({ location: vscode.ProgressLocation.Window, title: 'Hush: changing the room' }, () =>
                account.roomAdmin.change(roomId, change),
            );
        } catch (error) {
            context.log.warn('a room was not changed', error);
            void showFailure(userMessage(error, 'Changing the room'));
        }
    }
}

async function choose(
    context: ActionContext,
    room: RoomSnapshot,
    self: string,
): Promise<Setting | 'upgrade' | undefined> {
    const { account } = signedIn(context);
    const why = (type: string): string | undefined => {
        const found = room.powers && obstacle(room.powers, self, { kind: 'state', type });
        return found && obstacleSentence(found);
    };
    const both = Promise.all([account.roomAdmin.settings(room.roomId), account.roomAdmin.picture(room.roomId)]);
    const items = both.then(([settings, picture]) => [
        ...settingsOf(context, room, settings).map((setting) => {
            const refused = why(setting.type);
            const shown = setting.type === 'm.room.avatar' ? picture : undefined;
            const icon = refused !== undefined ? '$(circle-slash) ' : shown === undefined ? `$(${setting.icon}) ` : '';
            return {
                label: `${icon}${setting.label}`,
                ...(shown === undefined ? {} : { iconPath: vscode.Uri.parse(shown) }),
                description: plainText(setting.now, 120),
                detail: refused ?? '',
                chosen: refused === undefined ? setting : undefined,
            };
        }),
        {
            label: `$(${why('m.room.tombstone') === undefined ? 'arrow-up' : 'circle-slash'}) Room version`,
            description: settings.version,
            detail: why('m.room.tombstone') ?? 'Upgrade Room… replaces the room by one of another version.',
            chosen: why('m.room.tombstone') === undefined ? ('upgrade' as const) : undefined,
        },
    ]);
    for (;;) {
        const picked = await showQuickPick(items, {
            title: `Settings of ${plainName(room.name)}`,
            placeHolder: 'Choose what to change',
            matchOnDescription: true,
        });
        if (!picked || picked.chosen) return picked?.chosen;
    }
}

function settingsOf(context: ActionContext, room: RoomSnapshot, settings: RoomSettings): Setting[] {
    const { name, topic, avatar, alias, history, joinRule } = settings;
    return [
        {
            icon: 'edit',
            label: 'Name',
            now: name ?? 'none',
            type: 'm.room.name',
            ask: async () =>
                textChange('Name', 'Of the room, as everybody sees it', name, (next) => ({ kind: 'name', name: next })),
        },
        {
            icon: 'note',
            label: 'Topic',
            now: topic ?? 'none',
            type: 'm.room.topic',
            ask: async () =>
                textChange('Topic', 'What the room is about. It is not encrypted.', topic, (next) => ({
                    kind: 'topic',
                    topic: next,
                })),
        },
        {
            icon: 'file-media',
            label: 'Picture',
            now: avatar === undefined ? 'none' : 'set',
            type: 'm.room.avatar',
            ask: () => askPicture(avatar !== undefined),
        },
        {
            icon: 'link',
            label: 'Address',
            now: alias ?? 'none',
            type: 'm.room.canonical_alias',
            ask: () => askAlias(context, alias),
        },
        {
            icon: 'person-add',
            label: 'Who gets in',
            now: joinRuleSentence(joinRule),
            type: 'm.room.join_rules',
            ask: () => askJoinRule(context, room, settings),
        },
        {
            icon: 'history',
            label: 'History',
            now: historySentence(history),
            type: 'm.room.history_visibility',
            ask: () => askHistory(history),
        },
        ...(room.encrypted ? [] : [{ ...ENCRYPTION }]),
    ];
}

const ENCRYPTION: Setting = {
    icon: 'lock',
    label: 'Encryption',
    now: 'off: Hush shares no screens here',
    type: 'm.room.encryption',
    async ask() {
        const on = 'Turn On';
        const detail = 'It cannot be turned off again. What was written before stays as it is.';
        const chosen = await showWarningMessage(
            'Turn on end-to-end encryption for this room?',
            { modal: true, detail },
            on,
        );
        return chosen === on ? { kind: 'encryption' } : undefined;
    },
};

async function textChange(
    title: string,
    prompt: string,
    value: string | undefined,
    make: (text: string) => RoomChange,
): Promise<RoomChange | undefined> {
    const typed = await askText({ title, prompt, value: value ?? '' });
    return typed === undefined || typed.trim() === (value ?? '') ? undefined : make(typed.trim());
}

async function askPicture(set: boolean): Promise<RoomChange | undefined> {
    const [pick, remove] = ['$(folder-opened) Choose a picture…', '$(trash) Remove the picture'] as const;
    const what = set ? await showQuickPick([pick, remove], { title: 'Picture of the Room' }) : pick;
    if (what === remove) return { kind: 'avatar', path: undefined };
    if (what !== pick) return undefined;
    const [file] =
        (await vscode.window.showOpenDialog({
            title: 'Picture of the room (not encrypted: servers and people outside can see it)',
            filters: { Pictures: ['png', 'jpg', 'jpeg', 'gif', 'webp'] },
        })) ?? [];
    if (!file) return undefined;
    // In a remote window, the dialog may show files of another machine. Their paths mean nothing here.
    if (file.scheme !== 'file') throw new HushError('file.unreadable', 'Choose a picture that is on this computer.');
    return { kind: 'avatar', path: file.fsPath };
}

async function askAlias(context: ActionContext, alias: string | undefined): Promise<RoomChange | undefined> {
    const { userId } = signedIn(context).account;
    const server = userId.slice(userId.indexOf(':') + 1);
    const typed = await askText({
        title: 'Address',
        prompt: `Like #name:${server}. Empty removes it. The address is no secret.`,
        value: alias ?? `#:${server}`,
        check: (value) =>
            Promise.resolve(
                value.trim() === '' || isRoomAlias(value.trim()) ? undefined : `An address looks like #name:${server}.`,
            ),
    });
    if (typed === undefined || typed.trim() === (alias ?? '')) return undefined;
    return { kind: 'alias', alias: typed.trim() === '' ? undefined : typed.trim() };
}

async function askHistory(now: RoomSettings['history']): Promise<RoomChange | undefined> {
    const picked = await showQuickPick(
        HISTORY.filter((history) => history !== 'world_readable' || now === history).map((history) => ({
            label: `${history === now ? '$(check)' : '$(blank)'} ${historySentence(history)}`,
            history,
        })),
        { title: 'History', placeHolder: 'Who reads what was written before they came?' },
    );
    return picked && picked.history !== now ? { kind: 'history', history: picked.history } : undefined;
}

async function askJoinRule(
    context: ActionContext,
    room: RoomSnapshot,
    { joinRule, allow, version }: RoomSettings,
): Promise<RoomChange | undefined> {
    const traits = versionTraits(version);
    const others = joinedRooms(context).filter((r) => r.roomId !== room.roomId);
    const rules: readonly (readonly [JoinRule, boolean])[] = [
        ['invite', true],
        ['knock', traits.knock],
        ['restricted', traits.restricted && others.length + allow.length > 0],
        ['knock_restricted', traits.knockRestricted && others.length + allow.length > 0],
        ['public', true],
    ];
    const picked = await showQuickPick(
        rules
            .filter(([, possible]) => possible)
            .map(([rule]) => ({
                label: `${rule === joinRule ? '$(check)' : '$(blank)'} ${joinRuleSentence(rule)}`,
                rule,
            })),
        { title: 'Who Gets In', placeHolder: `Room version ${version}` },
    );
    if (!picked) return undefined;
    if (picked.rule !== 'restricted' && picked.rule !== 'knock_restricted')
        return picked.rule === joinRule ? undefined : { kind: 'joinRule', rule: picked.rule, allow: [] };
    // Spaces and unknown rooms cannot be listed by name. People who get in through them keep that right.
    const elsewhere = allow.filter((id) => !others.some(({ roomId }) => roomId === id));
    const chosen = await showQuickPick(
        [
            ...others.map(({ roomId, name }) => ({
                label: plainName(name),
                detail: roomId,
                picked: allow.includes(roomId),
                roomId,
            })),
            ...elsewhere.map((roomId) => ({
                label: plainText(roomId, 255),
                detail: 'A space, or a room that you are not in',
                picked: true,
                roomId,
            })),
        ],
        { title: 'Members of Which Rooms Get In?', canPickMany: true, matchOnDetail: true },
    );
    if (!chosen || chosen.length === 0) return undefined;
    return { kind: 'joinRule', rule: picked.rule, allow: chosen.map(({ roomId }) => roomId) };
}
