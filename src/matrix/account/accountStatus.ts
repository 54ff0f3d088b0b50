/** The account's state. Tells listeners about its changes. */
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';

export interface AccountStatus {
    readonly state: AccountState;
    onState(listener: (state: AccountState) => void): Disposable;
    /** Changes nothing after the sign-in ended or failed: only a new sign-in can repair these. */
    become(next: AccountState): void;
    ready(online: boolean): void;
    /** Why the account may stop soon, for the person. Undefined: no longer. */
    trouble(sentence: string | undefined): void;
}

/** Without an access token the server has ended the sign-in. */
export function createAccountStatus({ userId, deviceId, accessToken, deviceGone }: StoredAccount): AccountStatus {
    const changed = new Listeners<[AccountState]>();
    let state: AccountState =
        accessToken === undefined
            ? { kind: 'expired', userId, deviceGone: deviceGone === true }
            : { kind: 'starting', userId };
    let trouble: string | undefined;
    const become = (next: AccountState): void => {
        if ((state.kind === 'expired' || state.kind === 'failed') && next.kind !== 'signedOut') return;
        state = next;
        changed.emit(state);
    };
    const ready = (online: boolean): void =>
        become({ kind: 'ready', userId, deviceId, online, ...(trouble === undefined ? {} : { trouble }) });
    return {
        get state() {
            return state;
        },
        onState: changed.add,
        become,
        ready,
        trouble(sentence) {
            trouble = sentence;
            if (state.kind === 'ready') ready(state.online);
        },
    };
}
