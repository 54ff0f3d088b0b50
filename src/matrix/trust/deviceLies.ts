/**
 * Finds impossible entries in an answer to /keys/query (client-server API, "Device keys", "Signing JSON"). The crypto
 * library ignores them without a report, but the person should know that the server lied.
 */
import { createPublicKey, verify } from 'node:crypto';
import type { DeviceLie } from '../../core/trust/shareTrust.ts';

/** A device's keys from before, in base64 without padding. */
export interface KnownDevice {
    readonly curve25519: string | undefined;
    readonly ed25519: string | undefined;
}
/** By user ID, then by device ID. */
export type KnownDevices = ReadonlyMap<string, ReadonlyMap<string, KnownDevice>>;

export function findDeviceLies(answer: unknown, known: KnownDevices): DeviceLie[] {
    const lies: DeviceLie[] = [];
    for (const [userId, devices] of entries(field(answer, 'device_keys')))
        for (const [deviceId, device] of entries(devices)) {
            const how = lieOf(userId, deviceId, device, known.get(userId)?.get(deviceId));
            if (how !== undefined) lies.push({ kind: 'device', userId, deviceId, how });
        }
    return lies;
}

function lieOf(
    userId: string,
    deviceId: string,
    device: unknown,
    before: KnownDevice | undefined,
): DeviceLie['how'] | undefined {
    if (field(device, 'user_id') !== userId || field(device, 'device_id') !== deviceId) return 'foreignUser';
    const keys = field(device, 'keys');
    const [curve25519, ed25519] = [field(keys, `curve25519:${deviceId}`), field(keys, `ed25519:${deviceId}`)];
    if (before?.ed25519 !== undefined && before.ed25519 !== ed25519) return 'otherKey';
    if (before?.curve25519 !== undefined && before.curve25519 !== curve25519) return 'otherKey';
    const signature = field(field(field(device, 'signatures'), userId), `ed25519:${deviceId}`);
    return isSigned(device, ed25519, signature) ? undefined : 'wrongSignature';
}

function isSigned(object: unknown, key: unknown, signature: unknown): boolean {
    if (typeof key !== 'string' || typeof signature !== 'string') return false;
    const { signatures: _s, unsigned: _u, ...signed } = object as Record<string, unknown>;
    try {
        const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') };
        const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
        return verify(null, Buffer.from(canonicalJson(signed)), publicKey, Buffer.from(signature, 'base64'));
    } catch {
        return false; // not a key
    }
}

/** Specification, Appendices, "Canonical JSON": keys sorted by code point, no white space. */
export function canonicalJson(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const sorted = Object.entries(value).toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${sorted.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`;
}

function entries(value: unknown): [string, unknown][] {
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
function field(value: unknown, name: string): unknown {
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
}
