/** The parts that commands and dialogs may use. */
import type { ChatView } from '../chat/chatView.ts';
import type { Joins } from '../joining/joins.ts';
import type { CodePointers } from '../pointHere/codePointers.ts';
import type { RenderedModel } from '../tree/render.ts';
import type { ActionContext } from '../shell/actionContext.ts';
import type { AccountParts } from './accountParts.ts';
import type { Foundation } from './foundation.ts';

export function actionContext(
    { extension, log, configuration }: Foundation,
    { app, control, mapping, media, known, shield }: AccountParts,
    { view, chat, joins, pointers }: { view: RenderedModel; chat: ChatView; joins: Joins; pointers: CodePointers },
): ActionContext {
    return {
        joining: {
            wishes: joins.wishes,
            during: joins.during,
            answered: joins.answered,
            linkOnceLive: joins.linkOnceLive,
            viewIn: joins.viewIn,
            settled: control.settled,
            signIn: control.signInToJoin,
        },
        log,
        shield,
        pointers: () => pointers.desk(),
        chat,
        extensionUri: extension.extensionUri,
        get model() {
            return app.model;
        },
        get account() {
            return app.account;
        },
        get orchestrator() {
            return app.orchestrator;
        },
        get workspace() {
            return mapping.folders;
        },
        configuration,
        viewerCommand(tabId, generation, command) {
            media.reveal(tabId);
            media.send(tabId, generation, { type: 'view.command', command });
        },
        async mapWorkspace(roomId, folder) {
            await mapping.map(roomId, folder);
            chat.showWorkspace();
        },
        unmapWorkspace: () => mapping.unmap(),
        targetOfRow: (rowId) => view.tree.node(rowId)?.target,
        get otherAccounts() {
            const { account } = app.model;
            return known.userIds.some((userId) => account.kind === 'signedOut' || userId !== account.userId);
        },
        selectedRow: () => view.tree.selected(),
        revealShare() {
            const { share } = app.model.session;
            if (share) media.reveal(share.id);
        },
    };
}
