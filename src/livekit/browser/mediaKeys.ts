/**
 * Media keys in a page. The ring keeps imported, non-extractable keys, so that a new connection can receive all of
 * them. The provider gives them to LiveKit's E2EE worker.
 *
 * The parameters are those of Element Call (reference/element-call-protocol, "LiveKit E2EE"): one key per participant.
 * The raw 16 bytes are HKDF input, never a PBKDF2 password.
 */
import { BaseKeyProvider } from 'livekit-client';

export interface RingKey {
    readonly identity: string;
    readonly index: number;
    readonly key: CryptoKey;
}

export interface KeyRing {
    /** Rejects when the browser cannot import it. Keys apply in call order. */
    set(identity: string, index: number, base64: string): Promise<void>;
    /** True once a key of this participant was imported. */
    has(identity: string): boolean;
    /** Resolves when every earlier `set` has been applied or has failed. */
    settled(): Promise<void>;
    all(): readonly RingKey[];
    onKey(listener: (key: RingKey) => void): () => void;
}

export function createKeyRing(): KeyRing {
    let keys: RingKey[] = [];
    let last: Promise<void> = Promise.resolve();
    const listeners = new Set<(key: RingKey) => void>();
    const importKey = async (base64: string): Promise<CryptoKey> => {
        const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
        return crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits', 'deriveKey']);
    };
    return {
        set(identity, index, base64) {
            const done = last.then(async () => {
                const key = await importKey(base64);
                const entry = { identity, index, key };
                // The newest is last, so a provider that is filled from the ring ends with the current index.
                keys = [...keys.filter((k) => k.identity !== identity || k.index !== index), entry];
                for (const listener of listeners) listener(entry);
            });
            last = done.catch(() => undefined);
            return done;
        },
        has: (identity) => keys.some((k) => k.identity === identity),
        settled: () => last,
        all: () => keys,
        onKey(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
    };
}

export class MediaKeyProvider extends BaseKeyProvider {
    readonly #ring: KeyRing;
    readonly #stop: () => void;
    /** Frames are sent with the newest index of this participant. */
    readonly #ownIdentity: string | undefined;

    constructor(ring: KeyRing, ownIdentity: string | undefined) {
        super({
            sharedKey: false,
            ratchetSalt: 'LKFrameEncryptionKey',
            ratchetWindowSize: 10,
            failureTolerance: 10,
            keyringSize: 256,
            keySize: 128,
        });
        this.#ring = ring;
        this.#ownIdentity = ownIdentity;
        for (const key of ring.all()) this.#apply(key);
        this.#stop = ring.onKey((key) => this.#apply(key));
    }

    #apply({ identity, index, key }: RingKey): void {
        this.onSetEncryptionKey(key, identity, index);
    }

    /**
     * On every (re)connection, LiveKit asks for the current index and applies the answer to all keys. Its own record is
     * the last index set for any participant. After a reconnection that could be a retired index of ours.
     */
    override getLatestManuallySetKeyIndex(): number {
        const own = this.#ring.all().findLast((k) => k.identity === this.#ownIdentity);
        return own?.index ?? super.getLatestManuallySetKeyIndex();
    }

    close(): void {
        this.#stop();
    }
}
