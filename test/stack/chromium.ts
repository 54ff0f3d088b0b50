import { chromium, type Browser } from 'playwright-core';
import { startDisplay, type Display } from './display.ts';
import { ensureChromium } from './install/browsers.ts';
import { onShutdown } from './processes.ts';
import { silentProgress, type Progress } from './progress.ts';

/**
 * Who answers getDisplayMedia's picker. Measured with Chromium 156, 1280x720, 30 fps asked for:
 * - `{ tab: 'Editor' }` picks the first tab whose title contains the text, at the full 30 frames a second even
 *   while that tab is in the background. Works headless and with a window.
 * - `this-tab` accepts the page's own tab, and only for a request with `preferCurrentTab: true`.
 * - `screen` picks the whole display, so it needs one: headless Chromium has none, and gets an Xvfb here.
 * - `ask` shows the picker, which headless Chromium answers never: for windows in front of a person.
 * - `refuse` refuses a request with `preferCurrentTab: true`.
 * Never `--use-fake-ui-for-media-stream`: with it every variant fails with "Could not start video source".
 */
export type Capture = 'ask' | 'screen' | 'this-tab' | 'refuse' | { readonly tab: string };

export interface ChromiumOptions {
    readonly progress?: Progress;
    /** Default true. */
    readonly headless?: boolean;
    /** Default `ask`. */
    readonly capture?: Capture;
    /** `loopback` (default) lets the browser reach this machine only; `any` is for servers elsewhere. */
    readonly network?: 'loopback' | 'any';
    readonly args?: readonly string[];
}

/** Chromium must load nothing by itself, because tests look at its traffic. */
const STILL = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-sync',
    '--disable-default-apps',
    '--metrics-recording-only',
    '--no-first-run',
    '--no-default-browser-check',
    '--no-pings',
    '--disable-features=OptimizationHints,MediaRouter,Translate,CertificateTransparencyComponentUpdater',
    // Background windows keep their frame rate, because only one window of a test can be in front.
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
];

/** Starts a Chromium that ends with this process. Rejects with one sentence if there is none. */
export async function launchChromium(options: ChromiumOptions = {}): Promise<Browser> {
    const { headless = true, capture = 'ask', network = 'loopback', progress = silentProgress } = options;
    const { path } = await ensureChromium(progress);
    const display = headless && capture === 'screen' ? await startDisplay(progress) : undefined;
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // Chromium refuses to sandbox as root
    // Browsers hide their addresses from each other behind .local names (mDNS). Without mDNS, no peer finds the other,
    // so turn that off.
    const nowhere =
        network === 'any'
            ? []
            : [
                  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE *.local',
              ];
    try {
        const browser = await chromium.launch({
            executablePath: path,
            headless: headless && display === undefined,
            // The shutdown of this process closes it with everything else.
            handleSIGINT: false,
            handleSIGTERM: false,
            handleSIGHUP: false,
            args: [...STILL, ...sandbox, ...nowhere, ...captureFlags(capture), ...(options.args ?? [])],
            ...(display === undefined ? {} : { env: { ...definedEnv(), DISPLAY: display.name } }),
        });
        return closeTogether(browser, display);
    } catch (error) {
        await display?.stop();
        throw error;
    }
}

function closeTogether(browser: Browser, display: Display | undefined): Browser {
    const forget = onShutdown(() => browser.close());
    browser.on('disconnected', () => {
        forget();
        void display?.stop();
    });
    return browser;
}

function captureFlags(capture: Capture): string[] {
    if (typeof capture === 'object') return [`--auto-select-tab-capture-source-by-title=${capture.tab}`];
    switch (capture) {
        case 'ask':
            return [];
        case 'screen':
            return ['--auto-select-desktop-capture-source=Entire screen'];
        case 'this-tab':
            return ['--auto-accept-this-tab-capture'];
        case 'refuse':
            return ['--auto-reject-this-tab-capture'];
    }
}

function definedEnv(): Record<string, string> {
    return Object.fromEntries(
        Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
}
