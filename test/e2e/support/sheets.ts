/** Finds sheets (who can see this, verification, recovery) by their heading, as a person does. */
import type { Frame } from 'playwright-core';
import { eventually } from '../../stack/eventually.ts';
import type { Workbench } from './workbench.ts';

/** Returns the frame of the sheet with this heading, once it also contains `text`. */
export async function sheet(workbench: Workbench, heading: RegExp, text?: RegExp): Promise<Frame> {
    let seen = '';
    // A webview's inner document is replaced while it loads, which no single event covers.
    return eventually(
        async () => {
            for (const frame of workbench.page.frames()) {
                const said = await frame
                    .evaluate(() => {
                        const main = document.querySelector<HTMLElement>('main.sheet');
                        return main
                            ? { title: main.querySelector('h1')?.textContent ?? '', all: main.innerText }
                            : undefined;
                    })
                    .catch(() => undefined); // a frame that is being replaced
                if (!said) continue;
                seen = said.all;
                if (heading.test(said.title) && (text === undefined || text.test(said.all))) return frame;
            }
            return undefined;
        },
        () => `a sheet "${heading.source}" ${text?.source ?? ''}; last: ${seen}`,
    );
}

export function press(frame: Frame, button: string): Promise<void> {
    return frame.getByRole('button', { name: button }).click();
}
