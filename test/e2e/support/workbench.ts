/** Drives one VS Code window in a browser through what a person sees: palette, quick inputs, notifications, tree, tabs. */
import type { Frame, Locator, Page } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

/** In ms. After that a person would think that something is broken. Generous, because CI runs on two shared cores. */
export const PATIENCE = 60_000;

export class Workbench {
    readonly page: Page;
    /** The complaints of the browser, newest last, as evidence for a failed test. */
    readonly complaints: string[] = [];

    constructor(page: Page) {
        this.page = page;
        const complain = (text: string): void => {
            this.complaints.push(`${new Date().toISOString()} ${text}`.slice(0, 500));
            if (this.complaints.length > 200) this.complaints.shift();
        };
        page.on('console', (message) => {
            if (message.type() === 'error' || message.type() === 'warning') complain(message.text());
        });
        page.on('pageerror', (error) => complain(error.message));
        page.on('requestfailed', (request) => complain(`${request.url()}: ${request.failure()?.errorText ?? ''}`));
        page.setDefaultTimeout(PATIENCE);
    }

    /** Loads the window and waits until its extensions are activated. */
    async open(url: string): Promise<void> {
        await this.page.goto(url);
        await this.page.locator('.monaco-workbench').waitFor();
        await this.page.locator('.activitybar [aria-label="Hush"]').first().waitFor();
    }

    /** Opens the Hush side bar. Does nothing if it is open. */
    async openSidebar(): Promise<void> {
        const title = this.page.locator('.sidebar .composite.title', { hasText: /Hush/iu }).filter({ visible: true });
        if ((await title.count()) === 0) await this.command('Hush: Focus on Sessions View');
        await title.first().waitFor();
    }

    get quickInput(): Locator {
        return this.page.locator('.quick-input-widget:visible');
    }

    /** Runs a command from the palette by its whole title, such as `Hush: Share Screen`. */
    async command(title: string): Promise<void> {
        // Retries until it works. The palette does not list a disabled command, and a toast that opens at the same time
        // closes the palette.
        const deadline = Date.now() + PATIENCE;
        for (;;) {
            try {
                await this.page.keyboard.press('Escape');
                await this.page.keyboard.press('F1');
                await this.quickInput.locator('input').fill(`>${title}`, { timeout: 2_000 });
                const row = this.quickInput.locator('.monaco-list-row', {
                    has: this.page.getByText(title, { exact: true }),
                });
                // Long enough for a busy machine: a click that was done and is taken for failed would be done twice.
                await row.first().click({ timeout: 10_000 });
                // The palette stays open if its list changed between the two halves of the click: nothing was done then.
                const input = this.quickInput.locator('input');
                await eventually(
                    async () => (await input.inputValue({ timeout: 500 }).catch(() => '')) !== `>${title}`,
                    `the palette to run "${title}"`,
                    5_000,
                );
                return;
            } catch (error) {
                if (Date.now() > deadline) throw new Error(`The palette does not offer "${title}".`, { cause: error });
            }
        }
    }

    /** Answers the quick input whose title or prompt contains `asks`. */
    async answer(asks: string | RegExp, text: string): Promise<void> {
        const box = this.page.locator('.quick-input-widget:visible', { hasText: asks });
        await box.waitFor();
        await box.locator('input').fill(text);
        await this.page.keyboard.press('Enter');
    }

    /** Returns the open quick input with this text. */
    asking(text: string | RegExp): Locator {
        return this.page.locator('.quick-input-widget:visible', { hasText: text });
    }

    /** Picks a row of the open quick pick. */
    async pick(text: string | RegExp): Promise<void> {
        const row = this.quickInput.locator('.monaco-list-row', { hasText: text }).first();
        await row.click();
    }

    notification(text: string | RegExp): Locator {
        return this.page
            .locator('.notification-toast, .notifications-center .notification-list-item', { hasText: text })
            .first();
    }

    /**
     * Returns the notification when it is readable. VS Code sometimes drops a toast that comes while another one
     * closes. The bell then has a dot, and a person opens the list. This does the same.
     */
    async seeNotification(text: string | RegExp): Promise<Locator> {
        const notification = this.notification(text);
        try {
            await notification.waitFor({ timeout: 30_000 });
        } catch {
            await this.command('Notifications: Show Notifications');
            await notification.waitFor();
        }
        return notification;
    }

    async clickNotification(text: string | RegExp, button: string): Promise<void> {
        await (await this.seeNotification(text)).getByRole('button', { name: button, exact: true }).click();
    }

    /** Closes all toasts, so that none covers the next step. */
    async clearNotifications(): Promise<void> {
        await this.command('Notifications: Clear All Notifications');
    }

    /** A row of the Hush tree. */
    row(text: string | RegExp): Locator {
        return this.page.locator('.sidebar .monaco-list-row', { hasText: text }).first();
    }

    /** Returns the whole side bar, for the text around its rows. */
    sidebar(text: string | RegExp): Locator {
        return this.page.locator('.sidebar', { hasText: text });
    }

    /** Returns the text of the visible rows of the tree, from the top. */
    async rowTexts(): Promise<string[]> {
        return this.page.locator('.sidebar .monaco-list-row').allInnerTexts();
    }

