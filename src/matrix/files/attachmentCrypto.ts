/**
 * Encrypts and decrypts attachments piece by piece (client-server API, "Sending encrypted attachments"). AES-CTR uses a
 * 256-bit key that no other file gets, 64 random bits, and a 64-bit counter from 0. The SHA-256 is that of the
 * encrypted bytes.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, type Decipheriv } from 'node:crypto';
import { HushError } from '../../core/base/errors.ts';
import type { Source } from './attachment.ts';

/** `EncryptedFile` of the specification, without its `url`. */
export interface FileKeys {
    readonly v: 'v2';
    readonly key: {
        readonly kty: 'oct';
        readonly alg: 'A256CTR';
        readonly k: string;
        readonly key_ops: readonly ['encrypt', 'decrypt'];
        readonly ext: true;
    };
    readonly iv: string;
    readonly hashes: { readonly sha256: string };
}
export interface Encryptor {
    /** The result has the length of the piece. */
    update(piece: Uint8Array): Buffer;
    /** Call it once, after the last piece. */
    finish(): FileKeys;
}
export interface Decryptor {
    update(piece: Uint8Array): Buffer;
    /**
     * @throws HushError `file.damaged` if these are not the bytes that the sender uploaded. Nothing may be shown then.
     */
    finish(): void;
}

const ALGORITHM = 'aes-256-ctr';
const BLOCK = 16n;
const COUNTER = 2n ** 64n;

/** Makes a new key and IV. Use an encryptor for one file only: two texts under one key stream reveal each other. */
export function createEncryptor(random: (bytes: number) => Buffer = randomBytes): Encryptor {
    const key = random(32);
    const iv = Buffer.concat([random(8), Buffer.alloc(8)]);
    const cipher = createCipheriv(ALGORITHM, key, iv);
    const hash = createHash('sha256');
    return {
        update(piece) {
            const encrypted = cipher.update(piece);
            hash.update(encrypted);
            return encrypted;
        },
        finish: () => ({
            v: 'v2',
            key: {
                kty: 'oct',
                alg: 'A256CTR',
                k: key.toString('base64url'),
                key_ops: ['encrypt', 'decrypt'],
                ext: true,
            },
            iv: unpadded(iv),
            hashes: { sha256: unpadded(hash.digest()) },
        }),
    };
}

export function createDecryptor(source: Extract<Source, { kind: 'encrypted' }>): Decryptor {
    const key = Buffer.from(source.key, 'base64url');
    const iv = Buffer.from(source.iv, 'base64');
    const hash = createHash('sha256');
    let decipher: Decipheriv = createDecipheriv(ALGORITHM, key, iv);
    // OpenSSL counts with 128 bits, the specification with 64. So the decryption restarts when the 64-bit counter
    // wraps, which happens only if another client's IV starts very high.
    let untilWrap = (COUNTER - iv.readBigUInt64BE(8)) * BLOCK;
    const decrypt = (piece: Uint8Array): Buffer => {
        if (BigInt(piece.length) < untilWrap) {
            untilWrap -= BigInt(piece.length);
            return decipher.update(piece);
        }
        const cut = Number(untilWrap);
        const head = decipher.update(piece.subarray(0, cut));
        iv.fill(0, 8);
        decipher = createDecipheriv(ALGORITHM, key, iv);
        untilWrap = COUNTER * BLOCK;
        return Buffer.concat([head, decrypt(piece.subarray(cut))]);
    };
    return {
        update(piece) {
            hash.update(piece);
            return decrypt(piece);
        },
        finish() {
            if (unpadded(hash.digest()) !== source.sha256)
                throw new HushError(
                    'file.damaged',
                    'This file is not what its sender uploaded: it was damaged or changed on the way, so Hush does not show it.',
                );
        },
    };
}

function unpadded(bytes: Buffer): string {
    return bytes.toString('base64').replace(/=+$/u, '');
}
