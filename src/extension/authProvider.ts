/**
 * The account in VS Code's Accounts menu. Its session carries no token: another extension that asks for it learns who is
 * signed in, and cannot act as them. Homeserver tokens never leave Hush.
 */
import * as vscode from 'vscode';
import type { AccountState } from './session/types.ts';

export const AUTH_PROVIDER = 'hush';

export interface AuthProviderOptions {
    account(): AccountState;
    signIn(): Promise<void>;
    signOut(): Promise<void>;
}

export interface AuthProvider extends vscode.Disposable {
    /** Tells VS Code when the account came or went. */
    update(account: AccountState): void;
}

function sessionOf(account: AccountState): vscode.AuthenticationSession | undefined {
    if (account.kind === 'signedOut') return undefined;
    return { id: account.userId, accessToken: '', account: { id: account.userId, label: account.userId }, scopes: [] };
}

export function registerAuthProvider(options: AuthProviderOptions): AuthProvider {
    const changed = new vscode.EventEmitter<vscode.AuthenticationProviderAuthenticationSessionsChangeEvent>();
    let known: vscode.AuthenticationSession | undefined;
    const provider: vscode.AuthenticationProvider = {
        onDidChangeSessions: changed.event,
        getSessions: () => Promise.resolve(known ? [known] : []),
        async createSession() {
            await options.signIn();
            const session = sessionOf(options.account());
            if (!session) throw new vscode.CancellationError();
            return session;
        },
        removeSession: () => options.signOut(),
    };
    const registration = vscode.authentication.registerAuthenticationProvider(AUTH_PROVIDER, 'Hush', provider);
    return {
        update(account) {
            const next = sessionOf(account);
            if (next?.id === known?.id) return;
            const [removed, added] = [known ? [known] : [], next ? [next] : []];
            known = next;
            changed.fire({ added, removed, changed: [] });
        },
        dispose() {
            registration.dispose();
            changed.dispose();
        },
    };
}
