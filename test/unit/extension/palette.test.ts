/** What the palette lists in each state, by title: a command that has no sense at the moment is not there. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hiddenCommands, pictureCommands } from '../../../src/extension/manifest/commands.ts';
import { contexts } from '../../../src/extension/manifest/contexts.ts';
import { manifest } from './manifest.ts';
import { holds, type Keys } from './whenClause.ts';

const { commands, menus } = manifest.contributes;
const clauses = new Map((menus['commandPalette'] ?? []).map(({ command, when }) => [command, when]));

/** Titles, sorted, that VS Code's palette lists with these context keys. */
function listed(keys: Keys): string[] {
    return commands
        .filter(({ command, enablement }) => holds(enablement, keys) && holds(clauses.get(command), keys))
        .map(({ title }) => title)
        .toSorted();
}

const TEXT_EDITOR = 'workbench.editors.files.textFileEditor';
const ALWAYS = ['Show Diagnostics', 'Show Log'];
const READY = { [contexts.account]: 'ready' };
const ACCOUNT = [
    'Copy My ID',
    'Create Room…',
    'Ignored People…',
    'Join by Link…',
    'Manage Devices…',
    'Recover with Recovery Key…',
    'Reset Encryption Identity…',
    'Set Up LiveKit Server…',
    'Set Up Recovery…',
    'Sign Out',
    'Sign Out Everywhere',
    'Start Session and Copy Link',
    'Switch Account…',
    'Verify Teammate…',
    'Verify This Device…',
    ...ALWAYS,
];
const IN_ROOM = [
    'Copy Join Link…',
    'Invite Teammate…',
    'Leave Room…',
    'Link Workspace to Room…',
    'Open Chat…',
    'People in This Room…',
    'Room Settings…',
    'Send Changes…',
    'Send File to Hush Session…',
];
const ROOM_KEYS = { ...READY, [contexts.inRoom]: true, [contexts.hasRooms]: true };
const SESSION_KEYS = { ...ROOM_KEYS, [contexts.linked]: true };

const TABLE: readonly (readonly [state: string, keys: Keys, titles: readonly string[]])[] = [
    [
        'signed out',
        { [contexts.account]: 'signedOut' },
        ['Create Account…', 'Join by Link…', 'Set Up LiveKit Server…', 'Sign In…', ...ALWAYS],
    ],
    [
        'signed out, other accounts are known',
        { [contexts.account]: 'signedOut', [contexts.otherAccounts]: true },
        ['Create Account…', 'Join by Link…', 'Set Up LiveKit Server…', 'Sign In…', 'Switch Account…', ...ALWAYS],
    ],
    ['connecting', { [contexts.account]: 'starting' }, ['Copy My ID', 'Join by Link…', 'Sign Out', ...ALWAYS]],
    [
        'the server ended the sign-in',
        { [contexts.account]: 'expired' },
        [
            'Copy My ID',
            'Create Account…',
            'Join by Link…',
            'Set Up LiveKit Server…',
            'Sign In…',
            'Sign Out',
            'Switch Account…',
            ...ALWAYS,
        ],
    ],
    [
        'the account could not be opened',
        { [contexts.account]: 'failed' },
        [
            'Copy My ID',
            'Create Account…',
            'Join by Link…',
            'Set Up LiveKit Server…',
            'Sign In…',
            'Sign Out',
            'Switch Account…',
            ...ALWAYS,
        ],
    ],
    ['in no room', READY, [...ACCOUNT, 'Share Screen', 'Start Session for This Workspace…']],
    [
        'invited, asked for, asking and replaced',
        {
            ...READY,
            [contexts.inRoom]: true,
            [contexts.hasInvitations]: true,
            [contexts.hasRequests]: true,
            [contexts.hasOwnRequests]: true,
            [contexts.hasReplacedRooms]: true,
            [contexts.mayUpgrade]: true,
        },
        [
            ...ACCOUNT,
            ...IN_ROOM.filter((title) => !/^(?:Link|Open|Send)/u.test(title)),
            'Answer Request to Join…',
            'Continue in New Room…',
            'Decline Invitation…',
            'Join Invitation…',
            'Share Screen',
            'Start Session for This Workspace…',
            'Upgrade Room…',
            'Withdraw Request to Join…',
        ],
    ],
    [
        'in the session of this workspace',
        SESSION_KEYS,
        [...ACCOUNT, ...IN_ROOM, 'Share Screen', 'Unlink Workspace from Room'],
    ],
    [
        'a file is open in it',
        { ...SESSION_KEYS, activeEditor: TEXT_EDITOR },
        [...ACCOUNT, ...IN_ROOM, 'Point Here', 'Send Problem to Session', 'Share Screen', 'Unlink Workspace from Room'],
    ],
    [
        'somebody shares, and code is selected here',
        { ...SESSION_KEYS, [contexts.hasScreens]: true, activeEditor: TEXT_EDITOR, editorHasSelection: true },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Point Here',
            'Send Problem to Session',
            'Send Selection as File to Session',
            'Send Selection to Session',
            'Share Screen',
            'Unlink Workspace from Room',
            'View Share…',
        ],
    ],
    [
        'somebody points at code of this workspace',
        { ...SESSION_KEYS, [contexts.pointers]: true },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Go to Pointer',
            'Keep Pointers',
            'Remove Pointers',
            'Share Screen',
            'Unlink Workspace from Room',
        ],
    ],
    [
        'watching',
        { ...SESSION_KEYS, [contexts.hasScreens]: true, [contexts.watching]: true, [contexts.inSession]: true },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Leave Session',
            'Send Snapshot…',
            'Share Screen',
            'Unlink Workspace from Room',
            'View Share…',
            'Who Can See This',
        ],
    ],
    [
        'watching, and following the sharer',
        {
            ...SESSION_KEYS,
            [contexts.watching]: true,
            [contexts.inSession]: true,
            [contexts.mayFollow]: true,
            [contexts.following]: true,
        },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Follow…',
            'Leave Session',
            'Send Snapshot…',
            'Share Screen',
            'Stop Following',
            'Unlink Workspace from Room',
            'Who Can See This',
        ],
    ],
    [
        'sharing',
        { ...SESSION_KEYS, [contexts.sharing]: true, [contexts.inSession]: true, [contexts.mayCall]: true },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Call Teammate’s Other Matrix Clients…',
            'Leave Session',
            'Pause Share',
            'Stop Sharing',
            'Unlink Workspace from Room',
            'Who Can See This',
        ],
    ],
    [
        'sharing, paused, with a secret open',
        {
            ...SESSION_KEYS,
            [contexts.sharing]: true,
            [contexts.inSession]: true,
            [contexts.paused]: true,
            [contexts.shielded]: true,
        },
        [
            ...ACCOUNT,
            ...IN_ROOM,
            'Leave Session',
            'Resume Share',
            'Show Shielded File Anyway',
            'Stop Sharing',
            'Unlink Workspace from Room',
            'Who Can See This',
        ],
    ],
];

