/**
 * Uploads a file from the disk or from memory, and encrypts it on the way. If the server gives the address first
 * (client-server API, `POST /_matrix/media/v1/create`), an upload that a network failure ended is repeated to the same
 * address. Every attempt has its own key: the file may have changed in between, and a key stream must never be used
 * twice.
 */
import { createReadStream } from 'node:fs';
import { ReadableStream } from 'node:stream/web';
import { setTimeout as pause } from 'node:timers/promises';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { createEncryptor, type FileKeys } from './attachmentCrypto.ts';
import {
    bodyText,
    createWatchdog,
    mediaError,
    requestMedia,
    type MediaRefusal,
    type MediaServer,
} from './mediaRequest.ts';
import { formatMxc, mxcPath, type Mxc } from './mxc.ts';
import { placeOf, type Place, type UploadPlaces } from './uploadPlaces.ts';

export interface UploadSource {
    readonly bytes: number;
    /** Reads from the beginning, once per attempt. */
    pieces(): AsyncIterable<Uint8Array>;
}
export interface UploadOptions {
    readonly signal: AbortSignal;
    readonly places: UploadPlaces;
    /** Bytes passed to the network in this attempt. */
    readonly onProgress: (done: number) => void;
    /** ms between attempts. There is one more attempt than pauses. */
    readonly pauses?: readonly number[];
}
/** `EncryptedFile` of the specification. */
export type EncryptedFile = FileKeys & { readonly url: string };

const PAUSES = [1_000, 3_000, 9_000];
/** Status codes of a proxy that cannot reach its server. */
const IN_BETWEEN: ReadonlySet<number> = new Set([502, 503, 504]);
const DOING = 'Uploading the file';
const KNOWN = {
    M_TOO_LARGE: ['file.tooLarge', 'This file is too large for the homeserver. Send a smaller one.'],
    M_FORBIDDEN: ['server.refused', 'The homeserver does not let this account upload files. Ask who runs it.'],
} as const;

export function fromDisk(path: string, bytes: number): UploadSource {
    return {
        bytes,
        // Ignores what is appended meanwhile, because the length was announced.
        pieces: () => createReadStream(path, { end: bytes - 1 }),
    };
}

export function fromMemory(bytes: Uint8Array): UploadSource {
    return {
        bytes: bytes.length,
        async *pieces() {
            yield bytes;
        },
    };
}

/** An address, with what this upload knows about it. */
interface Target {
    readonly place: Place;
    /** Attempts that the server may have received completely and did not refuse. */
    readonly whole: Set<Encrypting>;
}

/** @throws HushError `file.*`, `network.*`, `server.*`. */
export async function upload(
    server: MediaServer,
    source: UploadSource,
    options: UploadOptions,
): Promise<EncryptedFile> {
    const { signal, places } = options;
    const pauses = [...(options.pauses ?? PAUSES)];
    let target: Target | undefined;
    let placeless = false;
    try {
        for (;;) {
            try {
                if (!target && !placeless) {
                    const place = await places.take(signal);
                    target = place && { place, whole: new Set() };
                    placeless = !place;
                }
                const attempt = encrypting(source, options.onProgress);
                const outcome = await send(server, target, attempt, source.bytes, signal);
                if (outcome.ok) {
                    target = undefined;
                    return { ...attempt.keys(), url: formatMxc(outcome.mxc) };
                }
                const { refusal } = outcome;
                const isInBetween = IN_BETWEEN.has(refusal.status);
                const at = target;
                if (!isInBetween) at?.whole.delete(attempt);
                // Any other refusal may be the fault of the address, so the next upload gets another one.
                if (!isInBetween && refusal.status !== 413 && refusal.status !== 429) target = undefined;
                if (refusal.status === 413) throw new HushError(...KNOWN.M_TOO_LARGE); // a proxy sends no errcode
                if (at && refusal.errcode === 'M_CANNOT_OVERWRITE_MEDIA') {
                    // An earlier attempt arrived, but its answer was lost. If only one attempt was sent completely, it
                    // was that one.
                    const [kept, ...others] = at.whole;
                    if (kept && others.length === 0) return { ...kept.keys(), url: formatMxc(at.place.mxc) };
                } else if (!isInBetween && !(at && refusal.status === 404)) throw refusal.error(DOING, KNOWN);
                const wait = pauses.shift();
                if (wait === undefined) throw refusal.error(DOING, KNOWN);
                await pause(wait, undefined, { signal });
            } catch (error) {
                const failure = mediaError(error, server, signal);
                const wait =
                    failure.code.startsWith('network.') && failure.code !== 'network.rateLimited' && pauses.shift();
                if (wait === false || wait === undefined) throw failure;
                await pause(wait, undefined, { signal }).catch((cause: unknown) => {
                    throw mediaError(cause, server, signal);
                });
            }
        }
    } finally {
        // The address is still empty, so another upload can use it.
        if (target?.whole.size === 0) places.giveBack(target.place);
    }
}

