/** Where secrets are kept, as a port. See `extension/account/keychainVault.ts`. */
export type VaultKind = 'keychain' | 'secretStorage';

export interface Vault {
    /** The store for new items. */
    readonly kind: VaultKind;
    /** Why the keychain is not used. Empty when it is used. For the diagnostics. */
    readonly reason: string;
    /**
     * @throws HushError `account.windowSilent` when the window does not answer and the keychain is not known to have
     * the key.
     */
    get(key: string): Promise<string | undefined>;
    /** Resolves once it is stored. @throws only when both stores refuse; `account.windowSilent` as above. */
    set(key: string, value: string): Promise<void>;
    /** Removes it from both stores. */
    delete(key: string): Promise<void>;
    /**
     * Runs `work` after earlier work, in this window and in others. For changes that read before they write. The entry
     * and the engine are two bundles that share this vault.
     */
    inTurn<T>(work: () => Promise<T>): Promise<T>;
    /** The store that holds `key` now, as far as this process knows. */
    where(key: string): VaultKind | undefined;
}
