/** Where secrets are kept, as a port. See `extension/account/keychainVault.ts`. */
export type VaultKind = 'keychain' | 'secretStorage';

export interface Vault {
    /** Where new items go. */
    readonly kind: VaultKind;
    /** Why it is not the keychain; empty when it is. For the diagnostics. */
    readonly reason: string;
    /** @throws HushError `account.windowSilent` when the window does not answer and the keychain is not known to have it. */
    get(key: string): Promise<string | undefined>;
    /** Resolves once it is stored. @throws only when both stores refuse; `account.windowSilent` as above. */
    set(key: string, value: string): Promise<void>;
    /** Removes it from both stores. */
    delete(key: string): Promise<void>;
    /**
     * Runs `work` after what was asked before, here and in other windows. For changes that read first: the entry and the
     * engine, two bundles, share this vault.
     */
    inTurn<T>(work: () => Promise<T>): Promise<T>;
    /** Which store holds `key` now, as far as this process has seen. */
    where(key: string): VaultKind | undefined;
}
