/** **Hush: Who Can See This**, and the actions in its tab. */
import * as vscode from 'vscode';
import { createTimeWords, isTime } from '../../core/base/timeWords.ts';
import { openSheet, type SheetTab } from '../shell/sheetTab.ts';
import type { ViewerTarget } from '../../core/share/share.ts';
import type { ShareAudience } from '../../core/trust/shareTrust.ts';
import { sharerKey } from '../../core/session/sessionMembers.ts';
import { commands } from '../manifest/commands.ts';
import { userMessage } from '../../core/base/errors.ts';
import { audienceSheet, emptyAudienceSheet, sheetText, type AudienceContext } from './audienceSheet.ts';
import { showFailure } from '../shell/failure.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { verifyPerson } from './verifyByEmoji.ts';
import { askBeforeLoss } from '../shell/askBeforeLoss.ts';
import { setStatusBarMessage, showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

interface Subject {
    readonly roomId: string;
    /** Undefined for our own share. */
    readonly sharer: { readonly userId: string; readonly deviceId: string; readonly name: string } | undefined;
}

const open = new Map<string, SheetTab>();

/** `tabId`: the viewer tab from which the person asked. */
export async function whoCanSee(context: ActionContext, tabId: string | undefined): Promise<void> {
    const subject = await subjectOf(context, tabId);
    if (!subject) return;
    const key = JSON.stringify(subject);
    const there = open.get(key);
    if (there) return there.reveal();
    const { account, orchestrator } = signedIn(context);
    let seen = false;
    let last: ShareAudience | undefined;
    const current = (): ShareAudience | undefined =>
        orchestrator.state.audiences.get(sharerKey(subject.roomId, subject.sharer ?? account));
    const compose = () => {
        const audience = current();
        seen ||= audience !== undefined;
        last = audience;
        const words = contextOf(context, subject);
        return audience
            ? audienceSheet(audience, words)
            : emptyAudienceSheet(words, seen || subject.sharer === undefined);
    };
    const tab = openSheet(context.extensionUri, compose());
    open.set(key, tab);
    const following = orchestrator.onState(() => {
        if (current() !== last) tab.show(compose());
    });
    const clock = setInterval(() => tab.show(compose()), 60_000); // keeps "5 min ago" up to date
    tab.onClosed(() => {
        clearInterval(clock);
        following.dispose();
        open.delete(key);
    });
    tab.onPress((button) => {
        pressed(context, subject, button, () => sheetText(compose())).catch((error: unknown) => {
            context.log.warn('who can see: a button did not work', error);
            void showFailure(userMessage(error, 'That'));
        });
    });
}

async function pressed(context: ActionContext, subject: Subject, button: string, text: () => string): Promise<void> {
    const { account } = signedIn(context);
    const [action, userId = ''] = button.split(' ');
    if (action === 'copy') {
        await vscode.env.clipboard.writeText(text());
        setStatusBarMessage('check', 'Copied', 3_000);
    }
    if (action === 'settings')
        await vscode.commands.executeCommand('workbench.action.openSettings', 'hush.trust.shareWith');
    if (action === 'verifyThis') await vscode.commands.executeCommand(commands.verifyDevice);
    if (action === 'verify') await verifyPerson(context, userId, subject.roomId);
    if (action === 'acknowledge') await acknowledge(context, account.trust, userId, subject.roomId);
}

/** Asks first: it is the one way in which an impostor would get in. */
async function acknowledge(
    context: ActionContext,
    trust: { acknowledge(userId: string): Promise<void> },
    userId: string,
    roomId: string,
): Promise<void> {
    const [verify, yes] = ['Verify by Emoji…', 'Acknowledge'] as const;
    const chosen = await askBeforeLoss(
        `Is the new identity of ${userId} really theirs?`,
        'Ask them over another channel whether they have reset their encryption. If they have not, somebody may be pretending to be them. Verifying by emoji is the sure way.',
        verify,
        yes,
    );
    if (chosen === verify) await verifyPerson(context, userId, roomId);
    if (chosen !== yes) return;
    await trust.acknowledge(userId);
    context.log.info(`acknowledged the identity of ${userId}`);
}

const MINUTES_OF_DAY = 24 * 60;

function contextOf(context: ActionContext, { roomId, sharer }: Subject): AudienceContext {
    const { account } = signedIn(context);
    const now = Date.now();
    const words = createTimeWords(vscode.env.language);
    return {
        roomName: context.model.rooms.find((r) => r.roomId === roomId)?.name ?? roomId,
        sharerName: sharer?.name ?? '',
        selfUserId: account.userId,
        selfDeviceId: account.deviceId,
        time(ts) {
            const minutes = Math.round((now - ts) / 60_000);
            if (!isTime(ts) || minutes < -60) return `${words.moment(ts)} (by a wrong clock)`;
            if (minutes >= MINUTES_OF_DAY) return words.moment(ts);
            return `${words.time(ts)} (${minutes <= 0 ? 'just now' : `${minutes} min ago`})`;
        },
    };
}

async function subjectOf(context: ActionContext, tabId: string | undefined): Promise<Subject | undefined> {
    const { orchestrator } = signedIn(context);
    const { share, viewerTabs } = orchestrator.state;
    const toSubject = ({ roomId, userId, deviceId }: ViewerTarget, name: string): Subject | undefined =>
        userId === undefined || deviceId === undefined ? undefined : { roomId, sharer: { userId, deviceId, name } };
    const asked = tabId === undefined ? undefined : viewerTabs.get(tabId);
    if (asked) return toSubject(asked.target, asked.sharerName);
    const choices = [
        ...(share
            ? [
                  {
                      label: '$(device-desktop) Your screen',
                      description: plainName(share.roomName),
                      subject: { roomId: share.roomId, sharer: undefined } as Subject,
                  },
              ]
            : []),
        ...[...viewerTabs.values()].flatMap(({ target, sharerName, roomName }) => {
            const subject = toSubject(target, sharerName);
            return subject
                ? [{ label: `$(eye) ${plainName(sharerName)}’s screen`, description: plainName(roomName), subject }]
                : [];
        }),
    ];
    if (choices.length === 0) {
        const shareScreen = 'Share Screen';
        const text = 'You neither share nor watch a screen right now.';
        if ((await showInformationMessage(text, shareScreen)) === shareScreen)
            await vscode.commands.executeCommand(commands.shareScreen);
        return undefined;
    }
    if (choices.length === 1) return choices[0]?.subject;
    return (await showQuickPick(choices, { title: 'Who Can See This', placeHolder: 'Which screen?' }))?.subject;
}
