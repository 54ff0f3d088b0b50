/** The picture of a room: uploaded in clear, as everybody may see it, and had small for a list. */
import { open } from 'node:fs/promises';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import { imageKind, isTooManyPixels, type ImageKind } from '../../core/files/imageKind.ts';
import { download, toMemory } from '../files/download.ts';
import type { MediaServer } from '../files/mediaRequest.ts';
import { parseMxc } from '../files/mxc.ts';
import { assertWithin } from '../files/uploadLimit.ts';

export interface Avatars {
    /** Of a file of this machine: the content of `m.room.avatar`. @throws HushError `file.*`, `network.*`, `server.*`. */
    upload(path: string): Promise<{ readonly url: string; readonly info: Readonly<Record<string, unknown>> }>;
    /** A `data:` URI of a small copy. @throws HushError `file.*`, `network.*`, `server.*`. */
    show(mxc: string): Promise<string>;
}

export interface AvatarOptions {
    readonly sdk: Pick<MatrixClient, 'uploadContent'>;
    readonly server: MediaServer;
    /** Bytes that the homeserver takes; undefined: it names no limit. */
    readonly uploadLimit: () => Promise<number | undefined>;
}

/** Bytes of a picture of a room: it is drawn some ten pixels wide. */
const MAX_AVATAR = 5_242_880;
/** Bytes of its small copy, which goes from window to window as text. */
const MAX_SHOWN = 131_072;
/** A server that does not scale it must not make the editor decode what would fill its memory. */
const MAX_SHOWN_PIXELS = 1_000_000;
/** ms: nobody waits longer for a list because of a picture, which another homeserver may have. */
const SHOWN_WITHIN_MS = 2_000;
const NOT_SHOWN = 'This is no picture that Hush shows.';

export function createAvatars({ sdk, server, uploadLimit }: AvatarOptions): Avatars {
    return {
        async upload(path) {
            const bytes = await picture(path);
            const { type, width, height } = kindOf(
                bytes,
                'This file is no picture that Hush knows. Choose a PNG or JPEG.',
            );
            assertWithin(await uploadLimit(), bytes.length);
            const { content_uri: url } = await sdk.uploadContent(new Blob([bytes]), { type, includeFilename: false });
            return { url, info: { mimetype: type, size: bytes.length, w: width, h: height } };
        },
        async show(mxc) {
            const place = parseMxc(mxc);
            if (!place) throw new HushError('file.damaged', 'The address of this picture is malformed.');
            const pieces = download(
                server,
                { kind: 'clear', mxc: place },
                {
                    signal: AbortSignal.timeout(SHOWN_WITHIN_MS),
                    most: MAX_SHOWN,
                    small: 'icon',
                    onProgress: () => undefined,
                },
            );
            const bytes = Buffer.from(await toMemory(pieces));
            const { type, width, height } = kindOf(bytes, NOT_SHOWN);
            if (width * height > MAX_SHOWN_PIXELS) throw new HushError('file.notImage', NOT_SHOWN);
            return `data:${type};base64,${bytes.toString('base64')}`;
        },
    };
}

/** @throws HushError `file.notImage`, with this sentence. */
function kindOf(bytes: Uint8Array, sentence: string): ImageKind {
    const kind = imageKind(bytes);
    if (!kind || isTooManyPixels(kind)) throw new HushError('file.notImage', sentence);
    return kind;
}

/** @throws HushError `file.unreadable`, `file.tooLarge`. */
async function picture(path: string): Promise<Buffer<ArrayBuffer>> {
    try {
        const file = await open(path);
        try {
            const { size } = await file.stat();
            if (size > MAX_AVATAR)
                throw new HushError(
                    'file.tooLarge',
                    'A picture of a room may have 5 MB at most. Choose a smaller one.',
                );
            return await file.readFile();
        } finally {
            await file.close();
        }
    } catch (error) {
        if (error instanceof HushError) throw error;
        throw new HushError('file.unreadable', 'The picture cannot be read.', { cause: error });
    }
}
