/**
 * The picture of a room. It is uploaded unencrypted, because everybody may see it, and downloaded in a small size for
 * lists.
 */
import { open } from 'node:fs/promises';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import { imageKind, isTooManyPixels, type ImageKind } from '../../core/files/imageKind.ts';
import { download, toMemory } from '../files/download.ts';
import type { MediaServer } from '../files/mediaRequest.ts';
import { parseMxc } from '../files/mxc.ts';
import { assertWithin } from '../files/uploadLimit.ts';

export interface Avatars {
    /**
     * Uploads a file of this machine. Returns the content of `m.room.avatar`. @throws HushError `file.*`, `network.*`,
     * `server.*`.
     */
    upload(path: string): Promise<{ readonly url: string; readonly info: Readonly<Record<string, unknown>> }>;
    /** Downloads a small copy as a `data:` URI. @throws HushError `file.*`, `network.*`, `server.*`. */
    show(mxc: string): Promise<string>;
}

export interface AvatarOptions {
    readonly sdk: Pick<MatrixClient, 'uploadContent'>;
    readonly server: MediaServer;
    /** The most bytes that the homeserver accepts. Undefined: it names no limit. */
    readonly uploadLimit: () => Promise<number | undefined>;
}

/** The most bytes of a room's picture, which is drawn only a few dozen pixels wide. */
const MAX_AVATAR = 5_242_880;
/** The most bytes of the small copy, which windows send to each other as text. */
const MAX_SHOWN = 131_072;
/** A server may send the picture unscaled. Decoding a huge one would fill the editor's memory. */
const MAX_SHOWN_PIXELS = 1_000_000;
/** ms that a list waits for a picture, which may be on another homeserver. */
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

/** @throws HushError `file.notImage` with this sentence. */
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
