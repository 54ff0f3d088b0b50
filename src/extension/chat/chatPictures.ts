/** Loads pictures for the chat page: a few at a time, in the order in which they came into view. Pure. */
import type { ChatHostMessage } from '../../core/chat/chatPageMessages.ts';
import { userMessage } from '../../core/base/errors.ts';
import { imageKind } from '../../core/files/imageKind.ts';

export interface PictureRequest {
    readonly roomId: string;
    readonly key: string;
}
export interface ChatPictures {
    /** Ignores a picture that is requested already. */
    ask(request: PictureRequest): void;
    /** Drops the waiting requests, because a new page makes its own. */
    clear(): void;
    /** Also drops the cached pictures, because the person signed out. */
    forget(): void;
}

const AT_ONCE = 3;
/** Bytes of pictures to cache. VS Code discards the page whenever it is hidden. */
const KEPT = 32 * 1_048_576;

export function createChatPictures(
    load: (request: PictureRequest) => Promise<Uint8Array>,
    tell: (message: Extract<ChatHostMessage, { type: 'chat.picture' }>) => void,
): ChatPictures {
    let waiting: PictureRequest[] = [];
    const loading = new Set<string>();
    /** In the order of use: the picture that was requested last is at the end. */
    const kept = new Map<string, Uint8Array>();
    /** Increases when the person signs out. */
    let era = 0;
    const idOf = ({ roomId, key }: PictureRequest): string => JSON.stringify([roomId, key]);

    async function had(request: PictureRequest): Promise<Uint8Array> {
        const [id, now] = [idOf(request), era];
        const bytes = kept.get(id) ?? (await load(request));
        if (now !== era) return bytes;
        kept.delete(id);
        kept.set(id, bytes);
        let total = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
        for (const [oldest, { length }] of kept) {
            if (total <= KEPT) break;
            kept.delete(oldest);
            total -= length;
        }
        return bytes;
    }

    async function show({ roomId, key }: PictureRequest): Promise<void> {
        const asked = era;
        const answer = { type: 'chat.picture' as const, roomId, key };
        try {
            const bytes = await had({ roomId, key });
            const kind = imageKind(bytes);
            if (asked !== era) return;
            if (kind)
                tell({ ...answer, picture: { bytes: new Uint8Array(bytes), imageType: kind.type }, problem: null });
            else tell({ ...answer, picture: null, problem: 'This is not an image that Hush shows.' });
        } catch (error) {
            if (asked === era) tell({ ...answer, picture: null, problem: userMessage(error, 'Showing the image') });
        }
    }
    function next(): void {
        while (loading.size < AT_ONCE) {
            const request = waiting.shift();
            if (!request) return;
            loading.add(idOf(request));
            void show(request).finally(() => {
                loading.delete(idOf(request));
                next();
            });
        }
    }
    function clear(): void {
        waiting = [];
    }
    return {
        ask(request) {
            // The answer to a running request goes to the page that is open at that time.
            if (loading.has(idOf(request)) || waiting.some((other) => idOf(other) === idOf(request))) return;
            waiting.push(request);
            next();
        },
        clear,
        forget() {
            clear();
            era++;
            kept.clear();
        },
    };
}
