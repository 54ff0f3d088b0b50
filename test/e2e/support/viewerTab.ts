/** The layout of a viewer tab on the screen: rectangles and keys. */
import type { CDPSession, Frame, Page } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

export interface Shown {
    /** CSS px. */
    readonly picture: DOMRect;
    readonly stage: DOMRect;
    readonly window: { readonly width: number; readonly height: number };
    /** In px of the video itself. */
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

/** Resolves with the layout once `is` accepts it. The error contains the last layout. */
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

/** Moves the focus to the picture without a zoom or a drag. */
export async function focusStage(frame: Frame): Promise<void> {
    await frame.locator('.stage').focus();
}

/** Presses a key of a keyboard layout without Latin letters. */
export async function pressPlace(page: Page, code: string, key: string): Promise<void> {
    await withDevTools(page, async (session) => {
        await session.send('Input.dispatchKeyEvent', { type: 'keyDown', code, key, text: key });
        await session.send('Input.dispatchKeyEvent', { type: 'keyUp', code, key });
    });
}

/** Runs `work` with the window on a screen with another pixel ratio. */
export async function withPixelRatio(page: Page, ratio: number, work: () => Promise<void>): Promise<void> {
    const size = page.viewportSize() ?? { width: 1280, height: 800 };
    await withDevTools(page, async (session) => {
        const become = (deviceScaleFactor: number, width: number): Promise<unknown> =>
            session.send('Emulation.setDeviceMetricsOverride', { ...size, width, deviceScaleFactor, mobile: false });
        // The page notices an emulated ratio only together with a new size. A real screen needs no new size.
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
