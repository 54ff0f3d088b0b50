/** Composition root: builds the parts and registers them. The engine (matrix-js-sdk, crypto) is loaded on first use. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { createAccountControl } from './account/accountControl.ts';
import type { ActionContext } from './shell/actionContext.ts';
import { answerRing } from './share/callCommands.ts';
import { followOpenChat } from './share/pictureMenu.ts';
import { openView } from './share/shareCommands.ts';
import { createApp } from '../core/app/app.ts';
import { createChatView } from './chat/chatView.ts';
import { registerAuthProvider } from './account/authProvider.ts';
import { commands } from './manifest/commands.ts';
import { describeSettings, readSetting } from './manifest/config.ts';
import { after } from './shell/after.ts';
import { registerDiagnostics } from './shell/diagnostics.ts';
import type { Engine } from './account/engine.ts';
import { followSnapshots } from './share/followSnapshots.ts';
import { onRemotes } from './workspace/git.ts';
import { createJoins } from './joining/joins.ts';
import { DisposableScope } from '../core/base/disposable.ts';
import { createLog } from '../core/base/log.ts';
import { createMediaHost } from './share/page/mediaHost.ts';
import { createPageOpener, currentTheme } from './share/page/openPages.ts';
import { createViewMemory } from './share/page/viewMemory.ts';
import { registerViewSerializer } from './share/page/viewSerializer.ts';
import { followPresence } from './shell/followPresence.ts';
import { registerCommands } from './registerCommands.ts';
import type { ViewTarget } from '../core/share/share.ts';
import { isSuccessor } from '../core/workspace/workspaceRooms.ts';
import { watchRooms } from './rooms/watchRooms.ts';
import { createSessionGlare } from '../core/workspace/sessionGlare.ts';
import { createShareNews } from './share/shareNews.ts';
import { loadAccount } from '../core/account/storedAccounts.ts';
import { createProcessLock } from './account/processLock.ts';
import { followTrust, watchTrust } from './trust/watchTrust.ts';
import { openVault, type Keytar } from './account/keychainVault.ts';
import type { Vault } from '../core/account/vault.ts';
import { showFailure } from './shell/failure.ts';
import { showInvite } from './rooms/showInvite.ts';
import { showLiveScreen, showNotice } from './share/shareNotices.ts';
import { renderModel } from './tree/render.ts';
import { followWindows } from './windows/followWindows.ts';
import { createOwnWindow } from './windows/ownWindow.ts';
import { createWorkspaceMapping } from './workspace/workspaceMapping.ts';

let shutDown: (() => Promise<void>) | undefined;

export function activate(extension: vscode.ExtensionContext): void {
    const started = performance.now();
    let activationMs = 0;
    const scope = new DisposableScope();
    const channel = scope.add(vscode.window.createOutputChannel('Hush', { log: true }));
    const log = createLog(channel);

    let engine: Promise<Engine> | undefined;
    const loadEngine = (): Promise<Engine> => (engine ??= import('./account/engine.ts'));
    let vault: Promise<Vault> | undefined;
    // All VS Code installations of the person share the keychain. Each storage folder has its own items.
    const place = createHash('sha256').update(extension.globalStorageUri.toString()).digest('hex').slice(0, 12);
    const loadVault = (): Promise<Vault> =>
        (vault ??= openVault({
            loadKeytar: () => createRequire(import.meta.url)('./keytar/lib/keytar.js') as Keytar,
            secrets: extension.secrets,
            log,
            lock: createProcessLock({ path: join(extension.globalStorageUri.fsPath, 'accounts.lock'), log }),
            service: `Hush (${place})`,
        }));

    const ownWindow = scope.add(
        createOwnWindow({
            // Only the window knows its layout. The host answers most of VS Code's API without the window.
            ping: async () => vscode.commands.executeCommand('vscode.getEditorLayout'),
            log,
        }),
    );

    const mapping = createWorkspaceMapping(extension.globalState, () => app.refresh());
    const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration();
    const media = scope.add(
        createMediaHost({
            opener: createPageOpener(extension.extensionUri, log),
            theme: currentTheme,
            smoothMotion: () => readSetting(configuration(), 'hush.view.smoothMotion'),
            log,
        }),
    );
    let known: readonly string[] = [];
    const control = createAccountControl({
        loadEngine,
        loadVault,
        window: ownWindow,
        log,
        storage: extension.globalStorageUri.fsPath,
        version: `${(extension.extension.packageJSON as { version: string }).version} ${process.versions.v8}`,
        onStale: () => void follower.look(),
        memento: extension.globalState,
        configuration,
        open: (stored) => app.open(stored),
        signOut: (signOutScope) => app.signOut(signOutScope),
        state: () => app.model.account,
        onState: (listener) => app.onModel(listener),
        account: () => app.account,
        knownChanged(userIds) {
            known = userIds;
            auth.update(userIds);
            chat.known(userIds);
        },
    });
    const app = scope.add(
        createApp({
            media,
            log,
            openAccount: control.openAccount,
            forgetAccount: control.forgetAccount,
            notify: (notice) => void showNotice(notice),
            onTrouble: (sentence) => void showFailure(sentence),
            onAccount(account) {
                const accountScope = new DisposableScope();
                accountScope.add(watchTrust(actions, account));
                accountScope.add(watchRooms(account, log));
                accountScope.add(followPresence(account.presence));
                return accountScope;
            },
            onInvite(room) {
                // Ask now: after the check, the invitation may be accepted already.
                const awaited = joins.awaits(room.roomId);
                void sessionGlare
                    .check()
                    .then(() =>
                        awaited || sessionGlare.settles(room.roomId) || isSuccessor(app.model.rooms, room)
                            ? undefined
                            : showInvite(room),
                    );
            },
            onRing: (call, room) => void answerRing(actions, call, room),
            workspaceRoom: (rooms) => mapping.room(rooms),
            after,
            defer: setImmediate,
        }),
    );
    const follower = scope.add(
        followWindows({
            storage: extension.globalStorageUri.fsPath,
            stored: async () => loadAccount(await loadVault(), log),
            state: () => app.model.account,
            device: () => app.account,
            open: (stored) => app.open(stored),
            log,
        }),
    );
    const sessionGlare = createSessionGlare({
        after,
        account: () => app.account,
        ownRoomId: () => app.model.workspaceRoomId,
        sameWorkspace: (invitation, own) => mapping.isSame(invitation, own),
        map: (roomId) => mapping.remap(app.model.workspaceRoomId, roomId),
        log,
    });
    const chat = scope.add(
        createChatView({
            extensionUri: extension.extensionUri,
            account: () => app.account,
            memento: extension.workspaceState,
            storage: extension.storageUri ?? extension.globalStorageUri,
            onUnread: (count) => view.unread(count),
            log,
        }),
    );
    const joins = createJoins({
        memento: extension.workspaceState,
        context: () => actions,
        changed: () => app.refresh(),
        log,
    });
    const actions: ActionContext = {
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
        viewerCommand(viewId, generation, command) {
            media.reveal(viewId);
            media.send(viewId, generation, { type: 'view.command', command });
        },
        async mapWorkspace(roomId, folder) {
            await mapping.map(roomId, folder);
            chat.showWorkspace();
        },
        unmapWorkspace: () => mapping.unmap(),
        targetOfRow: (rowId) => view.tree.node(rowId)?.target,
        get otherAccounts() {
            const { account } = app.model;
            return known.some((userId) => account.kind === 'signedOut' || userId !== account.userId);
        },
        selectedRow: () => view.tree.selected(),
        revealShare() {
            const { share } = app.model.session;
            if (share) media.reveal(share.id);
        },
    };
    const diagnostics = scope.add(
        registerDiagnostics({
            extension: extension.extension,
            model: () => app.model,
            vault: loadVault,
            account: async () => (await app.account?.diagnostics()) ?? [],
            activationMs: () => activationMs,
        }),
    );
    const auth = scope.add(
        registerAuthProvider({
            account: () => app.model.account,
            signIn: () => control.signIn('another'),
            signOut: (userId) => control.signOut('here', userId),
        }),
    );
    const view = scope.add(renderModel((roomId) => app.account?.presence.look(roomId)));
    const shareNews = scope.add(
        createShareNews({
            model: () => app.model,
            isPlace: (roomId) => roomId === app.model.workspaceRoomId || vscode.window.state.focused,
            tell: (screen) => void showLiveScreen(screen),
            after,
        }),
    );
    const memory = createViewMemory(extension.workspaceState);
    const restored: ViewTarget[] = [];
    /** The account that was shown last. */
    let seen = '';
    let remotes: vscode.Disposable | undefined;
    /** Listens to Git itself: a clone may be opened or read when nothing else in the model changes. */
    const watchRemotes = (): void => {
        remotes ??= scope.add(onRemotes(() => app.refresh(), log));
    };
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
            for (const { sharerName, target } of model.session.views.values()) memory.note(sharerName, target);
            if (model.account.kind !== 'ready') return;
            watchRemotes();
            for (const target of restored.splice(0)) openView(actions, target, true);
            void sessionGlare.check();
            mapping.follow(model.rooms).catch((error: unknown) => log.warn('following a replaced room failed', error));
            mapping.offer(model.rooms).catch((error: unknown) => log.warn('offering a room failed', error));
        }),
    );
    scope.add(
        registerViewSerializer(media, extension.extensionUri, log, memory, (target) => {
            restored.push(target);
            app.refresh();
        }),
    );
    scope.add(
        registerCommands(actions, {
            signIn: () => control.signIn(),
            createAccount: control.createAccount,
            switchAccount: control.switchAccount,
            signOut: (signOutScope) => control.signOut(signOutScope),
            async setUpLiveKit() {
                const { setUpOwnServer } = await import('./account/accountDialogs.ts');
                await setUpOwnServer(await loadVault(), log);
            },
            showLog: () => channel.show(),
            showDiagnostics: () => diagnostics.show(),
        }),
    );
    scope.add(followSnapshots(actions, media));
    scope.add(followOpenChat(actions, media));
    scope.add(followTrust(actions, media, (listener) => vscode.workspace.onDidChangeConfiguration(listener)));
    // The handler only asks. Nothing is joined before the person agrees.
    scope.add(
        vscode.window.registerUriHandler({
            handleUri: ({ path, query }) => vscode.commands.executeCommand(commands.joinByLink, { path, query }),
        }),
    );
    scope.add(vscode.workspace.onDidChangeWorkspaceFolders(() => app.refresh()));
    const logSettings = (): void => log.info(`settings: ${describeSettings(configuration())}`);
    scope.add(
        vscode.workspace.onDidChangeConfiguration((change) => {
            if (change.affectsConfiguration('hush')) logSettings();
        }),
    );
    logSettings();
    app.refresh();
    // Not in `extension.subscriptions`, because VS Code disposes those while deactivate() still leaves the calls.
    shutDown = async () => {
        shutDown = undefined;
        // A window that reloads gets its viewer tabs back only if they stay open now.
        media.keepTabs();
        try {
            await app.close();
        } finally {
            scope.dispose();
        }
    };
    // Wait until activation has returned. The read of the keychain must not delay the window.
    setImmediate(() => void control.resume().then(joins.resume));
    activationMs = performance.now() - started;
    log.info(`activated in ${activationMs.toFixed(1)} ms`);
}

/** VS Code waits a few seconds for this, so shares and memberships end at once. */
export async function deactivate(): Promise<void> {
    await shutDown?.();
}
