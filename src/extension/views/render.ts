/** Renders the model: tree, badge, status bar and context keys. */
import * as vscode from 'vscode';
import { contexts, type ContextKey } from '../contexts.ts';
import { DisposableScope } from '../lifecycle.ts';
import { createSessionsTree, type SessionsTree } from './sessionsTree.ts';
import { createAudienceItem, createStatusBar } from './statusBar.ts';
import { audienceStatus, buildTree, connectionMessage, sharingStatus, type Model } from './viewModel.ts';

export interface RenderedModel extends vscode.Disposable {
    readonly tree: SessionsTree;
    update(model: Model): void;
}

/** ms without a connection before it is said: the start, and a homeserver that restarts quickly, are no news. */
const OFFLINE_AFTER_MS = 2_000;

function badge(model: Model): { count: number; tooltip: string } {
    const invites = model.rooms.filter((room) => room.membership === 'invite').length;
    const shares = model.rooms
        .flatMap((room) => room.rtc)
        .filter((m) => m.userId !== model.session.self?.userId)
        .reduce((sum, m) => sum + m.shares.length, 0);
    const parts = [
        shares > 0 ? `${shares} live screen${shares === 1 ? '' : 's'}` : '',
        invites > 0 ? `${invites} invitation${invites === 1 ? '' : 's'}` : '',
    ];
    return { count: invites + shares, tooltip: parts.filter(Boolean).join(', ') };
}

export function renderModel(): RenderedModel {
    const scope = new DisposableScope();
    const tree = scope.add(createSessionsTree());
    const statusBar = scope.add(createStatusBar());
    const audienceItem = scope.add(createAudienceItem());
    const known = new Map<ContextKey, unknown>();
    const setContext = (key: ContextKey, value: unknown): void => {
        if (known.get(key) === value) return;
        known.set(key, value);
        void vscode.commands.executeCommand('setContext', key, value);
    };
    let offline: { message: string; timer: NodeJS.Timeout } | undefined;
    const sayConnection = (message: string | undefined): void => {
        if (message === offline?.message) return;
        clearTimeout(offline?.timer);
        offline =
            message === undefined
                ? undefined
                : { message, timer: setTimeout(() => tree.say(message), OFFLINE_AFTER_MS) };
        if (!offline) tree.say(undefined);
    };
    scope.defer(() => clearTimeout(offline?.timer));
    return {
        tree,
        update(model) {
            sayConnection(connectionMessage(model));
            tree.update(model.account.kind === 'ready' ? buildTree(model) : [], badge(model));
            statusBar.update(sharingStatus(model.session));
            audienceItem.update(audienceStatus(model.session));
            setContext(contexts.account, model.account.kind);
            setContext(contexts.sharing, model.session.share !== undefined);
            setContext(contexts.inSession, model.session.calls.size > 0);
            setContext(contexts.linked, model.workspaceRoomId !== undefined);
            setContext(
                contexts.hasRooms,
                model.rooms.some((room) => room.membership === 'join' && room.encrypted),
            );
        },
        dispose: () => scope.dispose(),
    };
}