describe('the palette', () => {
    for (const [state, keys, titles] of TABLE)
        it(`lists what can be done now: ${state}`, () => assert.deepEqual(listed(keys), titles.toSorted()));

    it('lists every command in some state, but those that have another in their place', () => {
        const seen = new Set(TABLE.flatMap(([, , titles]) => titles));
        const hidden = new Set<string>([...hiddenCommands, ...pictureCommands]);
        assert.deepEqual(
            commands.filter(({ command, title }) => !hidden.has(command) && !seen.has(title)).map(({ title }) => title),
            [],
        );
    });

    it('has few entries while sharing', () => {
        const sharing = TABLE.find(([state]) => state === 'sharing');
        assert.ok((sharing?.[2].length ?? 99) <= 32, String(sharing?.[2].length));
    });

    it('goes by context keys that the code sets, or that are VS Code’s own', () => {
        const known = new Set<string>([
            ...Object.values(contexts),
            'activeEditor',
            'editorHasSelection',
            'gitOpenRepositoryCount',
        ]);
        for (const clause of clauses.values())
            for (const [name] of (clause ?? '').replaceAll(/'[^']*'/gu, '').matchAll(/[a-z][\w.]+/giu))
                assert.ok(known.has(name) || name === 'false', `${name} in "${String(clause)}"`);
    });

    it('titles end in an ellipsis exactly where the command asks for more', () => {
        /** What each of these asks for, whenever it runs from the palette. Whether to go on is no such question. */
        const asks =
            /^(?:Sign In|Create Account|Switch Account|Manage Devices|Start Session for|Link Workspace|Invite|Join (?:Inv|by)|Decline (?=Inv)|Answer|Withdraw Request (?=to)|Continue in New Room…|Create Room|Copy Join Link|People|Ignored|Room Settings|Upgrade|Leave Room|Change Role|Remove from|Ban from|Deny|View Share|Call|Verify|Set Up|Recover|Reset|Open Chat|Send Changes|Send File|Send Snapshot|Follow)/u;
        for (const { title } of commands) {
            const row = ['Withdraw Request', 'Continue in New Room'].includes(title);
            assert.equal(title.endsWith('…'), asks.test(title) && !row, title);
            assert.doesNotMatch(title, /\.\.\.|\s…/u);
        }
    });
});

describe('a when clause', () => {
    it('is read as VS Code reads it', () => {
        const keys = { a: true, b: false, name: 'ready' };
        for (const [clause, expected] of [
            ['a', true],
            ['!a', false],
            ['a && b || a', true],
            ['a && (b || !a)', false],
            ["name == 'ready' && !b", true],
            ["name != 'ready'", false],
            ['name =~ /^re\\w+/ && a', true],
            ['missing', false],
            ['missing != ready', true],
            ['', true],
        ] as const)
            assert.equal(holds(clause, keys), expected, clause);
        assert.throws(() => holds('a &&& b', keys));
        assert.throws(() => holds('(a', keys));
    });
});
