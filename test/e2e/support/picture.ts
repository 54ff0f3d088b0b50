/** Reads what a viewer tab really shows: decoded frames and their pixels. */
import type { Frame } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

export interface Picture {
    readonly framesDecoded: number;
    readonly width: number;
    readonly height: number;
    /** Frame number from the row of squares that the test editor draws (see editorPage.ts). NaN if there is none. */
    readonly marker: number;
    /** Distance of the squares from pure black and white, 0 (exact) to 255. A large value means another picture. */
    readonly markerError: number;
}

/** Reads the current frame of the tab. The shared page is `sourceWidth` CSS px wide. */
export function readPicture(frame: Frame, sourceWidth: number): Promise<Picture> {
    return frame.evaluate((width) => {
        const video = document.querySelector('video');
        if (!video || video.videoWidth === 0)
            return { framesDecoded: 0, width: 0, height: 0, marker: NaN, markerError: 255 };
        const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
        const context = canvas.getContext('2d', { willReadFrequently: true });
        if (!context) throw new Error('no canvas');
        context.drawImage(video, 0, 0);
        const scale = video.videoWidth / width;
        let marker = 0;
        let markerError = 0;
        for (let bit = 0; bit < 24; bit++) {
            const at = Math.round((bit * 16 + 8) * scale);
            const [r = 0, g = 0, b = 0] = context.getImageData(at, Math.round(8 * scale), 1, 1).data;
            const light = (r + g + b) / 3;
            markerError = Math.max(markerError, Math.min(light, 255 - light));
            if (light > 127) marker += 2 ** bit;
        }
        return {
            framesDecoded: video.getVideoPlaybackQuality().totalVideoFrames,
            width: video.videoWidth,
            height: video.videoHeight,
            marker,
            markerError,
        };
    }, sourceWidth);
}

/** Resolves with two readings. At least `frames` frames were decoded between them. */
export async function advancingPicture(
    frame: Frame,
    sourceWidth: number,
    frames = 5,
    timeout = 30_000,
): Promise<[Picture, Picture]> {
    const first = await readPicture(frame, sourceWidth);
    const later = await eventually(
        async () => {
            const now = await readPicture(frame, sourceWidth);
            return now.framesDecoded >= first.framesDecoded + frames && now;
        },
        `a picture that moves; ${first.framesDecoded} frames were decoded before`,
        timeout,
    );
    return [first, later];
}
