/** How a screen is captured and encoded. The figures and their measurements are in FACTS, "Encoding text". Pure. */
import type { ShareSettings } from '../../core/share/mediaMessages.ts';

/** bit/s at 720p and below, and at 1080p; above, in proportion to the pixels, as far as one viewer's line should carry. */
const AT_720P = 4_000_000;
const AT_1080P = 6_000_000;
const MOST = 16_000_000;
const PIXELS_720P = 1280 * 720;
const PIXELS_1080P = 1920 * 1080;

/** bit/s for a captured size in px. */
export function chooseBitrate(width: number, height: number): number {
    const pixels = width * height;
    if (pixels <= PIXELS_720P) return AT_720P;
    if (pixels >= PIXELS_1080P) return Math.min(MOST, Math.round((AT_1080P * pixels) / PIXELS_1080P));
    const part = (pixels - PIXELS_720P) / (PIXELS_1080P - PIXELS_720P);
    return Math.round(AT_720P + part * (AT_1080P - AT_720P));
}

/**
 * What getDisplayMedia is asked for. Width and height are left alone: asking for a size makes browsers scale, and scaled
 * text is blurred. Unknown members are ignored by browsers that lack them (WebIDL dictionaries).
 */
export function captureOptions(settings: ShareSettings): DisplayMediaStreamOptions {
    return {
        video: { frameRate: { max: settings.maxFrameRate } },
        audio: false,
        // Sharing the page that shows the share is a hall of mirrors.
        selfBrowserSurface: 'exclude',
        surfaceSwitching: 'include',
        monitorTypeSurfaces: 'include',
        systemAudio: 'exclude',
    } as DisplayMediaStreamOptions;
}

/**
 * Chromium stops delivering frames while the picture is still, and VP8 then never sharpens it; a least frame rate keeps
 * them coming (SSIM of text 1 s after a page jump: 0.80 without, 0.99 with).
 */
export function steadyConstraints(settings: ShareSettings): MediaTrackConstraints {
    return { frameRate: { min: Math.min(15, settings.maxFrameRate), max: settings.maxFrameRate } };
}

export function degradation(settings: ShareSettings): RTCDegradationPreference {
    return settings.contentHint === 'text' ? 'maintain-resolution' : 'maintain-framerate';
}
