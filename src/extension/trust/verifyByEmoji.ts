/** Verification by emoji, started here or by somebody else, in its own tab. */
import * as vscode from 'vscode';
import type { Account } from '../../core/account/account.ts';
import { commands } from '../manifest/commands.ts';
import { userMessage } from '../../core/base/errors.ts';
import { openSheet } from '../shell/sheetTab.ts';
import type { Verification, VerificationStep } from '../../core/trust/trustPort.ts';
import { showFailure } from '../shell/failure.ts';
import { overSentence, verificationSheet } from './verificationSheet.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { showInformationMessage, showQuickPick, withProgress } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';

/** Shows a verification until its tab is closed; closing it before the end cancels. `again` starts a new one. */
function showVerification(context: ActionContext, begun: Verification, again: (() => Promise<void>) | undefined): void {
    const { trust } = signedIn(context).account;
    let verification = begun;
    const tab = openSheet(context.extensionUri, verificationSheet(verification));
    const following = trust.onVerification((next) => {
        if (next.id !== verification.id) return;
        verification = next;
        tab.show(verificationSheet(verification));
    });
    const steps: Readonly<Record<string, VerificationStep>> = {
        accept: 'accept',
        match: 'confirm',
        mismatch: 'mismatch',
        cancel: 'cancel',
    };
    const press = async (button: string): Promise<void> => {
        const step = steps[button];
        if (step) return trust.verify(verification.id, step);
        tab.dispose();
        if (button === 'retry') await again?.();
    };
    const failed = (error: unknown): void => {
        context.log.warn('a verification step failed', error);
        void showFailure(userMessage(error, 'Verifying'));
    };
    tab.onClosed(() => {
        following.dispose();
        trust
            .verify(verification.id, 'cancel')
            .catch((error: unknown) => context.log.warn('a verification was not cancelled', error));
    });
    tab.onPress((button) => void press(button).catch(failed));
}

/** Verifies a person in a room that both are in. */
export async function verifyPerson(context: ActionContext, userId: string, roomId: string): Promise<void> {
    const { account } = signedIn(context);
    if (userId === account.userId) return verifyOwn(context);
    const begun = await withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Hush: asking to verify' },
        () => account.trust.verifyPerson(userId, roomId),
    );
    showVerification(context, begun, () => verifyPerson(context, userId, roomId));
}

async function verifyOwn(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const begun = await withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Hush: asking your other devices' },
        () => account.trust.verifyOwnDevices(),
    );
    showVerification(context, begun, () => verifyOwn(context));
}

/** `row`: a member's row of the tree. */
export async function verifyTeammate(context: ActionContext, row: string | undefined): Promise<void> {
    const { account } = signedIn(context);
    const named = /^member:(!.+?):(@.+)$/u.exec(row ?? '');
    if (named?.[1] !== undefined && named[2] !== undefined) return verifyPerson(context, named[2], named[1]);
    const people = new Map<string, { label: string; description: string; userId: string; roomId: string }>();
    for (const room of context.model.rooms) {
        if (room.membership !== 'join') continue;
        for (const member of room.members)
            if (member.membership === 'join' && member.userId !== account.userId && !people.has(member.userId))
                people.set(member.userId, {
                    label: plainName(member.name),
                    description: plainText(member.userId, 300),
                    userId: member.userId,
                    roomId: room.roomId,
                });
    }
    if (people.size === 0) {
        const invite = 'Invite Teammate…';
        if ((await showInformationMessage('Nobody else is in your rooms yet.', invite)) === invite)
            await vscode.commands.executeCommand(commands.inviteTeammate);
        return;
    }
    const items = await Promise.all(
        [...people.values()].map(async (person) => {
            const { verified, changed } = await account.trust.person(person.userId);
            return { ...person, detail: changed ? 'identity has changed' : verified ? 'verified' : 'not verified' };
        }),
    );
    const picked = await showQuickPick(items, {
        title: 'Verify Teammate',
        placeHolder: 'With whom do you want to compare emoji?',
        matchOnDescription: true,
    });
    if (picked) await verifyPerson(context, picked.userId, picked.roomId);
}

/** **Verify This Device…**: offers the ways that this account has. */
export async function verifyDevice(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const { own } = account.trust;
    if (own.kind === 'needsPassword' || own.kind === 'otherAuth') {
        await vscode.commands.executeCommand(commands.setUpRecovery);
        return;
    }
    const [other, recovery, reset] = ['With another device', 'With your recovery key', 'Reset your identity'] as const;
    const items = [
        {
            label: `$(device-mobile) ${other}`,
            description: own.otherDevices ? 'compare emoji' : 'you have no other verified device',
            way: other,
        },
        ...(own.kind === 'trusted'
            ? []
            : [
                  {
                      label: `$(key) ${recovery}`,
                      description: own.recovery === 'ready' ? '' : 'your account has none',
                      way: recovery,
                  },
                  { label: `$(warning) ${reset}`, description: 'if you have neither', way: reset },
              ]),
    ];
    const picked = await showQuickPick(items, {
        title: own.kind === 'trusted' ? 'Verify Another Device of Yours (this one is verified)' : 'Verify This Device',
        placeHolder: 'How?',
    });
    if (picked?.way === other) await verifyOwn(context);
    if (picked?.way === recovery) await vscode.commands.executeCommand(commands.recover);
    if (picked?.way === reset) await vscode.commands.executeCommand(commands.resetIdentity);
}

/**
 * Asks in a notification when somebody requests a verification. A tab would take the focus from the person's typing.
 */
export async function answerVerification(context: ActionContext, asked: Verification): Promise<void> {
    const { id, name, userId, self, deviceId } = asked;
    const { account } = signedIn(context);
    const { trust } = account;
    const [show, decline] = ['Verify', 'Decline'] as const;
    // The notification may stay open for long. Meanwhile the verification continues or ends.
    let verification = asked;
    const following = trust.onVerification((next) => {
        if (next.id === id) verification = next;
    });
    let chosen: typeof show | typeof decline | undefined;
    try {
        const text = self
            ? `${await ownDevice(account, userId, deviceId)} asks to be verified by this one.`
            : `${plainName(name)} (${userId}) asks to verify each other by emoji.`;
        chosen = await showInformationMessage(text, show, decline);
    } finally {
        following.dispose();
    }
    if (chosen === undefined) return;
    const over = overSentence(verification);
    if (over !== undefined) {
        if (chosen === show) void showInformationMessage(over);
        return;
    }
    if (chosen === show) showVerification(context, verification, undefined);
    try {
        await trust.verify(id, chosen === show ? 'accept' : 'cancel');
    } catch (error) {
        context.log.warn('a verification request was not answered', error);
        void showFailure(userMessage(error, 'Verifying'));
    }
}

/** Returns the name of the device; the tab shows the ID. Asks even if the name cannot be loaded. */
async function ownDevice(account: Account, userId: string, deviceId: string | undefined): Promise<string> {
    const name = deviceId === undefined ? '' : await account.deviceName(userId, deviceId).catch(() => '');
    return name === '' ? 'Another device of yours' : `Your device “${plainName(name)}”`;
}
