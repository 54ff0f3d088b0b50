/**
 * **Hush: Join by Link…**, and links that opened VS Code. A newcomer signs in first. Everybody else is asked whether to
 * join, and nothing happens before that. The window keeps the wish to join meanwhile (see joinWish.ts).
 */
import * as vscode from 'vscode';
import { commands } from '../manifest/commands.ts';
import { HushError, isHushError, userMessage } from '../../core/base/errors.ts';
import {
    buildJoinLink,
    fromOpenedUri,
    parseJoinLink,
    type ParsedLink,
    type RoomLink,
} from '../../core/rooms/joinLink.ts';
import type { RoomPreview } from '../../core/rooms/roomsPort.ts';
import { letsAsk } from '../../core/rooms/roomWords.ts';
import { showErrorMessage, showInformationMessage, showWarningMessage, withProgress } from '../shell/dialogs.ts';
import { showFailure } from '../shell/failure.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { askText, withNotification } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { copyMyId } from '../account/copyMyId.ts';
import { tellJoined } from './invitations.ts';
import { confirmJoin } from './confirmJoin.ts';

const TITLE = 'Join by Link';
const WHAT = 'A link to a room, its address (#room:server.org) or its ID (!id:server.org)';

/** `argument`: nothing, a link, or the parts of a URI that opened VS Code. */
export async function joinByLink(context: ActionContext, argument: unknown): Promise<void> {
    const given = linkOf(argument);
    if (given?.kind === 'invalid')
        throw new HushError('room.badLink', 'This link leads to no room. Ask for a new one, and paste it whole.');
    const link = given ?? (await askForLink());
    if (!link || link.kind === 'invalid') return;
    if (link.kind === 'person') return aboutPerson(context, link.userId);
    const { target, from } = link;
    context.joining.wishes.begin({ target, ...(from === undefined ? {} : { from }) });
    await context.joining.during(() => goOn(context));
}

/** Continues with the wish that was kept over a reload, or while a sign-in ended elsewhere. Never rejects. */
export async function resumeJoin(context: ActionContext): Promise<void> {
    try {
        await goOn(context);
    } catch (error) {
        context.log.warn('joining by a link failed', error);
        void showFailure(userMessage(error, 'Joining by the link'));
    }
}

/** Accepts the invitation that answers our request to join. Never rejects. */
export async function takeAnswer(context: ActionContext, roomId: string): Promise<void> {
    const { wishes } = context.joining;
    const link = wishes.wish?.link;
    if (!link) return;
    try {
        const { account } = signedIn(context);
        const room = context.model.rooms.find((one) => one.roomId === roomId);
        // Another window of this person may have joined meanwhile.
        if (room?.membership !== 'join') await account.join(roomId);
        wishes.inside(link, account.userId);
        void tellJoined(plainName(room?.name ?? roomId), roomId);
    } catch (error) {
        wishes.drop(link);
        context.log.warn('answering a request to join failed', error);
        void showFailure(userMessage(error, 'Joining the room'));
    }
}

function linkOf(argument: unknown): ParsedLink | undefined {
    if (typeof argument === 'string') return parseJoinLink(argument);
    if (typeof argument !== 'object' || argument === null) return undefined;
    const { path, query } = argument as Partial<Record<string, unknown>>;
    return typeof path === 'string' && typeof query === 'string' ? fromOpenedUri({ path, query }) : undefined;
}

async function askForLink(): Promise<ParsedLink | undefined> {
    // A browser asks for permission first. If it is refused, VS Code shows an error instead of this question.
    const copied = vscode.env.uiKind === vscode.UIKind.Web ? '' : (await vscode.env.clipboard.readText()).trim();
    const typed = await askText({
        title: TITLE,
        prompt: WHAT,
        value: parseJoinLink(copied).kind === 'invalid' ? '' : copied,
        check: (value) =>
            Promise.resolve(
                parseJoinLink(value).kind === 'invalid' ? `That is no link to a room. ${WHAT}.` : undefined,
            ),
    });
    return typed === undefined ? undefined : parseJoinLink(typed);
}

async function aboutPerson(context: ActionContext, userId: string): Promise<void> {
    const invite = 'Invite…';
    const text = `This link leads to a person, ${plainText(userId, 300)}, not to a room.`;
    if ((await showInformationMessage(text, ...(context.account ? [invite] : []))) === invite)
        await vscode.commands.executeCommand(commands.inviteTeammate);
}

async function goOn(context: ActionContext): Promise<void> {
    const { wishes } = context.joining;
    const link = wishes.wish?.link;
    if (!link || !(await hasAccount(context, link))) return;
    // If another link was opened meanwhile, that one is next.
    const { wish } = wishes;
    if (wish?.link.target.room !== link.target.room) return;
    try {
        await enter(context, link, wish.step === 'agreed');
    } catch (error) {
        if (!isHushError(error) || !error.code.startsWith('network.')) throw error;
        inBackground(context, () => offerAgain(link, error.message));
    } finally {
        const step = wishes.wish?.step;
        if (step === 'opened' || step === 'agreed') wishes.drop(link);
    }
}

/** Runs work that waits for a click on a notification. The click may never come, so nothing else may wait for it. */
function inBackground(context: ActionContext, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
        context.log.warn('joining by a link failed', error);
        void showFailure(userMessage(error, 'Joining by the link'));
    });
}

async function offerAgain(link: RoomLink, why: string): Promise<void> {
    const again = 'Try Again';
    if ((await showErrorMessage(why, again)) === again)
        await vscode.commands.executeCommand(commands.joinByLink, buildJoinLink('vscode', link, 'vscode'));
}

/**
 * Waits for an account that is being opened. A link right after the start does not mean that the person is a newcomer.
 */
