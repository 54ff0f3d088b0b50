import fc from 'fast-check';
import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import {
    atRatio,
    clampScale,
    exactScale,
    FIT,
    fitScale,
    panBy,
    percent,
    place,
    zoomAnchor,
    zoomBy,
    zoomTo,
    type Zoom,
} from '../../../src/webview/view/zoom.ts';
import { overviewSize, seenAround, seenPart } from '../../../src/webview/view/overviewRect.ts';

const stage = fc.record({ width: fc.integer({ min: 200, max: 2600 }), height: fc.integer({ min: 100, max: 1600 }) });
const picture = fc.record({ width: fc.integer({ min: 16, max: 7680 }), height: fc.integer({ min: 16, max: 4320 }) });
const pixelRatio = fc.constantFrom(1, 1.25, 1.5, 2, 3);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps = fc.array(
    fc.record({
        factor: fc.double({ min: 0.3, max: 3, noNaN: true }),
        x: share,
        y: share,
        dx: fc.integer({ min: -900, max: 900 }),
        dy: fc.integer({ min: -900, max: 900 }),
    }),
    { maxLength: 12 },
);

describe('zoom', () => {
    it('fits the picture into the stage, touching two edges', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, (s, p, r) => {
                const at = place(FIT, s, p, r);
                const [w, h] = [p.width * at.scale, p.height * at.scale];
                assert.ok(w <= s.width + 1e-6 && h <= s.height + 1e-6);
                assert.ok(Math.abs(w - s.width) < 1e-6 || Math.abs(h - s.height) < 1e-6);
            }),
        );
    });

    it('keeps the point under the cursor where it is, when no edge is in the way', () => {
        fc.assert(
            fc.property(
                stage,
                picture,
                pixelRatio,
                steps,
                fc.double({ min: 0.5, max: 2, noNaN: true }),
                share,
                share,
                (s, p, r, path, factor, cx, cy) => {
                    const zoom = walk(path, s, p, r);
                    const before = place(zoom, s, p, r);
                    const cursor = { x: cx * s.width, y: cy * s.height };
                    const after = place(zoomBy(zoom, factor, cursor, s, p, r), s, p, r);
                    for (const [axis, length, room] of [
                        ['x', p.width, s.width],
                        ['y', p.height, s.height],
                    ] as const) {
                        const size = length * after.scale;
                        const wanted = cursor[axis] - ((cursor[axis] - before[axis]) / before.scale) * after.scale;
                        if (size <= room || wanted > 0 || wanted < room - size) continue; // an edge is in the way
                        assert.ok(
                            Math.abs(after[axis] - wanted) <= 0.5 / r + 1e-6,
                            `${axis}: ${after[axis]} instead of ${wanted}`,
                        );
                    }
                },
            ),
        );
    });

    it('leaves no gap that the picture could fill, and centres what is smaller', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, steps, (s, p, r, path) => {
                const at = place(walk(path, s, p, r), s, p, r);
                for (const [offset, size, room] of [
                    [at.x, p.width * at.scale, s.width],
                    [at.y, p.height * at.scale, s.height],
                ] as const) {
                    if (size > room) assert.ok(offset <= 1 / r && offset >= room - size - 1 / r);
                    else assert.ok(Math.abs(offset - (room - size) / 2) <= 0.5 / r + 1e-6);
                }
            }),
        );
    });

    it('stays between half the fitting size and 16 times actual pixels', () => {
        fc.assert(
            fc.property(
                stage,
                picture,
                pixelRatio,
                fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
                (s, p, r, scale) => {
                    const to = clampScale(scale, s, p, r);
                    assert.ok(to >= Math.min(fitScale(s, p) / 2, 1 / r) - 1e-12);
                    assert.ok(to <= Math.max(16 / r, fitScale(s, p)) + 1e-12);
                },
            ),
        );
    });

    it('shows one video pixel on one pixel of the screen at 100 %, on whole pixels', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, share, share, (s, p, r, x, y) => {
                const at = place(zoomTo(FIT, exactScale(r), { x: x * s.width, y: y * s.height }, s, p, r), s, p, r);
                assert.equal(percent(at.scale, r), 100);
                assert.ok(
                    Math.abs(at.x * r - Math.round(at.x * r)) < 1e-6 &&
                        Math.abs(at.y * r - Math.round(at.y * r)) < 1e-6,
                );
            }),
        );
    });

    it('goes on fitting after a pan that could not move it', () => {
        const s = { width: 800, height: 600 };
        assert.deepEqual(panBy(FIT, { x: 50, y: 0 }, s, { width: 1600, height: 1200 }, 1), FIT);
    });

    it('by keys keeps the pointer’s place over the picture, else the upper left of what is seen', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, steps, share, share, (s, p, r, path, px, py) => {
                const at = place(walk(path, s, p, r), s, p, r);
                const pointer = { x: px * s.width, y: py * s.height };
                const anchor = zoomAnchor(pointer, at, s, p);
                const start = { x: Math.max(0, at.x), y: Math.max(0, at.y) };
                const over =
                    pointer.x >= at.x &&
                    pointer.x <= at.x + p.width * at.scale &&
                    pointer.y >= at.y &&
                    pointer.y <= at.y + p.height * at.scale;
                assert.deepEqual(anchor, over ? pointer : start);
                assert.deepEqual(zoomAnchor(undefined, at, s, p), start);
            }),
        );
    });

    it('brings the beginning of the lines into view at 100 %, wherever it zooms from', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, (s, p, r) => {
                const anchor = zoomAnchor(undefined, place(FIT, s, p, r), s, p);
                assert.ok(place(zoomTo(FIT, exactScale(r), anchor, s, p, r), s, p, r).x >= 0);
            }),
        );
    });

    it('keeps its percent on a screen with another pixel ratio', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, pixelRatio, (s, p, before, now) => {
                const exact = zoomTo(FIT, exactScale(before), { x: 0, y: 0 }, s, p, before);
                const moved = atRatio(exact, before, now, { x: 0, y: 0 }, s, p);
                assert.equal(percent(place(moved, s, p, now).scale, now), 100);
                assert.deepEqual(atRatio(FIT, before, now, { x: 0, y: 0 }, s, p), FIT);
            }),
        );
    });
});

