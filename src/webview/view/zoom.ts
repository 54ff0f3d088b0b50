/**
 * Where the picture lies on the stage. Lengths are CSS px, the picture's own size is video px; a scale is CSS px per
 * video px, so that "100 %" is 1 / devicePixelRatio: one video pixel on one pixel of the screen. Pure.
 */
export interface Size {
    readonly width: number;
    readonly height: number;
}
export interface Point {
    readonly x: number;
    readonly y: number;
}
/** `fit` follows the stage when it is resized; `free` is what the person zoomed and panned to. */
export type Zoom =
    | { readonly mode: 'fit' }
    | { readonly mode: 'free'; readonly scale: number; readonly x: number; readonly y: number };
/** Top-left corner of the picture on the stage, and its scale. */
export interface Placement extends Point {
    readonly scale: number;
}

/** Device pixels per video pixel at the most. */
const MOST_MAGNIFIED = 16;
/** Share of the fitting size at the least. */
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

/** Keeps the point of the picture under `at` where it is, as far as the edges allow. */
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
 * What keys and buttons zoom about: the pointer while it is over the picture, else the upper left of what is seen of the
 * picture. Text begins there, and stays in view.
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

/** The same percent after the window came to a screen with another pixel ratio; `anchor` stays where it is. */
export function atRatio(zoom: Zoom, before: number, now: number, anchor: Point, stage: Size, picture: Size): Zoom {
    if (zoom.mode === 'fit' || before === now) return zoom;
    return zoomTo(zoom, (zoom.scale * before) / now, anchor, stage, picture, now);
}

export function panBy(zoom: Zoom, by: Point, stage: Size, picture: Size, pixelRatio: number): Zoom {
    const from = place(zoom, stage, picture, pixelRatio);
    const moved = settle({ scale: from.scale, x: from.x + by.x, y: from.y + by.y }, stage, picture, pixelRatio);
    // A picture that cannot move stays "fit", so that it goes on following the stage.
    return zoom.mode === 'fit' && moved.x === from.x && moved.y === from.y ? zoom : { mode: 'free', ...moved };
}

export function clampScale(scale: number, stage: Size, picture: Size, pixelRatio: number): number {
    const least = Math.min(fitScale(stage, picture) * LEAST_OF_FIT, exactScale(pixelRatio));
    const most = Math.max(exactScale(pixelRatio) * MOST_MAGNIFIED, fitScale(stage, picture));
    return Math.min(most, Math.max(least, scale));
}

/** Percent of device pixels, as shown to the person. */
export function percent(scale: number, pixelRatio: number): number {
    return Math.round(scale * pixelRatio * 100);
}

/** Edges of the picture never leave a gap that could be filled; a picture smaller than the stage is centred. */
function settle(p: Placement, stage: Size, picture: Size, pixelRatio: number): Placement {
    const axis = (offset: number, room: number, length: number): number =>
        length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, offset));
    // On whole device pixels, or text at 100 % would be interpolated.
    const snap = (offset: number): number => Math.round(offset * pixelRatio) / pixelRatio;
    return {
        scale: p.scale,
        x: snap(axis(p.x, stage.width, picture.width * p.scale)),
        y: snap(axis(p.y, stage.height, picture.height * p.scale)),
    };
}
