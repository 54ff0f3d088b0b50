/** **Hush: Join by Link…**, and links that VS Code was opened with: looked up, shown, and joined after a click, never before. */
import * as vscode from 'vscode';
import { commands } from '../commands.ts';
import { HushError, isHushError } from '../errors.ts';
import { fromOpenedUri, parseJoinLink, type JoinTarget, type ParsedLink } from '../rooms/joinLink.ts';
import type { RoomPreview } from '../rooms/roomsPort.ts';
import { joinRuleSentence, letsAsk } from '../rooms/roomWords.ts';
import { setStatusBarMessage, showInformationMessage, showWarningMessage } from '../views/messages.ts';
import { plainName, plainText } from '../views/plainText.ts';
import { askText, withNotification } from './asking.ts';
import { signedIn, type ActionContext } from './context.ts';
import { tellJoined } from './invitations.ts';

const TITLE = 'Join by Link';
const WHAT = 'A link to a room, its address (#room:server.org) or its ID (!id:server.org)';

/** `argument`: nothing, a link, or the parts of a URI that VS Code was opened with. */
export async function joinByLink(context: ActionContext, argument: unknown): Promise<void> {
    const given = linkOf(argument);
    if (given?.kind === 'invalid')
        throw new HushError('room.badLink', 'This link leads to no room. Ask for a new one, and paste it whole.');
    if (!(await hasAccount(context, given !== undefined))) return;
    const link = given ?? (await askForLink());
    if (!link) return;
    if (link.kind === 'person') return aboutPerson(context, link.userId);
    if (link.kind === 'room') await enter(context, link.target);
}

function linkOf(argument: unknown): ParsedLink | undefined {
    if (typeof argument === 'string') return parseJoinLink(argument);
    if (typeof argument !== 'object' || argument === null) return undefined;
    const { path, query } = argument as Partial<Record<string, unknown>>;
    return typeof path === 'string' && typeof query === 'string' ? fromOpenedUri({ path, query }) : undefined;
}

/** A link is opened by people who have not signed in yet, too. */
async function hasAccount(context: ActionContext, opened: boolean): Promise<boolean> {
    if (context.account || !opened) return signedIn(context).account !== undefined;
    const signIn = 'Sign In';
    const chosen = await showInformationMessage('Sign in to join the room that this link leads to.', signIn);
    if (chosen === signIn) await vscode.commands.executeCommand(commands.signIn);
    return context.account !== undefined;
}

async function askForLink(): Promise<ParsedLink | undefined> {
    // A browser asks for leave first, and where it is refused VS Code puts an error in place of this question.
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

async function enter(context: ActionContext, target: JoinTarget): Promise<void> {
    const { account } = signedIn(context);
    const preview = await withNotification('Looking up the room…', () => account.roomAdmin.preview(target));
    if (!preview) return;
    const name = plainName(preview.name ?? target.room);
    if (preview.membership === 'join') {
        void showInformationMessage(`You are in ${name} already.`);
        return;
    }
    if (preview.membership === 'ban') throw new HushError('room.forbidden', `You are banned from ${name}.`);
    if (preview.membership === 'knock') {
        void showInformationMessage(`You asked to join ${name} already. Somebody in it has to let you in.`);
        return;
    }
    const [join, ask, copy] = ['Join', 'Ask to Join…', 'Copy My User ID'] as const;
    const rule = preview.membership === 'invite' ? 'public' : preview.joinRule;
    const ways =
        rule === 'knock' ? [ask] : rule === 'knock_restricted' ? [join, ask] : rule === 'invite' ? [copy] : [join];
    const chosen = await showInformationMessage(
        rule === 'invite' ? `${name} is for invited people only` : `Join ${name}?`,
        { modal: true, detail: detailOf(target, preview) },
        ...ways,
    );
    if (chosen === copy) await copyUserId(account.userId);
    if (chosen === ask) await askToJoin(context, preview, name);
    if (chosen === join) await joinNow(context, preview, name);
}

function detailOf(link: JoinTarget, { target, topic, joinRule, people, encrypted, membership }: RoomPreview): string {
    const facts = [
        people === undefined ? '' : `${people} ${people === 1 ? 'person is' : 'people are'} in it.`,
        encrypted === undefined
            ? ''
            : encrypted
              ? 'It is end-to-end encrypted.'
              : 'It is not encrypted, so Hush shares no screens in it.',
        membership === 'invite' ? 'You are invited.' : joinRule === undefined ? '' : joinRuleSentence(joinRule),
        joinRule === 'invite' && membership === undefined ? 'Give your user ID to somebody inside.' : '',
    ];
    const ids = [...new Set([link.room, target.room])];
    const paragraphs = [topic ?? '', facts.filter(Boolean).join('\n'), ids.join('\n')];
    return paragraphs.filter(Boolean).join('\n\n');
}

async function joinNow(context: ActionContext, preview: RoomPreview, name: string): Promise<void> {
    const { account } = signedIn(context);
    const { target, joinRule } = preview;
    try {
        const roomId = await withNotification(`Joining ${name}…`, () => account.roomAdmin.joinTarget(target));
        if (roomId !== undefined) await tellJoined(name, roomId);
    } catch (error) {
        await turnedAway(context, error, letsAsk(joinRule) ? () => askToJoin(context, preview, name) : undefined);
    }
}

/** Rethrows what is no refusal. `askInstead`: where the room may take requests. */
async function turnedAway(
    context: ActionContext,
    error: unknown,
    askInstead: (() => Promise<void>) | undefined,
): Promise<void> {
    if (!isHushError(error) || error.code !== 'room.notInvited') throw error;
    const [ask, copy] = ['Ask to Join…', 'Copy My User ID'] as const;
    const chosen = await showWarningMessage(error.message, ...(askInstead ? [ask, copy] : [copy]));
    if (chosen === ask) await askInstead?.();
    if (chosen === copy) await copyUserId(signedIn(context).account.userId);
}

async function askToJoin(context: ActionContext, { target }: RoomPreview, name: string): Promise<void> {
    const { account } = signedIn(context);
    const reason = await askText({
        title: `Ask to Join ${name}`,
        prompt: 'Enter sends the request. People in the room see who you are and what you write here.',
        placeHolder: 'Who you are, or why you ask (optional)',
    });
    if (reason === undefined) return;
    try {
        const asking = () => account.roomAdmin.knock(target, reason);
        if ((await withNotification(`Asking to join ${name}…`, asking)) === undefined) return;
    } catch (error) {
        return turnedAway(context, error, undefined);
    }
    setStatusBarMessage('bell', `You asked to join ${name}`, 8_000);
}

async function copyUserId(userId: string): Promise<void> {
    await vscode.env.clipboard.writeText(userId);
    setStatusBarMessage('clippy', 'Your user ID is in the clipboard', 5_000);
}
