/** Makes packets of messages, and messages of packets (core/sideChannel/packet.ts). */
import { createAdmittance, type Admittance, type Refusal } from '../../core/sideChannel/admittance.ts';
import {
    IV_BYTES,
    packContent,
    packPacket,
    unpackContent,
    unpackPacket,
    type Content,
} from '../../core/sideChannel/packet.ts';
import { deliveryOf, type Delivery, type SideMessage } from '../../core/sideChannel/sideMessages.ts';
import type { Device, SideDevice, SideKeys } from './sideKeys.ts';

/** Why a packet does not count. `unknownKey`: of a device that is not in the session, or that our policy refuses. */
export type Dropped = Refusal | 'malformed' | 'unknownKey' | 'forged';

export interface Sealing {
    /** Undefined: there is no key of ours, or the message is too large. */
    seal(message: SideMessage): Promise<Uint8Array<ArrayBuffer> | undefined>;
    open(packet: Uint8Array): Promise<Dropped | { readonly from: SideDevice; readonly content: Content }>;
}

export interface SealingOptions {
    readonly keys: SideKeys;
    /** Our device, and the additional authenticated data. Undefined: the channel is not open yet. */
    readonly place: () => { readonly self: Device; readonly bound: Uint8Array<ArrayBuffer> } | undefined;
    readonly now: () => number;
}

export function createSealing({ keys, place, now }: SealingOptions): Sealing {
    const admittances = new Map<string, Admittance>();
    const stream = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const numbers: Record<Delivery, number> = { all: 0, latest: 0 };
    const admittanceOf = (keyId: string): Admittance => {
        const known = admittances.get(keyId);
        if (known) return known;
        for (const old of admittances.keys()) if (!keys.find(old)) admittances.delete(old);
        const made = createAdmittance();
        admittances.set(keyId, made);
        return made;
    };
    return {
        async seal(message) {
            await keys.settled();
            const here = place();
            const key = here && keys.newest(here.self);
            const delivery = deliveryOf(message);
            const content = packContent({ stream, number: numbers[delivery], delivery, message });
            if (!here || !key || !content) return undefined;
            numbers[delivery] += 1;
            const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
            const algorithm = { name: 'AES-GCM', iv, additionalData: here.bound };
            return packPacket(key.id, iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key.key, content)));
        },
        async open(bytes) {
            await keys.settled();
            const packet = unpackPacket(bytes);
            const here = place();
            if (!packet || !here) return 'malformed';
            const key = keys.find(packet.keyId);
            const own = key?.device.userId === here.self.userId && key.device.deviceId === here.self.deviceId;
            if (!key || own) return 'unknownKey';
            const algorithm = { name: 'AES-GCM', iv: packet.iv, additionalData: here.bound };
            const opened = await crypto.subtle.decrypt(algorithm, key.key, packet.sealed).catch(() => undefined);
            if (!opened) return 'forged';
            // The device may have left while this packet was decrypted.
            if (!keys.find(packet.keyId)) return 'unknownKey';
            const content = unpackContent(new Uint8Array(opened));
            if (!content) return 'malformed';
            return admittanceOf(packet.keyId).refusal(content, now()) ?? { from: key.device, content };
        },
    };
}
