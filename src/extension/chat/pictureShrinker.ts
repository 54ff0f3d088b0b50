/**
 * Small pictures of large ones, made by the chat's page: a browser decodes what a stranger may have drawn in a sandbox,
 * which the extension host is not. Pure.
 */
import type { ChatHostMessage, ChatPageMessage } from '../../core/chat/chatPageMessages.ts';
import { MAX_THUMBNAIL, type FileToSend } from '../../core/files/filesPort.ts';
import { imageKind, isTooManyPixels } from '../../core/files/imageKind.ts';

export interface PictureShrinker {
    /** Null: there is no page to do it, it takes too long, or nothing smaller is needed. Never rejects. */
    shrink(bytes: Uint8Array): Promise<FileToSend['thumbnail']>;
    answered(message: Extract<ChatPageMessage, { type: 'chat.shrunk' }>): void;
}

/** ms; the file is sent without one then. */
const PATIENCE_MS = 10_000;

/** `ready` resolves when there is a page to post to. */
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
