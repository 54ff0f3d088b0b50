/** Moves through the conversation of the chat. */
import type { Frame, Page } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';

/** Scrolls as far as possible, and further as more loads, until the message is there. */
export function scrolled(frame: Frame, way: 'up' | 'down', text: string): Promise<void> {
    return frame.locator('.scroller').evaluate(
        (scroller, [to, wanted]) =>
            new Promise<void>((resolve) => {
                const go = (): void => {
                    const there = [...scroller.querySelectorAll('.message.sent')];
                    if (there.some((element) => element.textContent?.includes(wanted))) return resolve();
                    scroller.scrollTop = to === 'up' ? 0 : scroller.scrollHeight;
                    requestAnimationFrame(go);
                };
                go();
            }),
        [way, text] as const,
    );
}

/**
 * VS Code in a browser stores data a moment later, and not at all if the page reloads before that. `text`: for a key,
 * `=` and its value. `kept`: false waits until it is gone.
 */
export async function untilKept(page: Page, text: string, kept = true): Promise<void> {
    const holds = async (wanted: string): Promise<boolean> => {
        const done = <T>(request: IDBRequest<T>): Promise<T> =>
            new Promise((resolve, reject) => {
                request.onsuccess = () => resolve(request.result);
                request.onerror = () => reject(new Error(String(request.error)));
            });
        for (const { name = '' } of await indexedDB.databases()) {
            const db = await done(indexedDB.open(name));
            try {
                if (![...db.objectStoreNames].includes('ItemTable')) continue;
                const items = db.transaction('ItemTable').objectStore('ItemTable');
                const [keys, values] = await Promise.all([done(items.getAllKeys()), done(items.getAll())]);
                if (keys.some((key, i) => `${String(key)}=${String(values[i])}`.includes(wanted))) return true;
            } finally {
                db.close();
            }
        }
        return false;
    };
    await eventually(
        async () => (await page.evaluate(holds, text)) === kept,
        `"${text}" ${kept ? 'in' : 'out of'} the storage`,
    );
}
