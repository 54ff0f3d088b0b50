/** Updates every part after a change of the model. Reopens the viewer tabs that were open before a reload. */
import type { Disposable } from 'vscode';
import type { ViewerTarget } from '../../core/share/share.ts';
import { createViewerMemory } from '../share/page/viewerMemory.ts';
import { registerViewerSerializer } from '../share/page/viewerSerializer.ts';
import { openViewerTab } from '../share/shareCommands.ts';
import { onRemotes } from '../workspace/git.ts';
import type { AccountParts } from './accountParts.ts';
import type { Foundation } from './foundation.ts';
import type { ViewParts } from './viewParts.ts';

export function followModel(
    { extension, scope, log }: Foundation,
    { app, control, follower, mapping, media, sessionGlare }: AccountParts,
    { actions, chat, joins, shareNews, view }: ViewParts,
): void {
    const memory = createViewerMemory(extension.workspaceState);
    const restored: ViewerTarget[] = [];
    /** The account that was shown last. */
    let seen = '';
    let remotes: Disposable | undefined;
    scope.add(
        app.onModel((model) => {
            view.update(model);
            chat.update(model);
            shareNews.update(model);
            follower.settled();
            joins.update(model);
            const { account } = model;
            const who = account.kind === 'signedOut' ? '' : account.userId;
            if (who !== seen) void control.refreshKnown();
            seen = who;
            for (const { sharerName, target } of model.session.viewerTabs.values()) memory.note(sharerName, target);
            if (model.account.kind !== 'ready') return;
            // Listens to Git itself: a clone may be opened or read when nothing else in the model changes.
            remotes ??= scope.add(onRemotes(() => app.refresh(), log));
            for (const target of restored.splice(0)) openViewerTab(actions, target, true);
            void sessionGlare.check();
            mapping.follow(model.rooms).catch((error: unknown) => log.warn('following a replaced room failed', error));
            mapping.offer(model.rooms).catch((error: unknown) => log.warn('offering a room failed', error));
        }),
    );
    scope.add(
        registerViewerSerializer(media, extension.extensionUri, log, memory, (target) => {
            restored.push(target);
            app.refresh();
        }),
    );
}
