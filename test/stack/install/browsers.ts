import type { Progress } from '../progress.ts';
import { ensureDebianProgram, type Found } from './debian.ts';

/** Chromium or Chrome, for the end-to-end tests and the demo. Rejects with one sentence if there is none. */
export async function ensureChromium(progress: Progress): Promise<{ readonly path: string }> {
    const chromium = await ensureDebianProgram(progress, {
        title: 'Chromium',
        programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
        packages: ['chromium'],
    });
    if (chromium.path === undefined) throw new Error(chromium.reason);
    return chromium;
}

/** Firefox, the second browser for the capture page. Optional: returns a reason if there is none. */
export function ensureFirefox(progress: Progress): Promise<Found> {
    return ensureDebianProgram(progress, {
        title: 'Firefox',
        programs: ['firefox-esr', 'firefox'],
        packages: ['firefox-esr'],
    });
}

/** A virtual display, for windows on a machine without one. Optional. */
export function ensureXvfb(progress: Progress): Promise<Found> {
    return ensureDebianProgram(progress, { title: 'Xvfb', programs: ['Xvfb'], packages: ['xvfb'] });
}
