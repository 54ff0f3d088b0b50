/** Pictures of the conversation: requested when they come near the view, shown from blobs, and kept up to a limit. */
import type { ChatFile, ChatMessage } from '../../core/chat/message.ts';
import type { ChatHostMessage } from '../../core/chat/chatPageMessages.ts';
import { h, setText } from '../ui/dom.ts';

type Answer = Extract<ChatHostMessage, { type: 'chat.picture' }>;

export interface Pictures {
    /** Returns a frame for the picture of a message, with the final size. */
    element(message: ChatMessage, file: ChatFile): HTMLElement;
    show(answer: Answer): void;
    /** Another room is shown. */
    clear(): void;
}
export interface PictureActions {
    ask(key: string): void;
    enlarge(key: string): void;
}

interface Entry {
    frame: HTMLButtonElement;
    url: string | undefined;
    problem: string | undefined;
}

/** Limit for decoded pictures. Older ones are requested again. */
const MAX_KEPT = 60;
/** Largest height of a picture in the conversation, in px. */
const MAX_HEIGHT = 300;

export function createPictures({ ask, enlarge }: PictureActions): Pictures {
    const entries = new Map<string, Entry>();
    /** Element IDs by the key of the request. An echo has another key than its sent message. */
    const asked = new Map<string, string>();
    const near = new IntersectionObserver(
        (sights) => {
            for (const { target, isIntersecting } of sights) {
                if (!isIntersecting) continue;
                near.unobserve(target);
                const { key, id } = (target as HTMLElement).dataset;
                if (key === undefined || id === undefined) continue;
                asked.set(key, id);
                ask(key);
            }
        },
        { rootMargin: '400px' },
    );

    function fill({ frame, url, problem }: Entry, name: string): void {
        if (problem !== undefined) {
            frame.classList.add('failed');
            return setText(frame, `${problem} Click to try again.`);
        }
        if (url === undefined) return;
        frame.classList.remove('failed');
        const img = h('img', { src: url, alt: name, draggable: 'false' });
        // The frame had the size that the sender claimed. Now use the real one.
        img.addEventListener('load', () => place(frame, img.naturalWidth, img.naturalHeight));
        frame.replaceChildren(img);
    }
    function forgetOldest(): void {
        const kept = [...entries].filter(([, entry]) => entry.url !== undefined);
        for (const [id, { url }] of kept.slice(0, -MAX_KEPT)) {
            URL.revokeObjectURL(url ?? ''); // an image on the page stays visible
            entries.delete(id);
        }
    }

    return {
        element({ key, txnId }, { name, image }) {
            const id = txnId ?? key;
            const frame = h('button', {
                type: 'button',
                class: 'shownImage',
                title: 'Show this image large',
                'aria-label': `Image ${name}`,
                'data-key': key,
                'data-id': id,
            });
            place(frame, image?.width ?? 320, image?.height ?? 200);
            const entry: Entry = { frame, url: entries.get(id)?.url, problem: entries.get(id)?.problem };
            entries.set(id, entry);
            frame.addEventListener('click', () => {
                if (entry.problem === undefined) return enlarge(key);
                entry.problem = undefined;
                frame.replaceChildren();
                frame.classList.remove('failed');
                near.observe(frame);
            });
            fill(entry, name);
            if (entry.url === undefined && entry.problem === undefined) near.observe(frame);
            return frame;
        },
        show({ key, picture, problem }) {
            const entry = entries.get(asked.get(key) ?? '');
            asked.delete(key);
            if (!entry || entry.url !== undefined) return;
            if (picture) entry.url = URL.createObjectURL(new Blob([picture.bytes], { type: picture.imageType }));
            entry.problem = picture ? undefined : (problem ?? 'This image cannot be shown.');
            fill(entry, entry.frame.getAttribute('aria-label')?.slice('Image '.length) ?? '');
            forgetOldest();
        },
        clear() {
            for (const { url } of entries.values()) if (url !== undefined) URL.revokeObjectURL(url);
            entries.clear();
            asked.clear();
            near.disconnect();
        },
    };
}

/** Sets the size of the frame, so that nothing moves when the picture loads. */
function place(frame: HTMLElement, width: number, height: number): void {
    const scale = Math.min(1, MAX_HEIGHT / height);
    frame.style.width = `${Math.max(24, Math.round(width * scale))}px`;
    frame.style.aspectRatio = `${width} / ${height}`;
}
