/** The entries in the menu of Hush's status bar item. Pure. */
import { commands, type CommandId } from '../manifest/commands.ts';
import { roomDeeds } from '../rooms/roomRow.ts';
import { plainName } from '../shell/plainText.ts';
import { shareChoices } from '../share/shareChoices.ts';
import { canHide } from './statusItem.ts';
import { shareRowId } from '../manifest/rowIds.ts';
import type { LocalShare } from '../../core/session/state.ts';
import type { Model } from '../../core/app/model.ts';

export interface MenuEntry {
    readonly label: string;
    readonly description?: string;
    /** `revealShare` brings the sharing tab to the front. `shieldSettings` opens the settings of Secret Shield. */
    readonly run:
        | CommandId
        | 'revealShare'
        | 'shieldSettings'
        | 'workbench.view.extension.hush'
        | 'workbench.action.openWalkthrough';
    /** Argument of the command: a tree row, a room ID, or the walkthrough. */
    readonly argument?: string;
    /** The entry stands below a separator. */
    readonly divided?: boolean;
}

const SIDE_BAR: MenuEntry = {
    label: '$(layout-sidebar-left) Show Hush in the Side Bar',
    run: 'workbench.view.extension.hush',
    divided: true,
};

const GET_STARTED: MenuEntry = {
    label: '$(book) Get Started with Hush',
    run: 'workbench.action.openWalkthrough',
    argument: 'hush.hush#start',
};

/**
 * Sorts the entries by how likely the person wants them. `otherAccounts`: this machine knows accounts besides the
 * active one.
 */
export function statusMenu(model: Model, otherAccounts: boolean): MenuEntry[] {
    const another: MenuEntry = { label: '$(arrow-swap) Switch Account…', run: commands.switchAccount };
    const signOut: MenuEntry = { label: '$(sign-out) Sign Out', run: commands.signOut };
    const log: MenuEntry = { label: '$(output) Show Log', run: commands.showLog };
    switch (model.account.kind) {
        case 'signedOut':
            return [
                { label: '$(sign-in) Sign In…', run: commands.signIn },
                { label: '$(person-add) Create Account…', run: commands.createAccount },
                ...(otherAccounts ? [another] : []),
                GET_STARTED,
                SIDE_BAR,
            ];
        case 'starting':
            return [log, SIDE_BAR];
        case 'expired':
            return [{ label: '$(sign-in) Sign In Again…', run: commands.signIn }, another, signOut, SIDE_BAR];
        case 'failed':
            return [{ label: '$(refresh) Try Again', run: commands.signIn }, log, signOut, SIDE_BAR];
        case 'ready':
            return [...shareEntries(model), ...sessionEntries(model), SIDE_BAR];
    }
}

/** Lists our share, or how to start one, then the shares of others. */
function shareEntries({ rooms, session }: Model): MenuEntry[] {
    const { share } = session;
    const screens = shareChoices(rooms, session)
        .filter(({ target }) => target.shareId !== undefined)
        .map(({ label, description, target }): MenuEntry => {
            const { roomId, userId = '', deviceId = '', shareId = '' } = target;
            return {
                label: label.replace('$(device-desktop)', '$(eye) View'),
                description,
                run: commands.viewShare,
                argument: shareRowId(roomId, { userId, deviceId }, shareId),
            };
        });
    if (!share) return [...screens, { label: '$(device-desktop) Share Screen', run: commands.shareScreen }];
    const begun = share.phase === 'live' || share.phase === 'reconnecting';
    return [
        { label: begun ? '$(debug-stop) Stop Sharing' : '$(debug-stop) Cancel Sharing', run: commands.stopSharing },
        ...(canHide(share) ? hidingEntries(share) : []),
        ...(begun ? [{ label: '$(shield) Who Can See This', run: commands.whoCanSee } as const] : []),
        // A browser does not let Hush bring its tab to the front.
        ...(share.location === 'webview'
            ? [{ label: '$(window) Show the Sharing Tab', run: 'revealShare' } as const]
            : []),
        ...screens,
    ];
}

function hidingEntries({ paused, shielded }: LocalShare): MenuEntry[] {
    return [
        paused
            ? { label: '$(play) Resume Share', run: commands.resumeShare }
            : { label: '$(debug-pause) Pause Share', run: commands.pauseShare },
        ...(shielded
            ? [
                  {
                      label: `$(eye) Show ${plainName(shielded.file)} Anyway`,
                      description: 'until it is closed',
                      run: commands.showAnyway,
                  } as const,
                  { label: '$(settings-gear) Secret Shield Settings', run: 'shieldSettings' } as const,
              ]
            : []),
    ];
}

function sessionEntries({ rooms, session, workspaceRoomId }: Model): MenuEntry[] {
    const invitations = rooms
        .filter(({ membership }) => membership === 'invite')
        .map((room): MenuEntry => ({
            label: `$(mail) Join ${plainName(room.name)}`,
            description: room.inviter ? `invitation from ${plainName(room.inviter.name)}` : 'invitation',
            run: commands.acceptInvite,
            argument: room.roomId,
        }));
    const room = rooms.find(({ roomId, membership }) => roomId === workspaceRoomId && membership === 'join');
    const leave: MenuEntry[] =
        session.memberships.size > 0
            ? [{ label: '$(debug-disconnect) Leave Session', run: commands.leaveSession }]
            : [];
    if (!room)
        return [
            ...invitations,
            { label: '$(add) Start Session for This Workspace…', run: commands.startSession },
            { label: '$(link-external) Join by Link…', run: commands.joinByLink },
            ...leave,
        ];
    const may = session.self ? roomDeeds(room, session.self.userId) : [];
    return [
        ...invitations,
        ...(may.includes('invite')
            ? [
                  {
                      label: '$(person-add) Invite Teammate…',
                      run: commands.inviteTeammate,
                      argument: room.roomId,
                  } as const,
              ]
            : []),
        { label: '$(link) Copy Join Link…', run: commands.copyJoinLink, argument: room.roomId },
        ...(may.includes('chat')
            ? [{ label: '$(comment-discussion) Open Chat', run: commands.openChat, argument: room.roomId } as const]
            : []),
        ...leave,
    ];
}
