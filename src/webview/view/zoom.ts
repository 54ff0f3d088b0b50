/**
 * The position of the picture on the stage. Lengths are CSS px; the picture's own size is in video px. A scale is CSS
 * px per video px, so "100 %" is 1 / devicePixelRatio: one video pixel on one pixel of the screen. Pure.
 */
export interface Size {
    readonly width: number;
    readonly height: number;
}
export interface Point {
    readonly x: number;
    readonly y: number;
}
/** `fit` follows the size of the stage. `free` is the zoom and position that the person chose. */
export type Zoom =
    | { readonly mode: 'fit' }
    | { readonly mode: 'free'; readonly scale: number; readonly x: number; readonly y: number };
/** Top-left corner of the picture on the stage, and its scale. */
export interface Placement extends Point {
    readonly scale: number;
}

/** Largest number of device pixels per video pixel. */
const MAX_MAGNIFIED = 16;
/** Smallest part of the fitting size. */
const LEAST_OF_FIT = 0.5;
export const ZOOM_STEP = 1.25;

export const FIT: Zoom = { mode: 'fit' };

export function fitScale(stage: Size, picture: Size): number {
    if (picture.width <= 0 || picture.height <= 0) return 1;
    return Math.max(1e-4, Math.min(stage.width / picture.width, stage.height / picture.height));
}

export function exactScale(pixelRatio: number): number {
    return 1 / pixelRatio;
}

export function place(zoom: Zoom, stage: Size, picture: Size, pixelRatio: number): Placement {
    if (zoom.mode === 'fit') return settle({ scale: fitScale(stage, picture), x: 0, y: 0 }, stage, picture, pixelRatio);
    return settle(zoom, stage, picture, pixelRatio);
}

/** Keeps the picture's point under `at` in place, as far as the edges allow. */
export function zoomTo(zoom: Zoom, scale: number, at: Point, stage: Size, picture: Size, pixelRatio: number): Zoom {
    const from = place(zoom, stage, picture, pixelRatio);
    const to = clampScale(scale, stage, picture, pixelRatio);
    const ratio = to / from.scale;
    const moved = { scale: to, x: at.x - (at.x - from.x) * ratio, y: at.y - (at.y - from.y) * ratio };
    return { mode: 'free', ...settle(moved, stage, picture, pixelRatio) };
}

export function zoomBy(zoom: Zoom, factor: number, at: Point, stage: Size, picture: Size, pixelRatio: number): Zoom {
    return zoomTo(zoom, place(zoom, stage, picture, pixelRatio).scale * factor, at, stage, picture, pixelRatio);
}

/**
 * Returns the fixed point for a zoom by key or button: the pointer while it is over the picture, else the upper left of
 * the visible part. Text begins there, so it stays in view.
 */
export function zoomAnchor(pointer: Point | undefined, at: Placement, stage: Size, picture: Size): Point {
    const start = { x: Math.max(0, at.x), y: Math.max(0, at.y) };
    const end = {
        x: Math.min(stage.width, at.x + picture.width * at.scale),
        y: Math.min(stage.height, at.y + picture.height * at.scale),
    };
    const over = pointer && pointer.x >= start.x && pointer.x <= end.x && pointer.y >= start.y && pointer.y <= end.y;
    return over ? pointer : start;
}

/** Keeps the percent after the window moved to a screen with another pixel ratio. `anchor` stays in place. */
export function atRatio(zoom: Zoom, before: number, now: number, anchor: Point, stage: Size, picture: Size): Zoom {
    if (zoom.mode === 'fit' || before === now) return zoom;
    return zoomTo(zoom, (zoom.scale * before) / now, anchor, stage, picture, now);
}

export function panBy(zoom: Zoom, by: Point, stage: Size, picture: Size, pixelRatio: number): Zoom {
    const from = place(zoom, stage, picture, pixelRatio);
    const moved = settle({ scale: from.scale, x: from.x + by.x, y: from.y + by.y }, stage, picture, pixelRatio);
    // A picture that cannot move stays "fit", so that it still follows the stage.
    return zoom.mode === 'fit' && moved.x === from.x && moved.y === from.y ? zoom : { mode: 'free', ...moved };
}

export function clampScale(scale: number, stage: Size, picture: Size, pixelRatio: number): number {
    const least = Math.min(fitScale(stage, picture) * LEAST_OF_FIT, exactScale(pixelRatio));
    const most = Math.max(exactScale(pixelRatio) * MAX_MAGNIFIED, fitScale(stage, picture));
    return Math.min(most, Math.max(least, scale));
}

/** Returns the percent of device pixels that the person sees. */
export function percent(scale: number, pixelRatio: number): number {
    return Math.round(scale * pixelRatio * 100);
}

/** Leaves no gap at an edge if the picture can fill it. Centres a picture that is smaller than the stage. */
function settle(p: Placement, stage: Size, picture: Size, pixelRatio: number): Placement {
    const axis = (offset: number, room: number, length: number): number =>
        length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
    // Round to whole device pixels, because text at 100 % would blur otherwise.
    const snap = (offset: number): number => Math.round(offset * pixelRatio) / pixelRatio;
    return {
        scale: p.scale,
        x: snap(axis(p.x, stage.width, picture.width * p.scale)),
        y: snap(axis(p.y, stage.height, picture.height * p.scale)),
    };
}
