/**
 * Lists the accounts in VS Code's Accounts menu. The session of this provider has no token: another extension can learn
 * who is signed in, but cannot act as them. Homeserver tokens never leave Hush.
 */
import * as vscode from 'vscode';
import type { AccountState } from '../../core/account/accountState.ts';

const AUTH_PROVIDER = 'hush';

export interface AuthProviderOptions {
    account(): AccountState;
    signIn(): Promise<void>;
    signOut(userId: string): Promise<void>;
}

export interface AuthProvider extends vscode.Disposable {
    /** Tells VS Code which accounts are signed in on this machine. */
    update(userIds: readonly string[]): void;
}

function sessionOf(userId: string): vscode.AuthenticationSession {
    return { id: userId, accessToken: '', account: { id: userId, label: userId }, scopes: [] };
}

export function registerAuthProvider(options: AuthProviderOptions): AuthProvider {
    const changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
    let known: readonly vscode.AuthenticationSession[] = [];
    const provider: vscode.AuthenticationProvider = {
        onDidChangeSessions: changed.event,
        getSessions: (_scopes, { account }) =>
            Promise.resolve(known.filter(({ id }) => account === undefined || account.id === id)),
        async createSession() {
            await options.signIn();
            const account = options.account();
            if (account.kind === 'signedOut') throw new vscode.CancellationError();
            return sessionOf(account.userId);
        },
        removeSession: (userId) => options.signOut(userId),
    };
    const registration = vscode.authentication.registerAuthenticationProvider(AUTH_PROVIDER, 'Hush', provider, {
        supportsMultipleAccounts: true,
    });
    return {
        update(userIds) {
            const next = userIds.map(sessionOf);
            const removed = known.filter(({ id }) => !userIds.includes(id));
            const added = next.filter(({ id }) => !known.some((each) => each.id === id));
            known = next;
            if (added.length + removed.length > 0) changed.fire({ added, removed, changed: [] });
        },
        dispose() {
            registration.dispose();
            changed.dispose();
        },
    };
}
