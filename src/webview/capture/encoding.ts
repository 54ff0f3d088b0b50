/** Capture and encoding settings of a screen. docs/decisions/06-codecs.md has the measurements. Pure. */
import type { ShareSettings } from '../../core/share/mediaMessages.ts';

/**
 * bit/s up to 720p, and at 1080p. Above that the rate grows with the pixels, up to what one viewer's line should carry.
 */
const AT_720P = 4_000_000;
const AT_1080P = 6_000_000;
const MAX = 16_000_000;
const PIXELS_720P = 1280 * 720;
const PIXELS_1080P = 1920 * 1080;

/** Returns bit/s for a captured size in px. */
export function chooseBitrate(width: number, height: number): number {
    const pixels = width * height;
    if (pixels <= PIXELS_720P) return AT_720P;
    if (pixels >= PIXELS_1080P) return Math.min(MAX, Math.round((AT_1080P * pixels) / PIXELS_1080P));
    const part = (pixels - PIXELS_720P) / (PIXELS_1080P - PIXELS_720P);
    return Math.round(AT_720P + part * (AT_1080P - AT_720P));
}

/**
 * More px than any screen has. Without a wanted size, Chromium scales the capture down to the size of the screen that
 * the capturing page is on, and scaled text is blurred. With this one it gives the source's own size, never more.
 */
export const MAX_CAPTURE_PX = 8_192;
const FULL_SIZE = { width: { ideal: MAX_CAPTURE_PX }, height: { ideal: MAX_CAPTURE_PX } } as const;

/** Options for getDisplayMedia. Browsers ignore members that they do not know (WebIDL dictionaries). */
export function captureOptions(settings: ShareSettings): DisplayMediaStreamOptions {
    return {
        video: { ...FULL_SIZE, frameRate: { max: settings.maxFrameRate } },
        audio: false,
        // A share of the page that shows the share would repeat itself endlessly.
        selfBrowserSurface: 'exclude',
        surfaceSwitching: 'include',
        monitorTypeSurfaces: 'include',
        systemAudio: 'exclude',
    } as DisplayMediaStreamOptions;
}

/** bit/s: what the person set, else what the size needs. */
export function bitrateFor({ maxBitrate }: ShareSettings, width: number, height: number): number {
    return maxBitrate || chooseBitrate(width, height);
}

/** A bit rate that is closer than this part to the wanted one stays, because each change costs quality for a moment. */
const CLOSE_ENOUGH = 0.15;

/** Returns the bit rate for a new size, or undefined if the current one fits. bit/s. */
export function changedBitrate(current: number, width: number, height: number): number | undefined {
    const wanted = chooseBitrate(width, height);
    return Math.abs(wanted - current) > current * CLOSE_ENOUGH ? wanted : undefined;
}

/**
 * Chromium sends no frames while the picture is still, and then VP8 never sharpens it. A minimum frame rate keeps the
 * frames coming (SSIM of text 1 s after a page jump: 0.80 without, 0.99 with).
 */
export function steadyConstraints(settings: ShareSettings): MediaTrackConstraints {
    // Constraints that are applied later replace the earlier ones, so the size is wanted again.
    return { ...FULL_SIZE, frameRate: { min: Math.min(15, settings.maxFrameRate), max: settings.maxFrameRate } };
}

export function degradation(settings: ShareSettings): RTCDegradationPreference {
    return settings.contentHint === 'text' ? 'maintain-resolution' : 'maintain-framerate';
}
