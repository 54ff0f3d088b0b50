/**
 * Keeps secrets in the operating system's keychain, or in VS Code's SecretStorage. One item per key. A locked or
 * missing keychain is no error: the vault falls back, and the diagnostics say why.
 */
import { isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { createPatientSecrets, within, type SecretStorageLike } from './patientSecrets.ts';
import type { ProcessLock } from './processLock.ts';
import type { Vault, VaultKind } from '../../core/account/vault.ts';

/** The part of keytar's API that Hush uses. */
export interface Keytar {
    getPassword(service: string, account: string): Promise<string | null>;
    setPassword(service: string, account: string, password: string): Promise<void>;
    deletePassword(service: string, account: string): Promise<boolean>;
}
export interface VaultOptions {
    /** Loads keytar. Throws or rejects where its binary or the D-Bus is missing. */
    readonly loadKeytar: () => Keytar | Promise<Keytar>;
    readonly secrets: SecretStorageLike;
    readonly log: Log;
    /** Keeps other processes away from the same items. Default: there are no other processes. */
    readonly lock?: ProcessLock;
    /** The name of the items in the keychain. */
    readonly service?: string;
    /** Windows Credential Manager holds at most 2,560 bytes per item (CRED_MAX_CREDENTIAL_BLOB_SIZE) as UTF-8; unlimited elsewhere. */
    readonly maxBytes?: number;
    /** Time limit for one keychain operation, in ms. An unlock prompt that nobody sees must not block the sign-in. */
    readonly timeoutMs?: number;
    /**
     * Time limit for one call to VS Code's secret storage, in ms. A locked system keyring may ask the person there,
     * too.
     */
    readonly windowTimeoutMs?: number;
}

export async function openVault(options: VaultOptions): Promise<Vault> {
    const {
        log,
        service = 'Hush',
        maxBytes = process.platform === 'win32' ? 2_560 : Infinity,
        timeoutMs = 10_000,
        windowTimeoutMs = 10_000,
    } = options;
    const secrets = createPatientSecrets(options.secrets, windowTimeoutMs);
    let keytar: Keytar | undefined;
    let reason = '';
    const places = new Map<string, VaultKind>();
    let turn: Promise<unknown> = Promise.resolve();
    const fallBack = (why: unknown): void => {
        reason = why instanceof Error ? (why.message.split('\n')[0] ?? '') : String(why);
        keytar = undefined;
        log.warn(`The keychain cannot be used (${reason}); secrets go to VS Code's secret storage`);
    };
    const tryKeychain = async <T>(work: (keychain: Keytar) => Promise<T>): Promise<T | undefined> => {
        if (!keytar) return undefined;
        try {
            return await within(work(keytar), timeoutMs, () => new Error(`no answer within ${timeoutMs / 1_000} s`));
        } catch (error) {
            fallBack(error);
            return undefined;
        }
    };
    try {
        keytar = await options.loadKeytar();
    } catch (error) {
        fallBack(error);
    }
    /**
     * Lets an account continue while its window does not answer. If `key` is known to be in the keychain, the secret
     * storage has nothing newer. All other cases need an answer from the window.
     */
    const unlessInKeychain = async <T>(key: string, ask: () => PromiseLike<T>): Promise<T | undefined> => {
        try {
            return await ask();
        } catch (error) {
            const silent = isHushError(error) && error.code === 'account.windowSilent';
            if (!silent || !keytar || places.get(key) !== 'keychain') throw error;
            log.warn('The window does not answer; the keychain is used without it');
            return undefined;
        }
    };
    // A keychain without a bus or daemon fails only at the first request.
    await tryKeychain((keychain) => keychain.getPassword(service, 'probe'));

    return {
        get kind() {
            return keytar ? 'keychain' : 'secretStorage';
        },
        get reason() {
            return reason;
        },
        inTurn(work) {
            const result = turn.then(() => (options.lock ? options.lock.hold(work) : work()));
            turn = result.then(
                () => undefined,
                () => undefined, // the caller gets the error
            );
            return result;
        },
        where: (key) => places.get(key),
        async get(key) {
            // Ask the fallback first. Its item is newer, because a write to the keychain deletes it.
            const spare = await unlessInKeychain(key, () => secrets.get(key));
            if (spare !== undefined) {
                places.set(key, 'secretStorage');
                return spare;
            }
            const found = await tryKeychain((keychain) => keychain.getPassword(service, key));
            if (found === null || found === undefined) {
                places.delete(key);
                return undefined;
            }
            places.set(key, 'keychain');
            return found;
        },
        async set(key, value) {
            const fits = Buffer.byteLength(value) <= maxBytes;
            if (!fits) log.warn('A secret is too large for this keychain; it goes to the secret storage of VS Code');
            const stored =
                fits &&
                (await tryKeychain(async (keychain) => {
                    await keychain.setPassword(service, key, value);
                    return true;
                }));
            if (stored === true) {
                await unlessInKeychain(key, () => secrets.delete(key));
                places.set(key, 'keychain');
            } else {
                await secrets.store(key, value);
                places.set(key, 'secretStorage');
            }
        },
        async delete(key) {
            await tryKeychain((keychain) => keychain.deletePassword(service, key));
            await secrets.delete(key);
            places.delete(key);
        },
    };
}
