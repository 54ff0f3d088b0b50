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
}

export interface SideKeys {
    /** Keys apply in call order. Rejects when the browser cannot import it. */
    set(device: SideDevice, base64: string): Promise<void>;
    /** The newest key of that device. */
    newest(device: Device): SideKey | undefined;
    /** Resolves when every earlier `set` and `forget` has been applied or has failed. */
    settled(): Promise<void>;
    find(keyId: string): SideKey | undefined;
    /** Packets of that device no longer open. */
    forget(device: Device): void;
}

/** Keys of one device that may still open packets. */
const MAX_KEYS = 8;
const SALT = new TextEncoder().encode('hush side channel 1');
const NAME = new TextEncoder().encode('name');
const ENCRYPTION = new TextEncoder().encode('encryption');

export function createSideKeys(): SideKeys {
    let keys: readonly SideKey[] = [];
    let last: Promise<void> = Promise.resolve();
    const isOf = ({ device }: SideKey, of: Device): boolean =>
        device.userId === of.userId && device.deviceId === of.deviceId;
    const add = async (device: SideDevice, base64: string): Promise<void> => {
        const added = { device, ...(await derive(base64)) };
        const others = keys.filter((key) => !isOf(key, device));
        const same = keys.filter((key) => isOf(key, device) && hex(key.id) !== hex(added.id));
        keys = [...others, ...same.slice(1 - MAX_KEYS), added];
    };
    return {
        set(device, base64) {
            const done = last.then(() => add(device, base64));
            last = done.catch(() => undefined);
            return done;
        },
        newest: (device) => keys.findLast((key) => isOf(key, device)),
        forget(device) {
            last = last.then(() => {
                keys = keys.filter((key) => !isOf(key, device));
            });
        },
        settled: () => last,
        find: (keyId) => keys.find(({ id }) => hex(id) === keyId),
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
