/** Attachments are encrypted as the specification says: WebCrypto, which other clients use, is the judge. */
import assert from 'node:assert/strict';
import { createHash, webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { type Source, attachmentOf } from '../../../src/matrix/files/attachment.ts';
import { createDecryptor, createEncryptor, type FileKeys } from '../../../src/matrix/files/attachmentCrypto.ts';

const { subtle } = webcrypto;
const bytes = fc.uint8Array({ maxLength: 300 });
/** Pieces of any length, empty ones too: boundaries fall inside and between the cipher's blocks of 16. */
const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 12 });

function encrypt(plain: readonly Uint8Array[]): { cipher: Buffer; keys: FileKeys } {
    const encryptor = createEncryptor();
    return { cipher: Buffer.concat(plain.map((piece) => encryptor.update(piece))), keys: encryptor.finish() };
}
/** As it comes back out of a message. */
function sourceOf(keys: FileKeys): Extract<Source, { kind: 'encrypted' }> {
    const message = { msgtype: 'm.file', body: 'a', file: { ...keys, url: 'mxc://hs.example/abc' } };
    const source = attachmentOf(JSON.parse(JSON.stringify(message)))?.source;
    assert.equal(source?.kind, 'encrypted');
    return source;
}
function decrypt(source: Extract<Source, { kind: 'encrypted' }>, cipher: readonly Uint8Array[]): Buffer {
    const decryptor = createDecryptor(source);
    const plain = Buffer.concat(cipher.map((piece) => decryptor.update(piece)));
    decryptor.finish();
    return plain;
}
function split(all: Uint8Array, cuts: readonly number[]): Uint8Array[] {
    const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).toSorted((a, b) => a - b), all.length];
    return at.slice(1).map((end, i) => all.subarray(at[i], end));
}

describe('the encryption of attachments', () => {
    it('what was encrypted in any pieces comes back in any other pieces', () => {
        fc.assert(
            fc.property(pieces, fc.array(fc.nat(), { maxLength: 10 }), (plain, cuts) => {
                const { cipher, keys } = encrypt(plain);
                const whole = Buffer.concat(plain);
                assert.equal(cipher.length, whole.length);
                assert.deepEqual(decrypt(sourceOf(keys), split(cipher, cuts)), whole);
            }),
        );
    });

    it('WebCrypto decrypts what Hush encrypts', async () => {
        await fc.assert(
            fc.asyncProperty(pieces, async (plain) => {
                const { cipher, keys } = encrypt(plain);
                const key = await subtle.importKey('jwk', keys.key as never, 'AES-CTR', false, ['decrypt']);
                const counter = Buffer.from(keys.iv, 'base64');
                const opened = await subtle.decrypt({ name: 'AES-CTR', counter, length: 64 }, key, cipher);
                assert.deepEqual(Buffer.from(opened), Buffer.concat(plain));
                assert.equal(
                    createHash('sha256').update(cipher).digest('base64').replace(/=+$/u, ''),
                    keys.hashes.sha256,
                );
            }),
            { numRuns: 50 },
        );
    });

    it('Hush decrypts what WebCrypto encrypts, also where the counter of 64 bits starts over', async () => {
        const low = fc.oneof(
            fc.constant(0n),
            fc.bigInt(2n ** 64n - 20n, 2n ** 64n - 1n),
            fc.bigInt(0n, 2n ** 64n - 1n),
        );
        await fc.assert(
            fc.asyncProperty(
                bytes,
                fc.bigInt(0n, 2n ** 64n - 1n),
                low,
                fc.array(fc.nat()),
                async (plain, high, start, cuts) => {
                    const iv = Buffer.alloc(16);
                    iv.writeBigUInt64BE(high);
                    iv.writeBigUInt64BE(start, 8);
                    const key = await subtle.generateKey({ name: 'AES-CTR', length: 256 }, true, ['encrypt']);
                    const made = await subtle.encrypt({ name: 'AES-CTR', counter: iv, length: 64 }, key, plain);
                    const cipher = new Uint8Array(made);
                    const { k } = await subtle.exportKey('jwk', key);
                    const source: Source = {
                        kind: 'encrypted',
                        mxc: { serverName: 'hs', mediaId: 'a' },
                        key: k ?? '',
                        iv: iv.toString('base64').replace(/=+$/u, ''),
                        sha256: createHash('sha256').update(cipher).digest('base64').replace(/=+$/u, ''),
                    };
                    assert.deepEqual(decrypt(source, split(cipher, cuts)), Buffer.from(plain));
                },
            ),
            { numRuns: 60 },
        );
    });

    it('a vector that WebCrypto made once stays readable', () => {
        const source = sourceOf({
            v: 'v2',
            key: { kty: 'oct', alg: 'A256CTR', k: VECTOR.k, key_ops: ['encrypt', 'decrypt'], ext: true },
            iv: VECTOR.iv,
            hashes: { sha256: VECTOR.sha256 },
        });
        assert.equal(decrypt(source, [Buffer.from(VECTOR.cipher, 'base64')]).toString(), VECTOR.plain);
    });

    it('one changed, missing or added byte is found out', () => {
        fc.assert(
            fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (plain, at) => {
                const { cipher, keys } = encrypt([plain]);
                const damaged = Buffer.from(cipher);
                damaged[at % damaged.length]! ^= 1;
                for (const bad of [damaged, cipher.subarray(1), Buffer.concat([cipher, Buffer.of(0)])])
                    assert.throws(() => decrypt(sourceOf(keys), [bad]), { code: 'file.damaged' });
            }),
        );
    });

    it('no two files get the same key or IV, and the counter begins at 0', () => {
        const [a, b] = [encrypt([]).keys, encrypt([]).keys];
        assert.notEqual(a.key.k, b.key.k);
        assert.notEqual(a.iv, b.iv);
        assert.deepEqual(Buffer.from(a.iv, 'base64').subarray(8), Buffer.alloc(8));
        assert.deepEqual([a.v, a.key.kty, a.key.alg, a.key.ext], ['v2', 'oct', 'A256CTR', true]);
        assert.match(a.key.k, /^[\w-]{43}$/u);
        assert.match(a.iv, /^[A-Za-z0-9+/]{22}$/u);
    });
});

/** Made with WebCrypto alone: see the head of this file. */
const VECTOR = {
    plain: 'Hush: the quick brown fox jumps over the lazy dog, thrice.',
    k: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8',
    iv: '8PHy8/T19vcAAAAAAAAAAA',
    cipher: 'k3nJ2mrxtpcL/WiugYhFxRMq+bjRoLnjaAJRm9o7C5kjUthNM9BlpyHy5MA/gzhvJv8gDdOmXu8V8g==',
    sha256: 'EpBgBXbFffxvbR6MBfB6oIMXxDc8U2Yq9IJEjT+HFYQ',
};
