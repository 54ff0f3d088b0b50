/** Where a picture is in its element, which has another shape (`object-fit: contain`). */
import type { Box } from './drawnLayer.ts';

export function pictureBox(video: HTMLVideoElement): Box {
    const { clientWidth, clientHeight, offsetLeft, offsetTop, videoWidth, videoHeight } = video;
    const scale = Math.min(clientWidth / (videoWidth || 1), clientHeight / (videoHeight || 1));
    const [width, height] = [videoWidth * scale, videoHeight * scale];
    return {
        x: offsetLeft + (clientWidth - width) / 2,
        y: offsetTop + (clientHeight - height) / 2,
        width,
        height,
    };
}
