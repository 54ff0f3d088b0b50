/**
 * Builds the message of an uploaded file (client-server API, "m.image", "m.file", "Media captions", "Sending encrypted
 * attachments").
 */
import { CHANGES_KEY } from '../../core/changes/changesClaim.ts';
import type { FileToSend } from '../../core/files/filesPort.ts';
import { shownName } from '../../core/files/fileName.ts';
import { messageText } from '../events/markdown.ts';
import { createEncryptor } from './attachmentCrypto.ts';
import type { EncryptedFile } from './upload.ts';

export interface Uploaded {
    /** Size of the file. */
    readonly bytes: number;
    readonly file: EncryptedFile;
    readonly small: EncryptedFile | undefined;
}

export function fileContent(
    { name, mimeType, picture, thumbnail, caption, changes }: FileToSend,
    { bytes, file, small }: Uploaded,
): Record<string, unknown> {
    const shown = shownName(name);
    const thumbnailInfo =
        small && thumbnail
            ? {
                  thumbnail_file: small,
                  thumbnail_info: {
                      mimetype: thumbnail.mimeType,
                      size: thumbnail.bytes.length,
                      w: thumbnail.width,
                      h: thumbnail.height,
                  },
              }
            : {};
    return {
        // A body that equals the file name means that there is no caption.
        body: shown,
        ...(caption.trim() === '' ? {} : messageText(caption)),
        msgtype: picture ? 'm.image' : 'm.file',
        filename: shown,
        info: {
            mimetype: mimeType,
            size: bytes,
            ...(picture ? { w: picture.width, h: picture.height, ...thumbnailInfo } : {}),
        },
        file,
        ...(changes ? { [CHANGES_KEY]: changes } : {}),
    };
}

/**
 * The largest content that this file can get, whatever address the server gives. It is checked before the upload.
 * `bytes`: size of the file.
 */
export function largestContent(file: FileToSend, bytes: number): Record<string, unknown> {
    const longest = 'x'.repeat(255);
    const some: EncryptedFile = { ...createEncryptor().finish(), url: `mxc://${longest}/${longest}` };
    return fileContent(file, { bytes, file: some, small: file.thumbnail ? some : undefined });
}