    async inlineAction(row: string | RegExp, action: string): Promise<void> {
        await this.row(row).hover();
        await this.row(row).getByRole('button', { name: action }).first().click();
    }

    /** Waits until the tooltip of a row says `says`, with the mouse on the row. */
    async tooltip(row: string | RegExp, says: string | RegExp): Promise<void> {
        await this.row(row).locator('.label-name').first().hover();
        await this.page.locator('.monaco-hover:visible', { hasText: says }).waitFor();
    }

    /** Returns the buttons that a row shows under the mouse, without their keys. */
    async inlineActions(row: string | RegExp): Promise<string[]> {
        await this.row(row).hover();
        const buttons = await this.row(row).getByRole('button').all();
        const labels = await Promise.all(buttons.map((button) => button.getAttribute('aria-label')));
        return labels.map((label) => label?.replace(/ \([^)]*\)$/u, '') ?? '');
    }

    /** Opens the menu of a row and picks an entry. */
    async menuAction(row: string | RegExp, action: string): Promise<void> {
        await this.row(row).click({ button: 'right' });
        const entry = this.page.locator('.monaco-menu').getByRole('menuitem', { name: action }).first();
        await entry.waitFor();
        // A menu ignores clicks in its first moments, so that the click that opened it picks nothing.
        const deadline = Date.now() + PATIENCE;
        while (await entry.isVisible()) {
            if (Date.now() > deadline) throw new Error(`The menu's "${action}" takes no click.`);
            await entry.click({ timeout: 2_000 }).catch(() => undefined); // closed meanwhile
        }
    }

    /** Returns a modal question. */
    dialog(text: string | RegExp): Locator {
        return this.page.locator('.monaco-dialog-box', { hasText: text });
    }

    /** Lists everything in the window except the editors, and the focused element, for a report of a failed test. */
    async onScreen(): Promise<string[]> {
        return this.page.evaluate(() => {
            const places = {
                question: '.monaco-dialog-box',
                input: '.quick-input-widget',
                notification: '.notification-toast, .notifications-center .notification-list-item',
                row: '.sidebar .monaco-list-row',
                tab: '.editor-group-container .tab',
            };
            const shown = Object.entries(places).flatMap(([place, selector]) =>
                [...document.querySelectorAll<HTMLElement>(selector)]
                    .filter((element) => element.offsetParent !== null || element.getClientRects().length > 0)
                    .map((element) => {
                        const typed = [...element.querySelectorAll('input')].map(({ value }) => `[${value}]`);
                        return `${place}: ${[element.innerText, ...typed].join(' ').replaceAll(/\s+/gu, ' ')}`;
                    }),
            );
            const focus = document.activeElement;
            return [...shown, `focus: ${focus?.tagName ?? 'nothing'} ${focus?.className ?? ''}`].map((line) =>
                line.slice(0, 300),
            );
        });
    }

    tab(title: string | RegExp): Locator {
        return this.page.locator('.editor-group-container .tab', { hasText: title }).first();
    }

    /** Returns the visible text of the open editor with this tab title, once there is some. */
    async editorText(title: string | RegExp): Promise<string> {
        await this.tab(title).waitFor();
        const lines = this.page.locator('.editor-group-container.active .view-lines .view-line');
        await lines.first().waitFor();
        // VS Code draws lines in any order, and spaces as no-break spaces.
        const drawn = await lines.evaluateAll((all) =>
            all.map((line) => ({
                top: Number.parseFloat((line as HTMLElement).style.top),
                text: line.textContent ?? '',
            })),
        );
        return drawn
            .toSorted((a, b) => a.top - b.top)
            .map(({ text }) => text.replaceAll('\u00a0', ' '))
            .join('\n');
    }

    statusBar(text: string | RegExp): Locator {
        return this.page.locator('.statusbar-item', { hasText: text }).first();
    }

    /** Returns the frame of a Hush page (`share`, `view` or `chat`) in `state`, or in any state by default. */
    async hushFrame(role: 'share' | 'view' | 'chat', state?: string | RegExp, timeout = PATIENCE): Promise<Frame> {
        return findHushFrame(() => this.page.frames(), role, state, timeout);
    }
}

/** Returns the `data-hush-*` values of a Hush page by camel-cased name, or undefined for another page. */
export function pageData(frame: Frame): Promise<Record<string, string | undefined> | undefined> {
    return frame.evaluate(() => {
        const page = document.querySelector<HTMLElement>('[data-hush-role]');
        return page ? { ...page.dataset } : undefined;
    });
}

/**
 * Polls the frames, because a webview replaces its inner document while it loads and sends no single event for that.
 */
export async function findHushFrame(
    frames: () => readonly Frame[],
    role: 'share' | 'view' | 'chat',
    state?: string | RegExp,
    timeout = PATIENCE,
): Promise<Frame> {
    let seen = '';
    return eventually(
        async () => {
            for (const frame of frames()) {
                const data = await pageData(frame).catch(() => undefined); // a frame that is being replaced
                if (data?.['hushRole'] !== role) continue;
                seen = data['hushState'] ?? '';
                if (state === undefined || (typeof state === 'string' ? seen === state : state.test(seen)))
                    return frame;
            }
            return undefined;
        },
        () => `a Hush ${role} page in state ${String(state)}; last state: "${seen}"`,
        timeout,
    );
}
