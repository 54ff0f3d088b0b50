/** What the extension needs from an account's trust: identity, recovery, verification, audiences. Implemented by `src/matrix/trust`; types only. */
import type { Disposable } from '../base/disposable.ts';
import type { OwnTrust } from './shareTrust.ts';

export interface Recovered {
    /** Room keys that came out of the backup. */
    readonly roomKeys: number;
    /** `replaced`: the backup on the server belongs to another key than the one that was recovered. */
    readonly backup: 'restored' | 'none' | 'replaced';
}

export interface NewRecovery {
    readonly key: string;
    /** The key may be the only one that works from now on, but not all that it protects is there: why. */
    readonly unfinished: string | undefined;
}

/** How a verification ended without success. */
export type CancelReason =
    | 'byUs'
    | 'byThem'
    | 'declined'
    | 'timeout'
    | 'mismatch'
    | 'keyMismatch'
    | 'elsewhere'
    | 'unknownMethod'
    /** The window that held the account is gone, and with it what it had agreed on so far. */
    | 'windowGone'
    | 'failed';

export type VerificationState =
    /** They ask us. */
    | { readonly kind: 'asked' }
    /** Until their side does the next step. */
    | { readonly kind: 'waiting' }
    /** Seven emoji with their names (client-server API, "SAS method: emoji"). */
    | { readonly kind: 'comparing'; readonly emoji: readonly { readonly symbol: string; readonly name: string }[] }
    /** We said that they match; they have not yet. */
    | { readonly kind: 'confirming' }
    | { readonly kind: 'done' }
    | { readonly kind: 'cancelled'; readonly reason: CancelReason };

/** One interactive verification by emoji (SAS), as it stands. */
export interface Verification {
    readonly id: string;
    readonly userId: string;
    readonly name: string;
    /** Known for our own devices. */
    readonly deviceId: string | undefined;
    /** With a device of our own person. */
    readonly self: boolean;
    readonly startedHere: boolean;
    readonly state: VerificationState;
}
/** `confirm`: the emoji are the same on both sides; `mismatch`: they are not. */
export type VerificationStep = 'accept' | 'confirm' | 'mismatch' | 'cancel';

interface PersonTrust {
    /** They have a cross-signing identity, so they can be verified. */
    readonly hasIdentity: boolean;
    readonly verified: boolean;
    readonly changed: boolean;
}

/** Every promise rejects with a `HushError` whose message is the sentence for the person. */
export interface TrustPort {
    readonly own: OwnTrust;
    onOwn(listener: (own: OwnTrust) => void): Disposable;
    /** `hush.trust.shareWith` changed. */
    policyChanged(): void;
    person(userId: string): Promise<PersonTrust>;
    /** Their new identity is accepted as theirs. */
    acknowledge(userId: string): Promise<void>;
    /** Makes the identity that is missing. `password`: of the account, where the server wants it. */
    setUpIdentity(password: string | undefined): Promise<void>;
    /** A new identity; the old one, its recovery key and its backup are given up. */
    resetIdentity(password: string | undefined): Promise<void>;
    /**
     * Makes secret storage with a new recovery key, and a backup where there is none. `replaceBackup`: also in place of a
     * backup that this device does not use; without it that is refused with `trust.otherBackup`, and nothing is changed.
     */
    setUpRecovery(passphrase: string | undefined, replaceBackup?: boolean): Promise<NewRecovery>;
    /** Whether there is a recovery key, and whether it can be given as a passphrase. */
    recoveryKind(): Promise<'none' | 'key' | 'passphrase'>;
    recover(keyOrPassphrase: string): Promise<Recovered>;
    verifyOwnDevices(): Promise<Verification>;
    /** Through messages in a room that both are in. */
    verifyPerson(userId: string, roomId: string): Promise<Verification>;
    /** Does nothing where the verification is over or in another step. */
    verify(id: string, step: VerificationStep): Promise<void>;
    /** A verification begins (`asked`: somebody, or another device of ours, asks) or is in another state. */
    onVerification(listener: (verification: Verification) => void): Disposable;
}
