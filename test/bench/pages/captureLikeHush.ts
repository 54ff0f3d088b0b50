/** Captures with the settings of Hush, for the bare pages of the bench. */
import { captureOptions, steadyConstraints } from '../../../src/webview/capture/encoding.ts';

const SETTINGS = { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } as const;

/** Resolves when `video` shows the captured screen. */
export async function captureLikeHush(video: HTMLVideoElement): Promise<MediaStream> {
    const stream = await navigator.mediaDevices.getDisplayMedia(captureOptions(SETTINGS));
    const [track] = stream.getVideoTracks();
    if (!track) throw new Error('no track');
    track.contentHint = SETTINGS.contentHint;
    await track.applyConstraints(steadyConstraints(SETTINGS));
    video.srcObject = stream;
    await video.play();
    return stream;
}
