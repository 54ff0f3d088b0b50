/** Reads how old the picture is in any page with a video: a bare page, a page of Hush, a tab of VS Code. */
import type { Frame, Page } from 'playwright-core';
import { STRIP } from './sourcePage.ts';

export interface Measured {
    /** ms from the drawing in the source to the drawing in the viewer, one for each new picture. */
    readonly ages: readonly number[];
    /** ms between the times that two neighbouring pictures show. */
    readonly gaps: readonly number[];
    readonly width: number;
    readonly height: number;
    /** Pictures whose strip could not be read. */
    readonly unread: number;
}

/** Measures for `ms`. `selector` finds the video. `sourceWidth`: CSS px of the shared page. */
export async function measure(
    where: Page | Frame,
    selector: string,
    sourceWidth: number,
    ms: number,
): Promise<Measured> {
    return where.evaluate(
        async ({ css, bits, square, width, time }) => {
            const ages: number[] = [];
            const gaps: number[] = [];
            let unread = 0;
            let last: number | undefined;
            const canvas = new OffscreenCanvas((bits + 2) * square, square);
            const context = canvas.getContext('2d', { willReadFrequently: true });
            const video = () => document.querySelector<HTMLVideoElement>(css);
            const read = (of: HTMLVideoElement): void => {
                const now = performance.timeOrigin + performance.now();
                const scale = of.videoWidth / width;
                const strip = canvas.width * scale;
                context?.drawImage(of, 0, 0, strip, square * scale, 0, 0, canvas.width, square);
                const { data } = context?.getImageData(0, square / 2, canvas.width, 1) ?? { data: [] };
                const light = (i: number): number => data[(i * square + square / 2) * 4] ?? 128;
                const levels = Array.from({ length: bits + 2 }, (_, i) => light(i));
                const clear = levels.every((l) => l < 80 || l > 175);
                if (!clear || (levels[0] ?? 0) < 128 || (levels[bits + 1] ?? 255) > 127) {
                    unread++;
                    return;
                }
                let stamp = 0;
                for (let i = 0; i < bits; i++) if ((levels[i + 1] ?? 0) > 127) stamp += 2 ** i;
                if (stamp === last) return; // the same picture again
                const period = 2 ** bits;
                // Browsers show a picture again that is some ms older now and then, so the difference has a sign.
                const after = (stamp - (last ?? stamp) + period) % period;
                if (last !== undefined) gaps.push(after < period / 2 ? after : 0);
                last = stamp;
                ages.push(((((now % period) - stamp) % period) + period) % period);
            };
            const end = performance.now() + time;
            await new Promise<void>((done) => {
                const next = (): void => {
                    const of = video();
                    if (performance.now() > end || !of) return done();
                    of.requestVideoFrameCallback(() => {
                        read(of);
                        next();
                    });
                };
                next();
                setTimeout(done, time + 1_000); // no picture comes
            });
            const { videoWidth = 0, videoHeight = 0 } = video() ?? {};
            return { ages, gaps, width: videoWidth, height: videoHeight, unread };
        },
        { css: selector, bits: STRIP.bits, square: STRIP.square, width: sourceWidth, time: ms },
    );
}
