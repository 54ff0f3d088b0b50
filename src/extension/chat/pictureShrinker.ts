/**
 * Makes small pictures of large ones in the chat page. A picture may come from a stranger, and a page decodes it in a
 * sandbox. The extension host has no sandbox. Pure.
 */
import type { ChatHostMessage, ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import { MAX_THUMBNAIL, type FileToSend } from '../../core/files/filesPort.ts';
import { imageKind, isTooManyPixels } from '../../core/files/imageKind.ts';

export interface PictureShrinker {
    /**
     * Resolves with null if there is no page, if it takes too long, or if the picture is small enough. Never rejects.
     */
    shrink(bytes: Uint8Array): Promise<FileToSend['thumbnail']>;
    answered(message: Extract<ChatPageMessage, { type: 'chat.shrunk' }>): void;
}

/** In ms. After that the file is sent without a small picture. */
const PATIENCE_MS = 10_000;

/** `ready` resolves when a page is there. */
export function createPictureShrinker(
    post: (message: Extract<ChatHostMessage, { type: 'chat.shrink' }>) => void,
    ready: () => Promise<void>,
    after: (ms: number, work: () => void) => void,
): PictureShrinker {
    const asked = new Map<string, (small: FileToSend['thumbnail']) => void>();
    let count = 0;
    return {
        async shrink(bytes) {
            const kind = imageKind(bytes);
            if (!kind || isTooManyPixels(kind)) return null;
            const { promise, resolve } = Promise.withResolvers<FileToSend['thumbnail']>();
            const request = `shrink${count++}`;
            asked.set(request, resolve);
            after(PATIENCE_MS, () => resolve(null));
            void ready().then(() => {
                if (asked.has(request))
                    post({ type: 'chat.shrink', request, bytes: new Uint8Array(bytes), imageType: kind.type });
            });
            return promise.finally(() => asked.delete(request));
        },
        answered({ request, small }) {
            const good = small && small.bytes.length <= MAX_THUMBNAIL && imageKind(small.bytes) !== undefined;
            const { bytes, imageType, width, height } = small ?? {};
            asked.get(request)?.(
                good && bytes && imageType && width && height ? { bytes, mimeType: imageType, width, height } : null,
            );
        },
    };
}
