/** The parts that work without a view: the account and its session, the pages, and the workspace's room. */
import * as vscode from 'vscode';
import { createApp, type App } from '../../core/app/app.ts';
import type { Account } from '../../core/account/account.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { CallToTake } from '../../core/session/callsPort.ts';
import { createSessionGlare, type SessionGlare } from '../../core/workspace/sessionGlare.ts';
import { loadAccount } from '../../core/account/storedAccounts.ts';
import { createAccountControl, type AccountControl } from '../account/accountControl.ts';
import { createMediaHost, type MediaHost } from '../share/page/mediaHost.ts';
import { readSetting } from '../manifest/config.ts';
import { createSecretShield, type SecretShield } from '../shield/secretShield.ts';
import { createPageOpener, currentTheme } from '../share/page/openPages.ts';
import { tellWhoPoints } from '../share/tellWhoPoints.ts';
import { showNotice } from '../share/shareNotices.ts';
import { after } from '../shell/after.ts';
import { showFailure } from '../shell/failure.ts';
import { followWindows, type WindowFollower } from '../windows/followWindows.ts';
import { createOwnWindow } from '../windows/ownWindow.ts';
import { createWorkspaceMapping, type WorkspaceMapping } from '../workspace/workspaceMapping.ts';
import type { Foundation } from './foundation.ts';

export interface AccountParts {
    readonly media: MediaHost;
    readonly mapping: WorkspaceMapping;
    readonly control: AccountControl;
    readonly app: App;
    readonly shield: SecretShield;
    readonly follower: WindowFollower;
    readonly sessionGlare: SessionGlare;
    /** The accounts that are kept on this machine, by user ID. */
    readonly known: { readonly userIds: readonly string[]; readonly changed: Listeners<[readonly string[]]> };
    /** An account was opened. When it closes, everything that listeners added to the scope is disposed. */
    readonly opened: Listeners<[Account, DisposableScope]>;
    readonly invited: Listeners<[RoomSnapshot]>;
    readonly rang: Listeners<[CallToTake, RoomSnapshot]>;
}

export function createAccountParts(foundation: Foundation): AccountParts {
    const { extension, scope, log, storage, configuration, loadEngine, loadVault } = foundation;
    const known = { userIds: [] as readonly string[], changed: new Listeners<[readonly string[]]>() };
    const [opened, invited, rang] = [
        new Listeners<[Account, DisposableScope]>(),
        new Listeners<[RoomSnapshot]>(),
        new Listeners<[CallToTake, RoomSnapshot]>(),
    ];
    const mapping = createWorkspaceMapping(extension.globalState, () => app.refresh());
    const media = scope.add(
        createMediaHost({
            opener: createPageOpener(extension.extensionUri, log),
            theme: currentTheme,
            smoothMotion: () => readSetting(configuration(), 'hush.view.smoothMotion'),
            log,
        }),
    );
    scope.add(tellWhoPoints(media));
    const window = scope.add(
        createOwnWindow({
            // Only the window knows its layout. The host answers most of VS Code's API without the window.
            ping: async () => vscode.commands.executeCommand('vscode.getEditorLayout'),
            log,
        }),
    );
    const control = createAccountControl({
        loadEngine,
        loadVault,
        window,
        log,
        storage,
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
            known.userIds = userIds;
            known.changed.emit(userIds);
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
                opened.emit(account, accountScope);
                return accountScope;
            },
            onInvite: (room) => invited.emit(room),
            onRing: (call, room) => rang.emit(call, room),
            workspaceRoom: (rooms) => mapping.room(rooms),
            after,
            defer: setImmediate,
        }),
    );
    const follower = scope.add(
        followWindows({
            storage,
            stored: async () => loadAccount(await loadVault(), log),
            state: () => app.model.account,
            device: () => app.account,
            open: (stored) => app.open(stored),
            log,
        }),
    );
    const shield = scope.add(
        createSecretShield({
            configuration,
            seen: (files) => app.orchestrator?.dispatch({ type: 'secretsSeen', files }),
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
    return { media, mapping, control, app, shield, follower, sessionGlare, known, opened, invited, rang };
}
