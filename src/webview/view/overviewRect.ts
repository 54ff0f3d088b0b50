/** The geometry of the overview: the visible part, and the target of a click. Pure. */
import type { Rect } from './cropRect.ts';
import { panBy, place, type Point, type Size, type Zoom } from './zoom.ts';

/** Largest size in px. */
const MAX: Size = { width: 176, height: 132 };
/** Largest part of the stage, in each direction. On a small stage the overview must not cover its target. */
const SHARE_OF_STAGE = 0.3;

/** Returns undefined if the whole picture is visible, or if the stage is too small for an overview. */
export function overviewSize(zoom: Zoom, stage: Size, picture: Size, pixelRatio: number): Size | undefined {
    const { scale } = place(zoom, stage, picture, pixelRatio);
    const hidden = picture.width * scale > stage.width + 1 || picture.height * scale > stage.height + 1;
    if (!hidden) return undefined;
    const room = {
        width: Math.min(MAX.width, stage.width * SHARE_OF_STAGE),
        height: Math.min(MAX.height, stage.height * SHARE_OF_STAGE),
    };
    const small = Math.min(room.width / picture.width, room.height / picture.height);
    const size = { width: Math.round(picture.width * small), height: Math.round(picture.height * small) };
    return size.width < 24 || size.height < 12 ? undefined : size;
}

/** Returns the visible part of the picture, in px of the overview. */
export function seenPart(zoom: Zoom, stage: Size, picture: Size, pixelRatio: number, overview: Size): Rect {
    const at = place(zoom, stage, picture, pixelRatio);
    const span = (offset: number, room: number, length: number): readonly [number, number] => {
        const from = Math.max(0, -offset) / length;
        return [from, Math.min(1, (room - offset) / length) - from];
    };
    const [x, width] = span(at.x, stage.width, picture.width * at.scale);
    const [y, height] = span(at.y, stage.height, picture.height * at.scale);
    return {
        x: x * overview.width,
        y: y * overview.height,
        width: width * overview.width,
        height: height * overview.height,
    };
}

/** Moves the part around `point` of the overview to the middle of the stage, as far as the edges allow. */
export function seenAround(
    point: Point,
    zoom: Zoom,
    stage: Size,
    picture: Size,
    pixelRatio: number,
    overview: Size,
): Zoom {
    const at = place(zoom, stage, picture, pixelRatio);
    const target = {
        x: stage.width / 2 - (point.x / overview.width) * picture.width * at.scale,
        y: stage.height / 2 - (point.y / overview.height) * picture.height * at.scale,
    };
    return panBy(zoom, { x: target.x - at.x, y: target.y - at.y }, stage, picture, pixelRatio);
}
