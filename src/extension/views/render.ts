/** Renders the model: tree, badge, status bar and context keys. */
import * as vscode from 'vscode';
import { contexts, type ContextKey } from '../contexts.ts';
import { DisposableScope } from '../lifecycle.ts';
import { whyNotHere, type RoomDeed } from '../rooms/roomRow.ts';
import type { RoomSnapshot } from '../session/types.ts';
import { unreadWords } from '../chat/unread.ts';
import { unwatched } from '../shareNews.ts';
import { createSessionsTree, type SessionsTree } from './sessionsTree.ts';
import { createAudienceItem, createStatusBar } from './statusBar.ts';
import { plainName } from './plainText.ts';
import { audienceStatus, buildTree, connectionMessage, sharingStatus, type Model } from './viewModel.ts';

export interface RenderedModel extends vscode.Disposable {
    readonly tree: SessionsTree;
    /** Messages that were not seen and that no other view counts. */
    unread(count: number): void;
    update(model: Model): void;
}

/** ms without a connection before it is said: the start, and a homeserver that restarts quickly, are no news. */
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
            statusBar.update(sharingStatus(model.session));
            audienceItem.update(audienceStatus(model.session));
            setContext(contexts.account, model.account.kind);
            setContext(contexts.deviceGone, model.account.kind === 'expired' && model.account.deviceGone);
            setContext(contexts.sharing, model.session.share !== undefined);
            setContext(contexts.inSession, model.session.calls.size > 0);
            setContext(contexts.linked, model.workspaceRoomId !== undefined);
            const { userId } = model.session.self ?? { userId: '' };
            const joined = model.rooms.filter((room) => room.membership === 'join');
            const linked = joined.filter((room) => room.roomId === model.workspaceRoomId);
            const some = (rooms: readonly RoomSnapshot[], deed: RoomDeed): boolean =>
                rooms.some((room) => whyNotHere(room, userId, deed) === undefined);
            setContext(contexts.hasRooms, some(joined, 'chat'));
            // Without a room, sharing makes a session.
            const places = linked.length > 0 ? linked : joined;
            setContext(contexts.mayShare, places.length === 0 || some(places, 'share'));
            setContext(contexts.mayInvite, some(linked, 'invite'));
        },
        dispose: () => scope.dispose(),
    };
}
