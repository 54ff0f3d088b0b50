/**
 * The keys of a share's side channel in a page. Each device's raw key is HKDF input: one output names the key in a
 * packet, the other encrypts (AES-128-GCM).
 */
import { hex, KEY_ID_BYTES } from '../../core/sideChannel/packet.ts';

export interface SideDevice {
    readonly userId: string;
    readonly deviceId: string;
    /** How the room names its person. */
    readonly name: string;
}

/** What names a device. */
export type Device = Pick<SideDevice, 'userId' | 'deviceId'>;

interface SideKey {
    readonly device: SideDevice;
    readonly id: Uint8Array<ArrayBuffer>;
    readonly key: CryptoKey;
    /** ms. Set when a newer key of the device has come: packets that were under way still open until then. */
    readonly until?: number;
}

export interface SideKeys {
    /** Keys apply in call order. Rejects when the browser cannot import it. */
    set(device: SideDevice, base64: string): Promise<void>;
    /** The newest key of that device. */
    newest(device: Device): SideKey | undefined;
    /** Resolves when every earlier `set` has been applied or has failed. */
    settled(): Promise<void>;
    find(keyId: string): SideKey | undefined;
    /** At once, packets of that device no longer open. A key that is being imported counts as forgotten, too. */
    forget(device: Device): void;
}

/** ms that a key opens packets after a newer one has come. Its sender goes on with it for one second. */
const SUPERSEDED_MS = 10_000;
const SALT = new TextEncoder().encode('hush side channel 1');
const NAME = new TextEncoder().encode('name');
const ENCRYPTION = new TextEncoder().encode('encryption');

/** `now`: ms. */
export function createSideKeys(now: () => number): SideKeys {
    let keys: readonly SideKey[] = [];
    let last: Promise<void> = Promise.resolve();
    /** How often each device was forgotten. */
    const forgotten = new Map<string, number>();
    const nameOf = ({ userId, deviceId }: Device): string => JSON.stringify([userId, deviceId]);
    const isOf = ({ device }: SideKey, of: Device): boolean => nameOf(device) === nameOf(of);
    const fresh = (): readonly SideKey[] => keys.filter(({ until }) => until === undefined || until > now());
    const add = (device: SideDevice, made: Pick<SideKey, 'id' | 'key'>): void => {
        const until = now() + SUPERSEDED_MS;
        const others = fresh()
            .filter((key) => hex(key.id) !== hex(made.id))
            .map((key) => (isOf(key, device) ? { ...key, until: Math.min(key.until ?? until, until) } : key));
        keys = [...others, { device, ...made }];
    };
    return {
        set(device, base64) {
            const times = forgotten.get(nameOf(device));
            const done = last.then(async () => {
                const made = await derive(base64);
                if (forgotten.get(nameOf(device)) === times) add(device, made);
            });
            last = done.catch(() => undefined);
            return done;
        },
        newest: (device) => keys.findLast((key) => isOf(key, device)),
        forget(device) {
            forgotten.set(nameOf(device), (forgotten.get(nameOf(device)) ?? 0) + 1);
            keys = keys.filter((key) => !isOf(key, device));
        },
        settled: () => last,
        find: (keyId) => fresh().find(({ id }) => hex(id) === keyId),
    };
}

async function derive(base64: string): Promise<Pick<SideKey, 'id' | 'key'>> {
    const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const input = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveBits', 'deriveKey']);
    const from = (info: Uint8Array<ArrayBuffer>) => ({ name: 'HKDF', hash: 'SHA-256', salt: SALT, info });
    const id = await crypto.subtle.deriveBits(from(NAME), input, KEY_ID_BYTES * 8);
    const aes = { name: 'AES-GCM', length: 128 };
    const key = await crypto.subtle.deriveKey(from(ENCRYPTION), input, aes, false, ['encrypt', 'decrypt']);
    return { id: new Uint8Array(id), key };
}
