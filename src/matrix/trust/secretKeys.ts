/** Holds the key of secret storage in memory only while an operation needs it. */
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';

export interface SecretKeys {
    readonly callbacks: CryptoCallbacks;
    /**
     * Runs `work` with this key. Also keeps keys that appear meanwhile (of a new storage). Then forgets all of them.
     */
    during<T>(key: readonly [id: string, key: Uint8Array<ArrayBuffer>] | undefined, work: () => Promise<T>): Promise<T>;
}

export function createSecretKeys(): SecretKeys {
    const keys = new Map<string, Uint8Array<ArrayBuffer>>();
    return {
        callbacks: {
            getSecretStorageKey: ({ keys: wanted }) => {
                for (const id of Object.keys(wanted)) {
                    const key = keys.get(id);
                    if (key) return Promise.resolve([id, key]);
                }
                return Promise.resolve(null);
            },
            cacheSecretStorageKey: (id, _info, key) => {
                keys.set(id, key);
            },
        },
        async during(key, work) {
            if (key) keys.set(...key);
            try {
                return await work();
            } finally {
                keys.clear();
            }
        },
    };
}
