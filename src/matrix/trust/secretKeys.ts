/** The key of secret storage, in memory for as long as one operation needs it and no longer. */
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';

export interface SecretKeys {
    readonly callbacks: CryptoCallbacks;
    /** Runs `work` with this key known; keys that appear meanwhile (a new storage) are known too. All are forgotten after. */
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
