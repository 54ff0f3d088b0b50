/** The account's state, and the listeners that are told of it. */
import type { Disposable } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { AccountState } from '../../core/account/accountState.ts';

export interface AccountStatus {
    readonly state: AccountState;
    onState(listener: (state: AccountState) => void): Disposable;
    /** Changes nothing after the sign-in ended or failed: only a new sign-in can repair these. */
    become(next: AccountState): void;
}

export function createAccountStatus(first: AccountState): AccountStatus {
    const changed = new Listeners<[AccountState]>();
    let state = first;
    return {
        get state() {
            return state;
        },
        onState: changed.add,
        become(next) {
            if ((state.kind === 'expired' || state.kind === 'failed') && next.kind !== 'signedOut') return;
            state = next;
            changed.emit(state);
        },
    };
}
