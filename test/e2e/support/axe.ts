/** Runs axe-core in the pages of Hush in a real window, in every look of VS Code. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';
import type { Person } from './person.ts';

/** Themes of VS Code, by what they are. */
const LOOKS = {
    light: { theme: 'Light 2026', body: 'vscode-light' },
    dark: { theme: 'Dark 2026', body: 'vscode-dark' },
    'high-contrast-dark': { theme: 'Default High Contrast', body: 'vscode-high-contrast' },
    'high-contrast-light': { theme: 'Default High Contrast Light', body: 'vscode-high-contrast-light' },
} as const;
export type Look = keyof typeof LOOKS;
export const looks = Object.keys(LOOKS) as Look[];

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.x, levels A and AA, and rules that make a page easy to navigate. */
const RULES: axe.RunOptions = {
    runOnly: {
        type: 'tag',
        values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
    },
    resultTypes: ['violations'],
};

/** Returns each violation as one line: rule, severity, place, and reason. */
export async function violationsIn(frame: Frame, rules: axe.RuleObject = {}): Promise<string[]> {
    await frame.evaluate(await source);
    return frame.evaluate(
        async (options) => {
            const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, options);
            return violations.flatMap(({ id, impact, nodes }) =>
                nodes.map(
                    ({ html, failureSummary = '' }) =>
                        `${id} (${impact ?? ''}): ${html.slice(0, 160)} ${failureSummary.replaceAll(/\s+/gu, ' ')}`,
                ),
            );
        },
        { ...RULES, rules },
    );
}

/** The frames of ours that can be seen: those that have a page of Hush in them, in this order. */
async function framesOfOurs(page: Page): Promise<Frame[]> {
    const ours: Frame[] = [];
    for (const frame of page.frames()) {
        const is = await frame
            .evaluate(
                () =>
                    innerWidth > 0 &&
                    document.visibilityState === 'visible' &&
                    document.querySelector('[data-hush-role], main.sheet, .imageTab') !== null,
            )
            .catch(() => false); // a frame that is being replaced
        const element = is && (await frame.frameElement().catch(() => undefined));
        if (element && (frame.parentFrame() === page.mainFrame() || (await element.isVisible()))) ours.push(frame);
        else if (is && frame === page.mainFrame()) ours.push(frame);
    }
    return ours;
}

/** Gives the window another look; see {@link untilLook}. */
export function setLook({ server }: Person, look: Look): Promise<void> {
    return server.changeSettings({ 'workbench.colorTheme': LOOKS[look].theme });
}

/** Looks from outside, because a page without scripts has no timers. */
export async function untilLook(frame: Frame, look: Look): Promise<void> {
    const { theme, body } = LOOKS[look];
    await eventually(
        () =>
            frame.evaluate(
                ([kind, name]) =>
                    document.body.classList.contains(kind) && document.body.dataset['vscodeThemeId'] === name,
                [body, theme] as const,
            ),
        `the look ${look}`,
    );
}

/** For a page without scripts, where axe cannot run: checks a copy of its document in another page. */
export async function violationsInCopy(frame: Frame): Promise<string[]> {
    const html = await frame.evaluate(() =>
        document.documentElement.outerHTML.replaceAll(/<meta http-equiv[^>]*>/gu, ''),
    );
    const page = await frame.page().context().newPage();
    try {
        await page.setContent(html);
        // The copy has no style sheet, because only the webview can load it. So its colours mean nothing.
        return await violationsIn(page.mainFrame(), { 'color-contrast': { enabled: false } });
    } finally {
        await page.close();
    }
}

/**
 * Returns the front page of Hush that contains `selector`. VS Code creates some pages again each time they are shown.
 */
export function frontFrame(page: Page, selector: string): Promise<Frame> {
    return eventually(async () => {
        for (const frame of await framesOfOurs(page))
            if (
                (await frame
                    .locator(selector)
                    .count()
                    .catch(() => 0)) > 0
            )
                return frame;
        return undefined;
    }, `a page with ${selector} in front`);
}
