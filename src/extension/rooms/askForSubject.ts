/** Asks which invitation, request or room a command is about, when the palette runs it without a row. */
import type * as vscode from 'vscode';
import { answerableKnocks } from './personRow.ts';
import { showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

/** Asks even if there is only one choice: its name is the confirmation. Returns undefined if the person gave up. */
async function ask<T extends vscode.QuickPickItem>(
    items: readonly T[],
    title: string,
    nothing: string,
): Promise<T | undefined> {
    if (items.length > 0) return showQuickPick(items, { title, matchOnDescription: true });
    void showInformationMessage(nothing);
    return undefined;
}

const nameOf = ({ name }: { readonly name: string }): string => plainName(name);

/** Returns the room ID of an invitation. */
export async function askForInvitation(context: ActionContext, title: string): Promise<string | undefined> {
    signedIn(context);
    const items = context.model.rooms
        .filter(({ membership }) => membership === 'invite')
        .map((room) => ({
            label: `$(mail) ${nameOf(room)}`,
            description: room.inviter
                ? `from ${plainName(room.inviter.name)} (${plainText(room.inviter.userId, 300)})`
                : '',
            roomId: room.roomId,
        }));
    return (await ask(items, title, 'Nobody has invited you to a room.'))?.roomId;
}

/** Returns the row ID of a person who asks to be let in, where we may answer. */
export async function askForRequest(context: ActionContext, title: string): Promise<string | undefined> {
    const self = signedIn(context).account.userId;
    const items = context.model.rooms.flatMap((room) =>
        answerableKnocks(room, self).map(({ userId, name }) => ({
            label: `$(bell) ${plainName(name)}`,
            description: `${nameOf(room)} · ${plainText(userId, 300)}`,
            row: `knock:${room.roomId}:${userId}`,
        })),
    );
    return (await ask(items, title, 'Nobody asks to join a room of yours.'))?.row;
}

/** Returns the row ID of a room that we asked to be let in to. */
export async function askForOwnRequest(context: ActionContext, title: string): Promise<string | undefined> {
    signedIn(context);
    const items = context.model.rooms
        .filter(({ membership }) => membership === 'knock')
        .map((room) => ({ label: `$(bell) ${nameOf(room)}`, row: `knocking:${room.roomId}` }));
    return (await ask(items, title, 'You have not asked to join a room.'))?.row;
}

/** Returns the room ID of a room that was replaced. */
export async function askForReplaced(context: ActionContext, title: string): Promise<string | undefined> {
    signedIn(context);
    const items = context.model.rooms
        .filter(({ membership, replacement }) => membership === 'join' && replacement !== undefined)
        .map((room) => ({ label: `$(arrow-right) ${nameOf(room)}`, roomId: room.roomId }));
    return (await ask(items, title, 'No room of yours was replaced by another.'))?.roomId;
}

/** Asks whether to let the person in or to deny it, because the palette has one command for both. */
export async function askForAnswer(): Promise<'letIn' | 'deny' | undefined> {
    const items = [
        { label: '$(check) Let In', answer: 'letIn' as const },
        { label: '$(close) Deny…', answer: 'deny' as const },
    ];
    return (await showQuickPick(items, { title: 'Answer Request to Join' }))?.answer;
}
