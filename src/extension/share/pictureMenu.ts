/** What VS Code's menu over a shared picture offers, and the other buttons of a viewer's tab that are the window's work. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';
import { commands } from '../manifest/commands.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { MediaPort } from '../../core/session/mediaPort.ts';
import type { ActionContext } from '../shell/actionContext.ts';

/** The page puts the ID of its view into the context of the menu (`data-vscode-context`). */
const menuContext = v.object({ hushView: v.string() });

/** False: it was not chosen from the menu of a picture. Throws where the room lets nobody write. */
export function commandPicture(context: ActionContext, argument: unknown, command: ViewerCommand): boolean {
    const chosen = v.safeParse(menuContext, argument);
    const view = chosen.success ? context.orchestrator?.state.views.get(chosen.output.hushView) : undefined;
    if (!view) return false;
    if (command === 'snapshot') context.chat.assertWritable(view.target.roomId);
    context.viewerCommand(view.id, view.generation, command);
    return true;
}

/** The tab of a share leads to the chat of its room. */
export function followOpenChat(context: ActionContext, media: Pick<MediaPort, 'onMessage'>): Disposable {
    return media.onMessage((call, _generation, message) => {
        if (message.type !== 'action' || message.name !== 'openChat') return;
        const roomId = context.orchestrator?.state.views.get(call)?.target.roomId;
        if (roomId !== undefined) void vscode.commands.executeCommand(commands.openChat, roomId);
    });
}
