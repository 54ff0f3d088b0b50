/** Counts what a flow costs a person: clicks, and questions that stay in the window until they are answered. */
import type { Locator } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';
import type { Workbench } from './workbench.ts';

interface SeenWindow {
    hushQuestions?: string[];
}

export class Effort {
    readonly clicks: string[] = [];
    readonly #workbench: Workbench;

    private constructor(workbench: Workbench) {
        this.#workbench = workbench;
    }

    /** Starts to watch the window for questions. Counts one that is open already. */
    static async begin(workbench: Workbench): Promise<Effort> {
        await workbench.page.evaluate(watchQuestions);
        return new Effort(workbench);
    }

    async click(what: string, target: Locator): Promise<void> {
        await target.click();
        this.clicks.push(what);
    }

    /** Counts a click outside of this window. */
    elsewhere(what: string): void {
        this.clicks.push(what);
    }

    /** Returns every question that the window showed, in order, from Hush or from VS Code. */
    async questions(): Promise<readonly string[]> {
        return this.#workbench.page.evaluate(() => (window as unknown as SeenWindow).hushQuestions ?? []);
    }

    /** Answers the question by keyboard. */
    async answer(asks: string | RegExp, text?: string): Promise<void> {
        const box = this.#workbench.asking(asks);
        await box.waitFor();
        if (text !== undefined) {
            await box.locator('input').fill(text);
            // The rows of a list follow the typed text.
            const rows = box.locator('.monaco-list-row', { hasText: text });
            if (await box.locator('.monaco-list-row').first().isVisible()) await rows.first().waitFor();
        }
        await this.#workbench.page.keyboard.press('Enter');
    }

    async report(who: string, picker: number): Promise<string> {
        const questions = await this.questions();
        const lines = [
            `${who}: ${this.clicks.length} clicks, ${picker} in the picker, ${questions.length} questions`,
            `  clicks: ${this.clicks.join('; ')}`,
            `  questions: ${questions.join('; ')}`,
        ];
        return lines.map((line) => `      ${line}`).join('\n');
    }
}

/** The system passes a link to VS Code, as after a click in a browser, a mail or a chat. */
export async function openLink(workbench: Workbench, link: string): Promise<void> {
    await workbench.command('Developer: Open URL');
    await workbench.answer(/URL/u, link);
}

/** VS Code’s own question before it passes a link to an extension. */
export async function allowLink(workbench: Workbench): Promise<Locator> {
    const question = workbench.dialog(/Hush/u);
    await question.waitFor();
    return question.getByRole('button', { name: 'Open', exact: true });
}

export async function clipboardHas(workbench: Workbench, looks: RegExp): Promise<string> {
    const read = (): Promise<string> => workbench.page.evaluate(() => navigator.clipboard.readText());
    return eventually(
        async () => {
            const text = await read();
            return looks.test(text) && text;
        },
        async () => `a clipboard like ${looks.source}, not ${await read()}`,
    );
}

/** Runs in the page: records the title of each modal dialog, box and list that opens. */
function watchQuestions(): void {
    const seen: string[] = [];
    (window as unknown as { hushQuestions?: string[] }).hushQuestions = seen;
    let last = '';
    const shown = (element: HTMLElement | null): element is HTMLElement =>
        element !== null && element.getClientRects().length > 0;
    const now = (): string => {
        const dialog = document.querySelector<HTMLElement>('.monaco-dialog-box');
        if (shown(dialog)) return dialog.querySelector<HTMLElement>('.dialog-message')?.innerText ?? dialog.innerText;
        const box = document.querySelector<HTMLElement>('.quick-input-widget');
        if (!shown(box)) return '';
        const title = box.querySelector<HTMLElement>('.quick-input-title')?.innerText.trim() ?? '';
        const input = box.querySelector<HTMLInputElement>('input[type="text"], input[type="password"]');
        // A box that is just opening has no text yet.
        if (title === '' && (input?.placeholder ?? '') === '') return '';
        return `${title} [${input?.type === 'password' ? 'password' : (input?.placeholder ?? '')}]`;
    };
    const look = (): void => {
        const question = now();
        if (question === last) return;
        last = question;
        if (question !== '') seen.push(question.replaceAll(/\s+/gu, ' ').slice(0, 120));
    };
    new MutationObserver(look).observe(document.body, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
    });
    look();
}
