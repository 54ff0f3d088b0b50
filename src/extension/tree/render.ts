/** Renders the model: tree, badge, status bar and context keys. */
import * as vscode from 'vscode';
import type { ContextKey } from '../manifest/contexts.ts';
import { contextValues } from './contextValues.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import { unreadWords } from '../../core/chat/unread.ts';
import { unwatched } from '../share/liveShareNotices.ts';
import { createSessionsTree, type SessionsTree } from './sessionsTree.ts';
import { commands } from '../manifest/commands.ts';
import { createAudienceItem, createPauseItem, createStatusBar } from './statusBar.ts';
import { plainName } from '../shell/plainText.ts';
import { audienceStatus, hushStatus, pauseStatus } from './statusItem.ts';
import { buildTree, connectionMessage } from './viewModel.ts';
import type { Model } from '../../core/app/model.ts';

export interface RenderedModel extends vscode.Disposable {
    readonly tree: SessionsTree;
    /** Gets the number of unread messages that no other view counts. */
    unread(count: number): void;
    update(model: Model): void;
}

/**
 * ms without a connection before Hush says so. At the start, or when a homeserver restarts quickly, nobody needs to
 * know.
 */
const OFFLINE_AFTER_MS = 2_000;

function badge(model: Model, unread: number): { count: number; tooltip: string } {
    const invites = model.rooms.filter((room) => room.membership === 'invite').length;
    const shares = unwatched(model).size;
    const knocks = model.rooms.reduce((sum, room) => sum + (room.mayInvite ? (room.knocks?.length ?? 0) : 0), 0);
    const parts = [
        shares > 0 ? `${shares} live screen${shares === 1 ? '' : 's'}` : '',
        knocks > 0 ? `${knocks} request${knocks === 1 ? '' : 's'} to join` : '',
        invites > 0 ? `${invites} invitation${invites === 1 ? '' : 's'}` : '',
        unread > 0 ? unreadWords(unread) : '',
    ];
    return { count: invites + knocks + shares + unread, tooltip: parts.filter(Boolean).join(', ') };
}

export function renderModel(look: (roomId: string) => void): RenderedModel {
    const scope = new DisposableScope();
    const tree = scope.add(createSessionsTree(look));
    const statusBar = scope.add(createStatusBar());
    const audienceItem = scope.add(createAudienceItem());
    const pauseItem = scope.add(createPauseItem());
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
    let shown: Model | undefined;
    let unread = 0;
    const count = (model: Model): void => tree.count(badge(model, unread));
    return {
        tree,
        unread(messages) {
            if (messages === unread) return;
            unread = messages;
            if (shown) count(shown);
        },
        update(model) {
            shown = model;
            sayConnection(connectionMessage(model));
            tree.update(model.account.kind === 'ready' ? buildTree(model) : []);
            count(model);
            tree.as(model.account.kind === 'ready' ? plainName(model.account.userId) : '');
            statusBar.update(hushStatus(model));
            audienceItem.update(audienceStatus(model.session));
            const pause = pauseStatus(model.session);
            pauseItem.update(pause, pause?.paused ? commands.resumeShare : commands.pauseShare);
            for (const [key, value] of Object.entries(contextValues(model))) setContext(key as ContextKey, value);
        },
        dispose: () => scope.dispose(),
    };
}
