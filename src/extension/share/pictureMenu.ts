/** The commands in VS Code's menu over a shared picture, and the buttons of a viewer tab that need the window. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';
import { commands } from '../manifest/commands.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import type { ActionContext } from '../shell/actionContext.ts';

/** The page puts the ID of its viewer tab into the context of the menu (`data-vscode-context`). */
const menuContext = v.object({ hushView: v.string() });

/**
 * Returns false if the command was not chosen from the menu of a picture. Throws if the room does not let the person
 * write.
 */
export function commandPicture(context: ActionContext, argument: unknown, command: ViewerCommand): boolean {
    const chosen = v.safeParse(menuContext, argument);
    const tab = chosen.success ? context.orchestrator?.state.viewerTabs.get(chosen.output.hushView) : undefined;
    if (!tab) return false;
    if (command === 'snapshot') context.chat.assertWritable(tab.target.roomId);
    context.viewerCommand(tab.id, tab.generation, command);
    return true;
}

/** A button of the share's page. */
export function followShowAnyway(media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((_call, _generation, message) => {
        if (message.type === 'action' && message.name === 'showAnyway')
            void vscode.commands.executeCommand(commands.showAnyway);
    });
}

/** The chat button of a viewer tab opens the chat of the share's room. */
export function followOpenChat(context: ActionContext, media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((pageId, _generation, message) => {
        if (message.type !== 'action' || message.name !== 'openChat') return;
        const roomId = context.orchestrator?.state.viewerTabs.get(pageId)?.target.roomId;
        if (roomId !== undefined) void vscode.commands.executeCommand(commands.openChat, roomId);
    });
}
