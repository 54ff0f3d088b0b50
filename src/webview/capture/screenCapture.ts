/** Asks the browser for a screen. The browser's own picker is the consent. */
import type { Cover, ShareSettings } from '../../core/share/mediaMessages.ts';
import { detectCapabilities } from './pageCapabilities.ts';
import { classifyCaptureError, UNSUPPORTED, type CaptureProblem } from './captureError.ts';
import { bitrateFor, captureOptions, steadyConstraints } from './encoding.ts';
import { canReplaceFrames, openGate, type ScreenGate } from './screenGate.ts';

export interface Captured {
    readonly stream: MediaStream;
    readonly track: MediaStreamTrack;
    /** Everything that is sent comes from here. */
    readonly gate: ScreenGate;
    /** In px, as captured. */
    readonly width: number;
    readonly height: number;
    /** `monitor`, `window` or `browser`. Empty if the browser does not say. */
    readonly surface: string;
    /** bit/s to each viewer that this size needs, or that the person set. */
    readonly maxBitrate: number;
    /** Frames keep coming while the picture is still. */
    readonly steady: boolean;
}

export type CaptureResult =
    { readonly ok: true; readonly captured: Captured } | { readonly ok: false; readonly problem: CaptureProblem };

/**
 * `cover`: what hides the screen when the capture begins. `worker`: loads the media worker. `failed`: no picture leaves
 * the gate any more.
 */
export async function captureScreen(
    settings: ShareSettings,
    cover: () => Cover | null,
    worker: () => Promise<string>,
    failed: () => void,
): Promise<CaptureResult> {
    const { displayCapture } = detectCapabilities();
    if (!displayCapture) return { ok: false, problem: UNSUPPORTED };
    if (settings.delayMs !== undefined && !canReplaceFrames()) return { ok: false, problem: NO_STRICT };
    let stream: MediaStream;
    try {
        stream = await navigator.mediaDevices.getDisplayMedia(captureOptions(settings));
    } catch (error) {
        return { ok: false, problem: classifyCaptureError(error instanceof Error ? error.name : '', displayCapture) };
    }
    const track = stream.getVideoTracks()[0];
    if (!track || track.readyState === 'ended') {
        for (const t of stream.getTracks()) t.stop();
        return { ok: false, problem: classifyCaptureError('NotReadableError', displayCapture) };
    }
    track.contentHint = settings.contentHint;
    const steady = await keepFramesComing(track, settings);
    const { displaySurface = '' } = track.getSettings();
    const { width, height } = await sizeOf(track);
    if (hasEnded(track)) {
        for (const t of stream.getTracks()) t.stop();
        return { ok: false, problem: classifyCaptureError('NotReadableError', displayCapture) };
    }
    let gate: ScreenGate;
    try {
        const workerUrl = await worker();
        gate = openGate({ captured: track, ...settings, cover: cover(), workerUrl, failed });
    } catch {
        // A capture that ended while the worker was loaded cannot be read.
        const problem = hasEnded(track) ? classifyCaptureError('NotReadableError', displayCapture) : NO_GATE;
        for (const t of stream.getTracks()) t.stop();
        return { ok: false, problem };
    }
    return {
        ok: true,
        captured: {
            stream,
            track,
            gate,
            width,
            height,
            surface: displaySurface,
            maxBitrate: bitrateFor(settings, width, height),
            steady,
        },
    };
}

const NO_STRICT: CaptureProblem = {
    reason: 'failed',
    detail: 'This browser cannot hold pictures back, which Secret Shield needs in strict mode. Share from Chrome or Edge, or set hush.shield.mode to instant.',
};
const NO_GATE: CaptureProblem = {
    reason: 'failed',
    detail: 'A part of this page could not be loaded, so nothing is shared. Close the page and share again.',
};

/** The state changes while the first picture is waited for. */
function hasEnded(track: MediaStreamTrack): boolean {
    return track.readyState === 'ended';
}

/** ms to wait for the first picture. A minimised window gives none. */
const FIRST_PICTURE_MS = 1_000;

/** Returns the size in px of the first picture. Before it, Chromium reports the size that was asked for. */
async function sizeOf(track: MediaStreamTrack): Promise<{ readonly width: number; readonly height: number }> {
    const video = document.createElement('video');
    video.muted = true;
    const first = new Promise<void>((resolve) => {
        video.addEventListener('loadedmetadata', () => resolve(), { once: true });
        track.addEventListener('ended', () => resolve(), { once: true });
        setTimeout(resolve, FIRST_PICTURE_MS);
    });
    video.srcObject = new MediaStream([track]);
    await first;
    const { videoWidth: width, videoHeight: height } = video;
    video.srcObject = null;
    return { width, height };
}

/** Some browsers refuse a minimum frame rate for a screen (Firefox). The capture then continues without it. */
async function keepFramesComing(track: MediaStreamTrack, settings: ShareSettings): Promise<boolean> {
    if (settings.contentHint !== 'text') return false;
    try {
        await track.applyConstraints(steadyConstraints(settings));
        return true;
    } catch {
        return false;
    }
}
