/** Wheel, drag and arrow keys over the stage, and where the pointer is. */
import { ZOOM_STEP, type Point } from './zoom.ts';

const PAN_KEY_STEP_PX = 80;
/** Wheel units per zoom step: 100 units are one notch in most browsers. */
const WHEEL_NOTCH = 100;
/** Pixels of a wheel that counts lines. */
const LINE_PX = 33;

/** The view moves in the direction of the arrow, so the picture moves the other way. */
const ARROWS: Readonly<Partial<Record<string, Point>>> = {
    ArrowLeft: { x: 1, y: 0 },
    ArrowRight: { x: -1, y: 0 },
    ArrowUp: { x: 0, y: 1 },
    ArrowDown: { x: 0, y: -1 },
};

export interface StageInput {
    /** The position of the pointer on the stage, now or when a menu opened over it. */
    readonly pointer: Point | undefined;
}
export interface StageInputActions {
    /** Moves the picture by this many px. */
    pan(by: Point): void;
    /** Zooms around a point of the stage. */
    zoom(factor: number, at: Point): void;
    /** A double click. */
    toggle(): void;
}

export function followStageInput(element: HTMLElement, { pan, zoom, toggle }: StageInputActions): StageInput {
    let drag: Point | undefined;
    let pointer: Point | undefined;
    let menuAt: Point | undefined;
    const pointOf = (event: MouseEvent): Point => {
        const box = element.getBoundingClientRect();
        return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    element.addEventListener(
        'wheel',
        (event) => {
            event.preventDefault();
            const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PX : 1;
            if (event.ctrlKey || event.metaKey) {
                zoom(ZOOM_STEP ** (-(event.deltaY * lines) / WHEEL_NOTCH), pointOf(event));
            } else {
                const sideways = event.shiftKey && event.deltaX === 0;
                pan({ x: -(sideways ? event.deltaY : event.deltaX) * lines, y: sideways ? 0 : -event.deltaY * lines });
            }
        },
        { passive: false },
    );
    element.addEventListener('pointerdown', (event) => {
        if (event.button !== 0 || !element.classList.contains('movable')) return;
        drag = { x: event.clientX, y: event.clientY };
        element.setPointerCapture(event.pointerId);
        element.classList.add('dragging');
    });
    element.addEventListener('pointermove', (event) => {
        pointer = pointOf(event);
        menuAt = undefined;
        if (!drag) return;
        pan({ x: event.clientX - drag.x, y: event.clientY - drag.y });
        drag = { x: event.clientX, y: event.clientY };
    });
    const endDrag = (): void => {
        drag = undefined;
        element.classList.remove('dragging');
    };
    element.addEventListener('pointerup', endDrag);
    element.addEventListener('pointercancel', endDrag);
    element.addEventListener('pointerleave', () => {
        pointer = undefined;
    });
    element.addEventListener('contextmenu', (event) => {
        menuAt = pointOf(event);
    });
    element.addEventListener('dblclick', toggle);
    element.addEventListener('keydown', (event) => {
        const by = ARROWS[event.key];
        if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        pan({ x: by.x * PAN_KEY_STEP_PX, y: by.y * PAN_KEY_STEP_PX });
    });
    return {
        get pointer() {
            return pointer ?? menuAt;
        },
    };
}
