/** The overview in the corner of the stage: a small copy of the whole picture, with a frame around the visible part. */
import { h, setHidden } from '../ui/dom.ts';
import type { Rect } from './cropRect.ts';
import type { Point, Size } from './zoom.ts';

/** ms between two updates. It only needs to show the position. */
const DRAW_EVERY_MS = 500;

export interface Overview {
    readonly element: HTMLElement;
    /** An undefined `size` hides it. `seen`: the visible part of the picture, in px of the overview. */
    show(video: HTMLVideoElement, size: Size | undefined, seen: Rect | undefined): void;
}

/**
 * Calls `moveTo` with the point that the person wants to see. For the pointer only, because keys do the same on the
 * stage.
 */
export function createOverview(moveTo: (point: Point, size: Size) => void): Overview {
    const canvas = h('canvas');
    const frame = h('div', { class: 'seen' });
    const element = h('div', { class: 'overview', 'aria-hidden': 'true' }, canvas, frame);
    element.hidden = true;
    let size: Size = { width: 0, height: 0 };
    let drawnAt = 0;
    let of: HTMLVideoElement | undefined;
    let frameAsked: { readonly video: HTMLVideoElement; readonly handle: number } | undefined;

    const draw = (video: HTMLVideoElement): void => {
        drawnAt = performance.now();
        canvas.getContext('2d')?.drawImage(video, 0, 0, canvas.width, canvas.height);
    };
    const follow = (): void => {
        if (frameAsked) frameAsked.video.cancelVideoFrameCallback(frameAsked.handle);
        frameAsked = undefined;
        const video = of;
        if (!video || element.hidden) return;
        const handle = video.requestVideoFrameCallback(() => {
            if (performance.now() - drawnAt >= DRAW_EVERY_MS) draw(video);
            follow();
        });
        frameAsked = { video, handle };
    };
    const move = (event: PointerEvent): void => {
        const box = canvas.getBoundingClientRect();
        moveTo({ x: event.clientX - box.left, y: event.clientY - box.top }, size);
    };
    element.addEventListener('pointerdown', (event) => {
        event.stopPropagation(); // the stage would drag its picture
        if (event.button !== 0) return;
        event.preventDefault();
        element.setPointerCapture(event.pointerId);
        move(event);
    });
    element.addEventListener('pointermove', (event) => {
        event.stopPropagation();
        if (element.hasPointerCapture(event.pointerId)) move(event);
    });
    element.addEventListener('dblclick', (event) => event.stopPropagation());

    return {
        element,
        show(video, next, seen) {
            setHidden(element, next === undefined);
            if (!next || !seen) {
                follow();
                return;
            }
            const ratio = window.devicePixelRatio || 1;
            const [width, height] = [Math.round(next.width * ratio), Math.round(next.height * ratio)];
            const changed = canvas.width !== width || canvas.height !== height || of !== video;
            size = next;
            if (changed) {
                [canvas.width, canvas.height] = [width, height];
                canvas.style.width = `${next.width}px`;
                canvas.style.height = `${next.height}px`;
            }
            frame.style.transform = `translate(${seen.x}px, ${seen.y}px)`;
            frame.style.width = `${seen.width}px`;
            frame.style.height = `${seen.height}px`;
            if (changed || !frameAsked) {
                of = video;
                draw(video);
                follow();
            }
        },
    };
}
