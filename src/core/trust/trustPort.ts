/**
 * What the extension needs for trust: identity, recovery, verification, audiences. `src/matrix/trust` implements it.
 */
import type { Disposable } from '../base/disposable.ts';
import type { OwnTrust } from './shareTrust.ts';

export interface Recovered {
    /** Number of room keys from the backup. */
    readonly roomKeys: number;
    /** `replaced`: the backup on the server belongs to another key than the recovered one. */
    readonly backup: 'restored' | 'none' | 'replaced';
}

export interface NewRecovery {
    readonly key: string;
    /** Why some of what the key protects is missing. The key may still be the only one that works from now on. */
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
    /** The window that held the account is gone, with the progress of the verification. */
    | 'windowGone'
    | 'failed';

export type VerificationState =
    /** The other side asks us. */
    | { readonly kind: 'asked' }
    /** Waits for the other side's next step. */
    | { readonly kind: 'waiting' }
    /** Seven emoji with their names (client-server API, "SAS method: emoji"). */
    | { readonly kind: 'comparing'; readonly emoji: readonly { readonly symbol: string; readonly name: string }[] }
    /** We confirmed the emoji, but the other side has not yet. */
    | { readonly kind: 'confirming' }
    | { readonly kind: 'done' }
    | { readonly kind: 'cancelled'; readonly reason: CancelReason };

/** The state of one interactive verification by emoji (SAS). */
export interface Verification {
    readonly id: string;
    readonly userId: string;
    readonly name: string;
    /** Only known for our own devices. */
    readonly deviceId: string | undefined;
    /** The other device is our own. */
    readonly self: boolean;
    readonly startedHere: boolean;
    readonly state: VerificationState;
}
/** `confirm`: the emoji are the same on both sides. `mismatch`: they differ. */
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
    /** Accepts the person's new identity as theirs. */
    acknowledge(userId: string): Promise<void>;
    /** Makes the missing identity. `password`: of the account, if the server requires it. */
    setUpIdentity(password: string | undefined): Promise<void>;
    /** Makes a new identity. The old one, its recovery key and its backup are given up. */
    resetIdentity(password: string | undefined): Promise<void>;
    /**
     * Makes secret storage with a new recovery key, and a backup if there is none. `replaceBackup`: also replaces a
     * backup that this device does not use. Without it, that rejects with `trust.otherBackup` and changes nothing.
     */
    setUpRecovery(passphrase: string | undefined, replaceBackup?: boolean): Promise<NewRecovery>;
    /** Whether a recovery key exists, and whether a passphrase can be used for it. */
    recoveryKind(): Promise<'none' | 'key' | 'passphrase'>;
    recover(keyOrPassphrase: string): Promise<Recovered>;
    verifyOwnDevices(): Promise<Verification>;
    /** Uses messages in a room that both are in. */
    verifyPerson(userId: string, roomId: string): Promise<Verification>;
    /** Does nothing if the verification is over or in another step. */
    verify(id: string, step: VerificationStep): Promise<void>;
    /** A verification begins or changes its state. `asked`: another person, or another device of ours, asks. */
    onVerification(listener: (verification: Verification) => void): Disposable;
}
