/**
 * Takes a snapshot of the picture. The picture stands still while the person selects a part of it, by mouse or
 * keyboard, and decides whether to send it. Nothing leaves the page before that.
 */
import { MAX_SNAPSHOT } from '../../core/share/mediaMessages.ts';
import { h, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { draggedRect, movedRect, resizedRect, wholeOf, type Rect } from './cropRect.ts';
import { fitScale, type Point } from './zoom.ts';

export interface Snapshot {
    readonly png: Uint8Array<ArrayBuffer>;
    readonly width: number;
    readonly height: number;
}
export interface SnapshotTaker {
    /**
     * Shows the current picture of `video` for the selection. Returns false if there is no picture. Only one selection
     * is open at a time.
     */
    take(video: HTMLVideoElement): boolean;
}

/** px of the picture for one arrow key. With Alt it is 1 px. */
const STEP = 10;
const TOO_LARGE = 'That is too large a picture to send. Choose a smaller part.';

/** Covers `stage` during the selection. `refuse` gets the reason if a snapshot cannot be sent. */
export function createSnapshotTaker(
    stage: HTMLElement,
    send: (snapshot: Snapshot) => void,
    refuse: (sentence: string) => void,
): SnapshotTaker {
    let open: HTMLElement | undefined;
    return {
        take(video) {
            if (open) {
                open.focus();
                return true;
            }
            const { videoWidth: width, videoHeight: height } = video;
            if (width === 0 || height === 0) return false;
            const canvas = h('canvas', { 'aria-hidden': 'true' });
            canvas.width = width;
            canvas.height = height;
            canvas.getContext('2d')?.drawImage(video, 0, 0);
            const before = document.activeElement;
            open = chooser(stage, canvas, (rect) => {
                open?.remove();
                open = undefined;
                if (before instanceof HTMLElement) before.focus();
                else stage.focus();
                if (!rect) return;
                cut(canvas, rect).then(
                    (snapshot) => (snapshot.png.length > MAX_SNAPSHOT ? refuse(TOO_LARGE) : send(snapshot)),
                    (error: unknown) => refuse(`This part could not be made a picture (${String(error)}).`),
                );
            });
            stage.append(open);
            open.focus();
            return true;
        },
    };
}

function chooser(stage: HTMLElement, canvas: HTMLCanvasElement, end: (rect: Rect | undefined) => void): HTMLElement {
    const picture = { width: canvas.width, height: canvas.height };
    let rect = wholeOf(picture);
    let scale = 1;
    let from: Point | undefined;

    const chosen = h('div', { class: 'chosen' });
    const frame = h('div', { class: 'cropFrame' }, canvas, chosen);
    const size = h('output', { class: 'cropSize', 'aria-live': 'polite' });
    const sendButton = h('button', { type: 'button', class: 'primary' }, icon('send'), 'Send Snapshot');
    const cancel = h('button', { type: 'button', class: 'secondary' }, 'Cancel');
    const bar = h(
        'div',
        { class: 'cropBar' },
        size,
        h('span', { class: 'cropHint' }, 'Drag to choose a part. Arrows move it, Shift+arrows change its size.'),
        sendButton,
        cancel,
    );
    const element = h(
        'div',
        {
            class: 'crop',
            role: 'dialog',
            tabindex: '-1',
            'aria-label':
                'Snapshot. Drag to choose a part, or use Shift and arrows for its size and arrows to move it. Enter sends it, Escape cancels.',
        },
        frame,
        bar,
    );

    const draw = (): void => {
        chosen.style.transform = `translate(${rect.x * scale}px, ${rect.y * scale}px)`;
        chosen.style.width = `${rect.width * scale}px`;
        chosen.style.height = `${rect.height * scale}px`;
        element.dataset['hushCrop'] = [rect.x, rect.y, rect.width, rect.height].join(' ');
        setText(size, `${rect.width} × ${rect.height}`);
    };
    const set = (next: Rect): void => {
        rect = next;
        draw();
    };
    const fit = (): void => {
        const room = { width: element.clientWidth - 24, height: element.clientHeight - bar.offsetHeight - 24 };
        if (room.width <= 0 || room.height <= 0) return;
        scale = Math.min(1, fitScale(room, picture));
        for (const [part, length] of [
            ['width', picture.width],
            ['height', picture.height],
        ] as const)
            canvas.style[part] = `${length * scale}px`;
        draw();
    };
    const at = (event: PointerEvent): Point => {
        const box = canvas.getBoundingClientRect();
        return { x: (event.clientX - box.left) / scale, y: (event.clientY - box.top) / scale };
    };
    const stop = (send: boolean): void => {
        resized.disconnect();
        end(send ? rect : undefined);
    };

    element.addEventListener('pointerdown', (event) => {
        event.stopPropagation(); // the stage would drag its picture
        if (event.button !== 0 || (event.target instanceof Node && bar.contains(event.target))) return;
        event.preventDefault();
        element.focus();
        from = at(event);
        element.setPointerCapture(event.pointerId);
    });
    element.addEventListener('pointermove', (event) => {
        if (from) set(draggedRect(from, at(event), picture));
    });
    for (const type of ['pointerup', 'pointercancel'] as const)
        element.addEventListener(type, () => {
            from = undefined;
        });
    element.addEventListener('dblclick', (event) => {
        event.stopPropagation();
        set(wholeOf(picture));
    });
    element.addEventListener('wheel', (event) => event.stopPropagation());
    element.addEventListener('keydown', (event) => {
        if (event.ctrlKey || event.metaKey || /^F\d/u.test(event.key)) return; // these keys belong to VS Code
        // The viewer's own keys do nothing during the selection.
        event.stopPropagation();
        const arrow = ARROWS[event.key];
        const onButton = event.target instanceof HTMLButtonElement;
        if (arrow) {
            const step = event.altKey ? 1 : STEP;
            const by = { x: arrow.x * step, y: arrow.y * step };
            set(event.shiftKey ? resizedRect(rect, by, picture) : movedRect(rect, by, picture));
        } else if (event.key === 'Escape') stop(false);
        else if (event.key === 'Enter' && !onButton) stop(true);
        else return;
        event.preventDefault();
    });
    sendButton.addEventListener('click', () => stop(true));
    cancel.addEventListener('click', () => stop(false));
    const resized = new ResizeObserver(fit);
    resized.observe(stage);
    return element;
}

const ARROWS: Readonly<Partial<Record<string, Point>>> = {
    ArrowLeft: { x: -1, y: 0 },
    ArrowRight: { x: 1, y: 0 },
    ArrowUp: { x: 0, y: -1 },
    ArrowDown: { x: 0, y: 1 },
};

async function cut(from: HTMLCanvasElement, { x, y, width, height }: Rect): Promise<Snapshot> {
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(from, x, y, width, height, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return { png: new Uint8Array(await blob.arrayBuffer()), width, height };
}