describe('the overview', () => {
    it('marks a part that lies within it, and there is none while all is seen', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, steps, (s, p, r, path) => {
                const zoom = walk(path, s, p, r);
                assert.equal(overviewSize(FIT, s, p, r), undefined);
                const size = overviewSize(zoom, s, p, r);
                if (!size) return;
                const seen = seenPart(zoom, s, p, r, size);
                assert.ok(seen.x >= 0 && seen.y >= 0 && seen.width > 0 && seen.height > 0);
                assert.ok(seen.x + seen.width <= size.width + 1e-6 && seen.y + seen.height <= size.height + 1e-6);
                assert.ok(size.width <= s.width * 0.3 + 1 && size.height <= s.height * 0.3 + 1);
            }),
        );
    });

    it('a click brings what lies there into view', () => {
        fc.assert(
            fc.property(stage, picture, pixelRatio, steps, share, share, (s, p, r, path, px, py) => {
                const zoom = walk(path, s, p, r);
                const size = overviewSize(zoom, s, p, r);
                if (!size) return;
                const point = { x: px * size.width, y: py * size.height };
                const seen = seenPart(seenAround(point, zoom, s, p, r, size), s, p, r, size);
                const slack = 1; // px: places are whole device pixels
                assert.ok(point.x >= seen.x - slack && point.x <= seen.x + seen.width + slack);
                assert.ok(point.y >= seen.y - slack && point.y <= seen.y + seen.height + slack);
            }),
        );
    });
});

function walk(
    path: readonly { factor: number; x: number; y: number; dx: number; dy: number }[],
    s: { width: number; height: number },
    p: { width: number; height: number },
    r: number,
): Zoom {
    return path.reduce<Zoom>((zoom, step) => {
        const zoomed = zoomBy(zoom, step.factor, { x: step.x * s.width, y: step.y * s.height }, s, p, r);
        return panBy(zoomed, { x: step.dx, y: step.dy }, s, p, r);
    }, FIT);
}
