/** VS Code's own file dialog, which it shows where the browser's would not reach the files. */
import type { Locator } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

/** VS Code fills in a path of its own, with `proposed` in it, a moment after it asks. */
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
    // The dialog takes no Enter while it reads another folder.
    await eventually(async () => {
        await field.press('Enter', { timeout: 1_000 }).catch(() => undefined); // it has closed
        return asking.waitFor({ state: 'hidden', timeout: 2_000 }).then(
            () => true,
            () => undefined,
        );
    }, `that the dialog takes ${path}`);
}
