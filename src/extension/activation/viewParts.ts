/** The parts that a person sees: the tree, the chat, notices and commands, over the account's parts. */
import * as vscode from 'vscode';
import { registerAuthProvider } from '../account/authProvider.ts';
import { createChatView, type ChatView } from '../chat/chatView.ts';
import { createJoins, type Joins } from '../joining/joins.ts';
import { createCodePointers } from '../pointHere/codePointers.ts';
import { createLiveShareNotices, type LiveShareNotices } from '../share/liveShareNotices.ts';
import { showLiveScreen } from '../share/shareNotices.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import { after } from '../shell/after.ts';
import { renderModel, type RenderedModel } from '../tree/render.ts';
import { actionContext } from './actionParts.ts';
import type { AccountParts } from './accountParts.ts';
import type { Foundation } from './foundation.ts';

export interface ViewParts {
    readonly view: RenderedModel;
    readonly chat: ChatView;
    readonly joins: Joins;
    readonly shareNews: LiveShareNotices;
    readonly actions: ActionContext;
}

export function createViewParts(foundation: Foundation, parts: AccountParts): ViewParts {
    const { extension, scope, log } = foundation;
    const { app, control, known } = parts;
    const view = scope.add(renderModel((roomId) => app.account?.presence.look(roomId)));
    const pointers = scope.add(createCodePointers(() => actions));
    const chat = scope.add(
        createChatView({
            extensionUri: extension.extensionUri,
            account: () => app.account,
            memento: extension.workspaceState,
            storage: extension.storageUri ?? extension.globalStorageUri,
            onUnread: (count) => view.unread(count),
            onRead: pointers.read,
            log,
        }),
    );
    // Each needs the other: a command joins, and a join runs commands.
    const joins = createJoins({
        memento: extension.workspaceState,
        context: () => actions,
        changed: () => app.refresh(),
        log,
    });
    const actions = actionContext(foundation, parts, { view, chat, joins, pointers });
    const auth = scope.add(
        registerAuthProvider({
            account: () => app.model.account,
            signIn: () => control.signIn('another'),
            signOut: (userId) => control.signOut('here', userId),
        }),
    );
    scope.add(
        known.changed.add((userIds) => {
            auth.update(userIds);
            chat.known(userIds);
        }),
    );
    const shareNews = scope.add(
        createLiveShareNotices({
            model: () => app.model,
            isPlace: (roomId) => roomId === app.model.workspaceRoomId || vscode.window.state.focused,
            tell: (screen) => void showLiveScreen(screen),
            after,
        }),
    );
    return { view, chat, joins, shareNews, actions };
}
