/** Reads the list of the palette in a real window. */
import type { Person } from './person.ts';

/** Every Hush command that the palette lists, sorted. */
export async function offered({ workbench }: Person): Promise<string[]> {
    const { page } = workbench;
    await page.keyboard.press('Escape');
    // What is open may still be on its way out, and would be taken for the palette.
    await workbench.quickInput.waitFor({ state: 'hidden' });
    // The list draws what fits, two fifths of the window: all of it must.
    const size = page.viewportSize();
    await page.setViewportSize({ width: 1280, height: 2_400 });
    await page.keyboard.press('F1');
    await workbench.quickInput.locator('input').fill('>Hush: ');
    const rows = workbench.quickInput.locator('.monaco-list-row');
    await rows.filter({ hasText: 'Hush: Show Log' }).waitFor();
    const labels = await rows.evaluateAll((all) =>
        all.map((row) => row.querySelector('.label-name')?.textContent ?? ''),
    );
    await page.keyboard.press('Escape');
    if (size) await page.setViewportSize(size);
    return [...new Set(labels.filter((label) => label.startsWith('Hush: ') && !label.endsWith('View')))].toSorted();
}
