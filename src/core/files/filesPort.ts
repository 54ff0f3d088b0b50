/**
 * What handing files around needs of the account; implemented by `src/matrix/files`. Files are named by their paths: the
 * window that holds the account may be another one, on the same machine. Pure.
 */
import type { Disposable } from '../base/disposable.ts';

interface Picture {
    /** px */
    readonly width: number;
    readonly height: number;
}
export interface FileToSend {
    /** Absolute; read again for each attempt. */
    readonly path: string;
    /** As the others see it. */
    readonly name: string;
    readonly mimeType: string;
    /** Its size in pixels makes it an image. */
    readonly picture: Picture | null;
    /** A smaller picture of it; at most {@link MAX_THUMBNAIL} bytes. */
    readonly thumbnail: (Picture & { readonly bytes: Uint8Array; readonly mimeType: string }) | null;
    /** Markdown that goes with it, in the same message; empty: none. */
    readonly caption: string;
    readonly replyTo: string | null;
}
/** How far a transfer is. */
export interface Progress {
    /** What `send` and `save` were given. */
    readonly transfer: string;
    /** Bytes. */
    readonly done: number;
    readonly total: number;
}

export const MAX_THUMBNAIL = 1_048_576;
/** Bytes of an image that is shown without being asked for, and of one that is shown at all. */
export const MAX_INLINE_IMAGE = 20 * 1_048_576;

/** Every promise rejects with a `HushError`. */
export interface FilesPort {
    /** Bytes that the homeserver takes for one file; undefined: it does not say. */
    limit(): Promise<number | undefined>;
    /**
     * Encrypts the file on its way up, and sends its message under `txnId`, which also names the transfer. The same again
     * while it runs waits for that one; after the upload was done, it does not upload again.
     * @throws HushError `file.tooLarge`, `file.unreadable`, `file.changed`, `file.cancelled`, and those of a message.
     */
    send(roomId: string, txnId: string, file: FileToSend): Promise<void>;
    /** Ends a transfer: its promise rejects with `file.cancelled`. One that is over is left alone. */
    cancel(transfer: string): void;
    /**
     * The image of a message, decrypted and found whole; `small`: its thumbnail, where it has one.
     * @throws HushError `file.damaged`, `file.tooLarge`, `file.gone`, `file.notImage`.
     */
    image(roomId: string, eventId: string, size: 'small' | 'full'): Promise<Uint8Array>;
    /**
     * Writes the attachment of a message to `path`, which appears only when all of it is there and found whole, and then
     * takes the place of what was there.
     * @throws HushError `file.damaged`, `file.tooLarge`, `file.gone`, `file.notSaved`, `file.cancelled`.
     */
    save(roomId: string, eventId: string, path: string, transfer: string): Promise<void>;
    /** At most some hundred times in a transfer. */
    onProgress(listener: (progress: Progress) => void): Disposable;
}
