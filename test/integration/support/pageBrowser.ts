/** Chromium for the page tests, with a tab that has a moving picture to share. */
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const SOURCE_TITLE = 'Hush test source';

/** Text and a counter. With `moving` it changes many times a second, else once in a while. */
const source = (moving: boolean): string => `<!DOCTYPE html><title>${SOURCE_TITLE}</title>
<body style="margin:0;background:#fff;font:16px monospace"><h1 id="n">0</h1><pre id="t"></pre><script>
t.textContent = Array.from({length: 60}, (_, i) => 'const line' + i + ' = compute(' + i * 7919 + ');').join('\\n');
let i = 0; ${moving ? 'setInterval(() => { n.textContent = String(++i) }, 50);' : ''}</script>`;

export interface PageBrowser {
    readonly context: BrowserContext;
    readonly browser: Browser;
    newPage(size?: { width: number; height: number }): Promise<Page>;
    /** Opens the tab that getDisplayMedia picks. */
    openSource(moving?: boolean): Promise<Page>;
    close(): Promise<void>;
}

/** `pick`: the automatic answer of the browser's picker. `scale`: device pixels per CSS pixel of the screen. */
export async function launchPageBrowser(
    pick: 'source' | 'cancel' = 'source',
    colorScheme: 'light' | 'dark' = 'light',
    scale = 1,
): Promise<PageBrowser> {
    const browser = await chromium.launch({
        executablePath: process.env['HUSH_CHROMIUM'] ?? '/usr/bin/chromium',
        headless: true,
        args: [
            '--no-sandbox',
            '--disable-background-networking',
            '--disable-component-update',
            '--disable-sync',
            '--no-first-run',
            '--disable-quic',
            '--disable-background-timer-throttling',
            '--disable-renderer-backgrounding',
            '--disable-backgrounding-occluded-windows',
            `--force-device-scale-factor=${scale}`,
            ...(pick === 'source'
                ? [`--auto-select-tab-capture-source-by-title=${SOURCE_TITLE}`]
                : ['--use-fake-ui-for-media-stream=deny']),
        ],
    });
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, colorScheme });
    return {
        browser,
        context,
        async newPage(size) {
            const page = await context.newPage();
            if (size) await page.setViewportSize(size);
            return page;
        },
        async openSource(moving = true) {
            const page = await context.newPage();
            await page.setContent(source(moving));
            return page;
        },
        close: () => browser.close(),
    };
}