type Outcome = { readonly ok: true; readonly mxc: Mxc } | { readonly ok: false; readonly refusal: MediaRefusal };

async function send(
    server: MediaServer,
    target: Target | undefined,
    attempt: Encrypting,
    bytes: number,
    signal: AbortSignal,
): Promise<Outcome> {
    const watchdog = createWatchdog(signal, server.after);
    const place = target?.place.mxc;
    const stream = ReadableStream.from(attempt.pieces(watchdog.alive, () => target?.whole.add(attempt)));
    try {
        const answer = await requestMedia(server, {
            method: place ? 'PUT' : 'POST',
            path: place ? `/_matrix/media/v3/upload/${mxcPath(place)}` : '/_matrix/media/v3/upload',
            body: { stream, bytes },
            signal: watchdog.signal,
        });
        // A file that could not be read also ends the request. Its error says more.
        if (attempt.failure) throw attempt.failure;
        if (!answer.ok) return answer;
        if (!place) return { ok: true, mxc: placeOf(await bodyText(answer.response)).mxc };
        await answer.response.body?.cancel().catch(() => undefined);
        return { ok: true, mxc: place };
    } catch (error) {
        throw attempt.failure ?? error;
    } finally {
        watchdog.stop();
    }
}

interface Encrypting {
    /** Call it once. `alive`: a piece moved. `sent`: all pieces were sent. */
    pieces(alive: () => void, sent: () => void): AsyncGenerator<Uint8Array>;
    /** The keys, after all pieces were read. @throws HushError `server.error` before. */
    keys(): FileKeys;
    readonly failure: HushError | undefined;
}

function encrypting(source: UploadSource, onProgress: (done: number) => void): Encrypting {
    const encryptor = createEncryptor();
    let keys: FileKeys | undefined;
    let failure: HushError | undefined;
    async function* pieces(alive: () => void, sent: () => void): AsyncGenerator<Uint8Array> {
        let done = 0;
        try {
            for await (const piece of source.pieces()) {
                alive();
                done += piece.length;
                const encrypted = encryptor.update(piece);
                // Sets the keys before the last piece leaves: the server may receive everything while its answer is
                // lost.
                if (done === source.bytes) {
                    keys = encryptor.finish();
                    sent();
                }
                yield encrypted;
                onProgress(done);
            }
        } catch (cause) {
            failure = isHushError(cause)
                ? cause
                : new HushError('file.unreadable', 'This file cannot be read any more, so it was not sent.', { cause });
            throw failure;
        }
        if (done === source.bytes) return;
        failure = new HushError('file.changed', 'This file changed while it was sent. Send it again.');
        throw failure;
    }
    return {
        pieces,
        keys() {
            // The server cannot have a complete file, because not all pieces were sent.
            if (!keys)
                throw new HushError('server.error', 'The homeserver did not take the whole file. Send it again.');
            return keys;
        },
        get failure() {
            return failure;
        },
    };
}
