/** A viewer's tab as it stands on the screen: rectangles and keys. */
import type { CDPSession, Frame, Page } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

export interface Shown {
    /** CSS px. */
    readonly picture: DOMRect;
    readonly stage: DOMRect;
    readonly window: { readonly width: number; readonly height: number };
    /** px of the video itself. */
    readonly video: { readonly width: number; readonly height: number };
    readonly ratio: number;
    readonly level: string;
}

export function shown(frame: Frame): Promise<Shown> {
    return frame.evaluate(() => {
        const rectOf = (selector: string): DOMRect => {
            const element = document.querySelector(selector);
            if (!element) throw new Error(`no ${selector}`);
            return element.getBoundingClientRect().toJSON() as DOMRect;
        };
        const video = document.querySelector<HTMLVideoElement>('video.picture');
        return {
            picture: rectOf('video.picture'),
            stage: rectOf('.stage'),
            window: { width: innerWidth, height: innerHeight },
            video: { width: video?.videoWidth ?? 0, height: video?.videoHeight ?? 0 },
            ratio: devicePixelRatio,
            level: document.querySelector('.level')?.textContent ?? '',
        };
    });
}

/** What stands there once `is` says so; the last of it is in the error. */
export async function shownWhen(frame: Frame, what: string, is: (now: Shown) => boolean): Promise<Shown> {
    let last: Shown | undefined;
    return eventually(
        async () => {
            last = await shown(frame);
            return is(last) && last;
        },
        () => `${what}; last: ${JSON.stringify(last)}`,
        20_000,
    );
}

/** Puts the keyboard on the picture, without a zoom or a drag. */
export async function focusStage(frame: Frame): Promise<void> {
    await frame.locator('.stage').focus();
}

/** A key of a layout whose letters are not Latin. */
export async function pressPlace(page: Page, code: string, key: string): Promise<void> {
    await withDevTools(page, async (session) => {
        await session.send('Input.dispatchKeyEvent', { type: 'keyDown', code, key, text: key });
        await session.send('Input.dispatchKeyEvent', { type: 'keyUp', code, key });
    });
}

/** The window on a screen with another pixel ratio. */
export async function withPixelRatio(page: Page, ratio: number, work: () => Promise<void>): Promise<void> {
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    await withDevTools(page, async (session) => {
        const become = (deviceScaleFactor: number, width: number): Promise<unknown> =>
            session.send('Emulation.setDeviceMetricsOverride', { ...size, width, deviceScaleFactor, mobile: false });
        // An emulated ratio is told to a page with a new size only; a real screen tells it in any case.
        await become(ratio, size.width - 10);
        try {
            await work();
        } finally {
            await become(1, size.width);
        }
    });
}

async function withDevTools(page: Page, work: (session: CDPSession) => Promise<void>): Promise<void> {
    const session = await page.context().newCDPSession(page);
    try {
        await work(session);
    } finally {
        await session.detach();
    }
}