async function hasAccount(context: ActionContext, link: RoomLink): Promise<boolean> {
    const { wishes, settled, signIn } = context.joining;
    const state = await withNotification('Getting ready to join…', settled);
    if (state?.kind === 'ready') return true;
    const joins = state !== undefined && (await signIn(link, () => wishes.reach(link, 'agreed')));
    if (joins !== true) {
        // The person gave up in the middle, or signs in elsewhere. Ask them again after that.
        if (joins === undefined || wishes.wish?.step === 'agreed') wishes.reach(link, 'opened');
        else wishes.drop(link);
        return false;
    }
    const now = await withNotification('Getting ready to join…', settled);
    return now?.kind === 'ready';
}

/** `agreed`: the person has said that they want to join. */
async function enter(context: ActionContext, link: RoomLink, agreed: boolean): Promise<void> {
    const { account } = signedIn(context);
    const { wishes } = context.joining;
    const preview = await withNotification('Looking up the room…', () => account.roomAdmin.preview(link.target));
    if (!preview) return;
    const name = plainName(preview.name ?? link.target.room);
    const found = { ...link, target: preview.target };
    if (preview.membership === 'join') return tellInside(context, preview.target.room, name);
    if (preview.membership === 'ban') throw new HushError('room.forbidden', `You are banned from ${name}.`);
    if (preview.membership === 'knock') {
        wishes.asked(found, account.userId);
        void showInformationMessage(`You asked to join ${name} already. Somebody in it has to let you in.`);
        return;
    }
    const rule = preview.membership === 'invite' ? 'public' : preview.joinRule;
    const way = agreed && rule !== 'invite' ? (rule === 'knock' ? 'ask' : 'join') : undefined;
    const inviter = context.model.rooms.find((room) => room.roomId === preview.target.room)?.inviter;
    switch (way ?? (await confirmJoin({ link, preview, rule, inviter, name, self: account.userId }))) {
        case 'copy':
            return copyMyId(context);
        case 'ask':
            return askToJoin(context, found, name, '');
        case 'askWithWords':
            return askInWords(context, found, name);
        case 'join':
            return joinNow(context, found, preview, name, agreed);
        case undefined:
            return undefined;
    }
}

async function tellInside(context: ActionContext, roomId: string, name: string): Promise<void> {
    const open = context.joining.viewIn(roomId);
    const view = 'View Share';
    const ways = open ? [view] : [];
    // Do not wait, because the wish is over.
    void showInformationMessage(`You are in ${name} already.`, ...ways).then((chosen) => {
        if (chosen === view) open?.();
    });
}

async function joinNow(
    context: ActionContext,
    link: RoomLink,
    { joinRule }: RoomPreview,
    name: string,
    agreed: boolean,
): Promise<void> {
    const { account } = signedIn(context);
    try {
        const joining = () => account.roomAdmin.joinTarget(link.target);
        const roomId = await withNotification(`Joining ${name}…`, joining);
        if (roomId === undefined) return;
        context.joining.wishes.inside(link, account.userId);
        void tellJoined(name, roomId);
    } catch (error) {
        if (agreed && joinRule === 'knock_restricted' && isTurnedAway(error)) return askToJoin(context, link, name, '');
        turnedAway(context, error, letsAsk(joinRule) ? () => askInWords(context, link, name) : undefined);
    }
}

function isTurnedAway(error: unknown): boolean {
    return isHushError(error) && error.code === 'room.notInvited';
}

/** Rethrows an error that is no refusal. `askInstead`: asks to join, in a room that accepts requests. */
function turnedAway(context: ActionContext, error: unknown, askInstead: (() => Promise<void>) | undefined): void {
    if (!isHushError(error) || !isTurnedAway(error)) throw error;
    inBackground(context, async () => {
        const [ask, copy] = ['Ask to Join…', 'Copy My ID'] as const;
        const chosen = await showWarningMessage(error.message, ...(askInstead ? [ask, copy] : [copy]));
        if (chosen === ask) await askInstead?.();
        if (chosen === copy) await copyMyId(context);
    });
}

async function askInWords(context: ActionContext, link: RoomLink, name: string): Promise<void> {
    const reason = await askText({
        title: `Ask to Join ${name}`,
        prompt: 'Enter sends the request. People in the room see who you are and what you write here.',
        placeHolder: 'Who you are, or why you ask (optional)',
    });
    if (reason !== undefined) await askToJoin(context, link, name, reason);
}

async function askToJoin(context: ActionContext, link: RoomLink, name: string, reason: string): Promise<void> {
    const { account } = signedIn(context);
    try {
        const asking = () => account.roomAdmin.knock(link.target, reason);
        const roomId = await withNotification(`Asking to join ${name}…`, asking);
        if (roomId === undefined) return;
        context.joining.wishes.asked({ ...link, target: { ...link.target, room: roomId } }, account.userId);
        void waitToBeLetIn(context, roomId, name);
    } catch (error) {
        turnedAway(context, error, undefined);
    }
}

/** Shows a notification until somebody has answered. Its Cancel withdraws the request. Never rejects. */
async function waitToBeLetIn(context: ActionContext, roomId: string, name: string): Promise<void> {
    const title = `You asked to join ${name}. Once somebody lets you in, what is shared opens here.`;
    const cancelled = await withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (_progress, token) =>
            Promise.race([
                context.joining.answered(roomId).then(() => false),
                new Promise<boolean>((resolve) => token.onCancellationRequested(() => resolve(true))),
            ]),
    );
    if (!cancelled) return;
    context.joining.wishes.drop();
    await vscode.commands.executeCommand(commands.withdrawKnock, `knocking:${roomId}`);
}
