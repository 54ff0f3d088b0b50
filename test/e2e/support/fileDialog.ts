/** VS Code's own file dialog. VS Code shows it where the browser's dialog cannot reach the files. */
import type { Locator } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

/** Waits for the path that VS Code fills in a moment after it asks (it contains `proposed`), then types `path`. */
export async function fillPath(asking: Locator, proposed: string, path: string): Promise<void> {
    const field = asking.locator('input').first();
    await field.waitFor();
    await field.evaluate(
        (input, part) =>
            new Promise<void>((resolve) => {
                const look = (): void =>
                    (input as HTMLInputElement).value.includes(part) ? resolve() : void setTimeout(look, 20);
                look();
            }),
        proposed,
    );
    await field.fill(path);
    // The dialog ignores Enter while it reads another folder.
    await eventually(async () => {
        await field.press('Enter', { timeout: 1_000 }).catch(() => undefined); // it has closed
        return asking.waitFor({ state: 'hidden', timeout: 2_000 }).then(
            () => true,
            () => undefined,
        );
    }, `that the dialog takes ${path}`);
}
