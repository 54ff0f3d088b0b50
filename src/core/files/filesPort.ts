/**
 * What file transfers need from the account. `src/matrix/files` implements it. Files are named by their paths, because
 * another window on the same machine may hold the account.
 */
import type { Disposable } from '../base/disposable.ts';
import type { ChangesClaim } from '../changes/changesClaim.ts';

interface Picture {
    /** px */
    readonly width: number;
    readonly height: number;
}
export interface FileToSend {
    /** Absolute. The file is read again for each attempt. */
    readonly path: string;
    /** The name that others see. */
    readonly name: string;
    readonly mimeType: string;
    /** With a size in px it is an image. */
    readonly picture: Picture | null;
    /** A smaller version of it, at most {@link MAX_THUMBNAIL} bytes. */
    readonly thumbnail: (Picture & { readonly bytes: Uint8Array; readonly mimeType: string }) | null;
    /** Markdown in the same message. Empty: no caption. */
    readonly caption: string;
    readonly replyTo: string | null;
    /** The file is a patch, and this is said about it. */
    readonly changes?: ChangesClaim | undefined;
}
/** The progress of a transfer. */
export interface Progress {
    /** The ID that `send` or `save` got. */
    readonly transfer: string;
    /** Bytes. */
    readonly done: number;
    readonly total: number;
}

export const MAX_THUMBNAIL = 1_048_576;
/** The most bytes of an image that is shown without a request, and of any image that is shown. */
export const MAX_INLINE_IMAGE = 20 * 1_048_576;

/** Every promise rejects with a `HushError`. */
export interface FilesPort {
    /** The most bytes that the homeserver accepts for one file. Undefined: it does not say. */
    limit(): Promise<number | undefined>;
    /**
     * Encrypts the file during the upload, and sends its message under `txnId`, which also names the transfer. A second
     * call during the transfer waits for the first. A second call after the upload does not upload again.
     * @throws HushError `file.tooLarge`, `file.unreadable`, `file.changed`, `file.cancelled`, and those of a message.
     */
    send(roomId: string, txnId: string, file: FileToSend): Promise<void>;
    /** Ends a transfer: its promise rejects with `file.cancelled`. Does nothing to a finished one. */
    cancel(transfer: string): void;
    /**
     * The image of a message, decrypted and complete. `small`: its thumbnail, if it has one.
     * @throws HushError `file.damaged`, `file.tooLarge`, `file.gone`, `file.notImage`.
     */
    image(roomId: string, eventId: string, size: 'small' | 'full'): Promise<Uint8Array>;
    /**
     * Writes a message's attachment to `path`. The file appears only when it is complete and checked, and then replaces
     * an older one.
     * @throws HushError `file.damaged`, `file.tooLarge`, `file.gone`, `file.notSaved`, `file.cancelled`.
     */
    save(roomId: string, eventId: string, path: string, transfer: string): Promise<void>;
    /** At most a few hundred times per transfer. */
    onProgress(listener: (progress: Progress) => void): Disposable;
}
