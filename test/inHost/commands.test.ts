import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commands, type CommandId } from '../../src/extension/manifest/commands.ts';
import { EXTENSION_ID } from './results.ts';
import { saidDuring } from './said.ts';

const NEED_ACCOUNT: readonly CommandId[] = [
    commands.startSession,
    commands.startSessionAndCopyLink,
    commands.copyMyId,
    commands.linkWorkspace,
    commands.inviteTeammate,
    commands.acceptInvite,
    commands.declineInvite,
    commands.joinInvitation,
    commands.declineInvitation,
    commands.changeRole,
    commands.removePerson,
    commands.banPerson,
    commands.ignorePerson,
    commands.acceptKnock,
    commands.denyKnock,
    commands.answerRequest,
    commands.withdrawRequest,
    commands.continueInNewRoom,
    commands.shareScreen,
    commands.viewShare,
    commands.leaveSession,
    commands.manageDevices,
    commands.people,
    commands.ignoredPeople,
    commands.leaveRoom,
    commands.createRoom,
    commands.copyJoinLink,
    commands.withdrawKnock,
    commands.followUpgrade,
    commands.roomSettings,
    commands.upgradeRoom,
    commands.openChat,
    commands.sendSelection,
    commands.sendProblem,
    commands.sendSelectionFile,
    commands.sendFile,
    commands.sendChanges,
    commands.sendSnapshot,
    commands.pointHere,
];
/** With nothing to do they say nothing. */
const SILENT: readonly CommandId[] = [
    commands.stopSharing,
    commands.unlinkWorkspace,
    commands.signOut,
    commands.signOutEverywhere,
    commands.actOnRow,
    commands.goToPointer,
    commands.keepPointers,
    commands.removePointers,
];
/** What VS Code or a stranger's extension might pass along. */
const ODD_ARGUMENTS: readonly unknown[] = [
    undefined,
    null,
    7,
    'room:',
    '!no-such-room:example.org',
    { roomId: 5 },
    [[]],
];

describe('the commands', () => {
    it('of the manifest are all registered', async () => {
        const manifest = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as
            { contributes: { commands: { command: string }[] } } | undefined;
        const known = new Set(await vscode.commands.getCommands(true));
        const declared = manifest?.contributes.commands.map(({ command }) => command) ?? [];
        assert.ok(declared.length > 0);
        assert.deepEqual(
            declared.filter((id) => !known.has(id)),
            [],
        );
    });

    for (const id of NEED_ACCOUNT) {
        it(`${id} says that one must sign in first, and does not reject`, async () => {
            const said = await saidDuring(() => vscode.commands.executeCommand(id));
            assert.deepEqual(said, ['You are not signed in. Run "Hush: Sign In" first.']);
        });
    }

    for (const id of SILENT) {
        it(`${id} without anything to do does nothing`, async () => {
            assert.deepEqual(await saidDuring(() => vscode.commands.executeCommand(id)), []);
        });
    }

    it('a link that VS Code was opened with does nothing but ask, and says when it leads nowhere', async () => {
        const open = (path: string): Promise<string[]> =>
            saidDuring(() => vscode.commands.executeCommand(commands.joinByLink, { path, query: 'via=example.org' }));
        assert.deepEqual(await open('/join/#room:example.org'), ['Sign In to Join the Session on example.org']);
        assert.match((await open('/leave/#room:example.org')).join(), /leads to no room/u);
        assert.match((await open('/join/../../etc')).join(), /leads to no room/u);
    });

    it('take odd arguments without a rejection or an unexpected problem', async () => {
        for (const id of [...NEED_ACCOUNT, ...SILENT, commands.joinByLink]) {
            for (const argument of ODD_ARGUMENTS) {
                const said = await saidDuring(() => vscode.commands.executeCommand(id, argument));
                assert.ok(!said.some((text) => text.includes('unexpected problem')), `${id}: ${said.join()}`);
            }
        }
    });
});
