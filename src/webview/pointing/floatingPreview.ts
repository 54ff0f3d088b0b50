/**
 * The preview with its pointers in a window that stays in front (Document Picture-in-Picture). A browser has it for its
 * own tabs, and not for the webviews of VS Code.
 */
import { h } from '../ui/dom.ts';
import type { Pointing } from './pointing.ts';
import { pictureBox } from './pictureBox.ts';

interface DocumentPictureInPicture {
    requestWindow(options: { readonly width: number; readonly height: number }): Promise<Window>;
}

export interface FloatingPreview {
    readonly possible: boolean;
    /** Needs a click. Does nothing if the browser refuses it. */
    open(): Promise<void>;
}

/** Width in CSS px. */
const WIDTH = 480;

export function createFloatingPreview(video: HTMLVideoElement, pointing: Pick<Pointing, 'addLayer'>): FloatingPreview {
    const api = (globalThis as { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture;
    return {
        possible: api !== undefined && globalThis.top === globalThis.self,
        async open() {
            const height = Math.round((WIDTH * (video.videoHeight || 9)) / (video.videoWidth || 16));
            const opened = await api?.requestWindow({ width: WIDTH, height }).catch(() => undefined);
            if (!opened) return;
            const { document: page } = opened;
            for (const sheet of document.querySelectorAll('link[rel=stylesheet]')) page.head.append(sheet.cloneNode());
            page.documentElement.dataset['theme'] = document.documentElement.dataset['theme'] ?? '';
            const copy = h('video', { class: 'preview floating', playsinline: true });
            copy.muted = true;
            copy.srcObject = video.srcObject;
            const added = pointing.addLayer();
            page.body.append(h('div', { class: 'frame' }, copy, added.layer.element));
            const place = (): void => added.layer.place(pictureBox(copy));
            for (const event of ['resize', 'loadedmetadata']) copy.addEventListener(event, place);
            opened.addEventListener('resize', place);
            opened.addEventListener('pagehide', () => {
                added.remove();
                copy.srcObject = null;
            });
            await copy.play().catch(() => undefined);
        },
    };
}
