/** Pictures for the page of the chat: a few at a time, in the order in which they came into view. Pure. */
import type { ChatHostMessage } from '../../core/chat/chatPageMessages.ts';
import { userMessage } from '../../core/base/errors.ts';
import { imageKind } from '../../core/files/imageKind.ts';

export interface PictureRequest {
    readonly roomId: string;
    readonly key: string;
}
export interface ChatPictures {
    /** What is asked for already is not asked for twice. */
    ask(request: PictureRequest): void;
    /** Another page, which asks for itself. */
    clear(): void;
    /** Nor what was had is kept: the person signed out. */
    forget(): void;
}

const AT_ONCE = 3;
/** Bytes of pictures that are kept: VS Code throws the page away whenever it is hidden. */
const KEPT = 32 * 1_048_576;

export function createChatPictures(
    load: (request: PictureRequest) => Promise<Uint8Array>,
    tell: (message: Extract<ChatHostMessage, { type: 'chat.picture' }>) => void,
): ChatPictures {
    let waiting: PictureRequest[] = [];
    const loading = new Set<string>();
    /** The one asked for last comes last. */
    const kept = new Map<string, Uint8Array>();
    /** Rises when the person signs out. */
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
            // What is on its way comes to whichever page is there then.
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
