/** Long strokes go out in several messages. Pure. */
import type { DrawingShape, PicturePoint } from '../../core/sideChannel/drawn.ts';

/** Points in one message. */
const MAX_POINTS = 100;

/** The parts of a stroke that fit into messages. `from`: the index of the first point. */
export function penParts(points: readonly PicturePoint[], from: number): DrawingShape[] {
    const parts: DrawingShape[] = [];
    for (let at = 0; at < points.length; at += MAX_POINTS)
        parts.push({ kind: 'pen', from: from + at, points: points.slice(at, at + MAX_POINTS) });
    return parts;
}
