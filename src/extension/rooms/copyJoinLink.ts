/**
 * **Hush: Copy Join Link…**: copies a link to the room for a teammate's editor, for any Matrix client, or as a Matrix
 * URI.
 */
import * as vscode from 'vscode';
import { linkEditorSetting } from '../manifest/config.ts';
import { buildJoinLink, type RoomLink } from '../../core/rooms/joinLink.ts';
import { isLinkEditor, joinLinkText, LINK_EDITORS, type LinkEditor } from '../../core/rooms/linkEditors.ts';
import { joinRuleSentence } from '../../core/rooms/roomWords.ts';
import { setStatusBarMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { withNotification } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { linkOfRoom } from './joinLinkOfRoom.ts';
import { offerRequests } from './letPeopleAsk.ts';
import { roomForCommand, type RoomArgument } from './pickRoom.ts';

interface LinkItem extends vscode.QuickPickItem {
    /** Undefined: the row leads to the choice of another editor. */
    readonly text: string | undefined;
}

export async function copyJoinLink(context: ActionContext, argument: RoomArgument): Promise<void> {
    const { account } = signedIn(context);
    const roomId = await roomForCommand(context, argument, 'Link to which room?');
    const room = context.model.rooms.find((r) => r.roomId === roomId);
    if (!room) return;
    const link = await withNotification('Looking who is in the room…', () => linkOfRoom(account, room));
    if (!link) return;
    const picked = await showQuickPick(itemsFor(link, linkEditorSetting(context.configuration())), {
        title: `Join Link to ${plainName(room.name)}`,
        placeHolder: joinRuleSentence(room.joinRule),
    });
    const text = picked && (picked.text ?? (await textForOther(context, link)));
    if (text === undefined) return;
    await vscode.env.clipboard.writeText(text);
    setStatusBarMessage('clippy', 'The link is in the clipboard. It holds no secret.', 5_000);
    await offerRequests(context, room);
}

function itemsFor(link: RoomLink, editor: LinkEditor): LinkItem[] {
    const { uriScheme } = vscode.env;
    const own = editor === 'any' ? 'vscode' : editor;
    return [
        {
            label: `$(vscode) ${own === 'this' ? 'Link for this editor' : `${LINK_EDITORS[own].name} link`}`,
            description: 'opens in the editor',
            detail: 'For teammates who have Hush.',
            text: joinLinkText(own, link, uriScheme),
        },
        {
            label: '$(note) Link for any editor',
            detail: 'A web link, with a line that says how Hush opens it.',
            text: joinLinkText('any', link, uriScheme),
        },
        { label: '$(edit) Another editor…', detail: 'Hush remembers it.', text: undefined },
        {
            label: '$(globe) matrix.to link',
            detail: 'For everybody: opens in whatever Matrix client they have.',
            text: buildJoinLink('matrixTo', link, uriScheme),
        },
        {
            label: '$(link) Matrix URI',
            detail: 'matrix:… for clients that are registered for it.',
            text: buildJoinLink('matrix', link, uriScheme),
        },
    ];
}

async function textForOther(context: ActionContext, link: RoomLink): Promise<string | undefined> {
    const now = linkEditorSetting(context.configuration());
    const items = Object.entries(LINK_EDITORS).flatMap(([editor, { name }]) =>
        isLinkEditor(editor)
            ? {
                  label: `${editor === now ? '$(check)' : '$(blank)'} ${name.replace(/^[a-z]/u, (c) => c.toUpperCase())}`,
                  description: editor === 'this' ? vscode.env.appName : '',
                  editor,
              }
            : [],
    );
    const picked = await showQuickPick(items, { title: 'Links Open in Which Editor?' });
    if (!picked) return undefined;
    await context.configuration().update('hush.link.editor', picked.editor, vscode.ConfigurationTarget.Global);
    return joinLinkText(picked.editor, link, vscode.env.uriScheme);
}
