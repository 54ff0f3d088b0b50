/**
 * The selected part of a picture, in the picture's px. Always whole px inside the picture, and never too small to see.
 * Pure.
 */
import type { Point, Size } from './zoom.ts';

export interface Rect extends Point, Size {}

/** In px. A click without a drag selects the whole picture. */
export const LEAST_SIDE = 8;

export function wholeOf({ width, height }: Size): Rect {
    return { x: 0, y: 0, width, height };
}

/** Spans from one corner to the opposite one, in any direction. */
export function draggedRect(from: Point, to: Point, picture: Size): Rect {
    const [x, width] = span(from.x, to.x, picture.width);
    const [y, height] = span(from.y, to.y, picture.height);
    if (width < LEAST_SIDE && height < LEAST_SIDE) return wholeOf(picture);
    return settled({ x, y, width, height }, picture);
}

export function movedRect(rect: Rect, by: Point, picture: Size): Rect {
    return settled({ ...rect, x: rect.x + by.x, y: rect.y + by.y }, picture);
}

/** Moves the right and lower edges. The upper left corner stays. */
export function resizedRect(rect: Rect, by: Point, picture: Size): Rect {
    const width = clamp(rect.width + by.x, LEAST_SIDE, picture.width - rect.x);
    const height = clamp(rect.height + by.y, LEAST_SIDE, picture.height - rect.y);
    return settled({ ...rect, width, height }, picture);
}

function settled(rect: Rect, picture: Size): Rect {
    const width = Math.round(clamp(rect.width, Math.min(LEAST_SIDE, picture.width), picture.width));
    const height = Math.round(clamp(rect.height, Math.min(LEAST_SIDE, picture.height), picture.height));
    return {
        x: Math.round(clamp(rect.x, 0, picture.width - width)),
        y: Math.round(clamp(rect.y, 0, picture.height - height)),
        width,
        height,
    };
}

function span(a: number, b: number, length: number): readonly [number, number] {
    const from = clamp(Math.min(a, b), 0, length);
    return [from, clamp(Math.max(a, b), 0, length) - from];
}

function clamp(value: number, least: number, most: number): number {
    return Math.min(most, Math.max(least, value));
}
