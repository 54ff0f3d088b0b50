/** Pasted or dropped files wait above the field until the person sends them, so that nothing is sent by mistake. */
import { MAX_PASTED, MAX_PASTED_FILES } from '../../core/chat/chatPageMessages.ts';
import { timeInName } from '../../core/base/timeInName.ts';
import { h, setHidden } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface Tray {
    readonly element: HTMLElement;
    readonly files: readonly File[];
    /** Replaces the files without an event. */
    put(files: readonly File[]): void;
    add(files: Iterable<File>): void;
    /** Returns the files and removes them. */
    take(): readonly File[];
}
export interface TrayActions {
    changed(): void;
    /** Shows a sentence about a file that was not accepted. */
    refuse(text: string): void;
}

const SHOWN = /^image\/(?:png|jpeg|gif|webp)$/u;

export function createTray({ changed, refuse }: TrayActions): Tray {
    let held: { readonly file: File; readonly element: HTMLElement; readonly url: string | undefined }[] = [];
    const element = h('div', { class: 'tray', role: 'group', 'aria-label': 'Files to send', hidden: true });
    const set = (next: typeof held): void => {
        for (const item of held) if (!next.includes(item) && item.url !== undefined) URL.revokeObjectURL(item.url);
        held = next;
        element.replaceChildren(...held.map((item) => item.element));
        setHidden(element, held.length === 0);
    };
    const change = (next: typeof held): void => {
        set(next);
        changed();
    };
    const hold = (file: File): (typeof held)[number] => {
        const url = SHOWN.test(file.type) ? URL.createObjectURL(file) : undefined;
        const leave = h(
            'button',
            { type: 'button', title: 'Remove', 'aria-label': `Remove ${file.name}` },
            icon('close'),
        );
        const what = url === undefined ? h('bdi', {}, file.name) : h('img', { src: url, alt: file.name });
        const item = { file, url, element: h('div', { class: 'held', title: file.name }, what, leave) };
        leave.addEventListener('click', () => change(held.filter((other) => other !== item)));
        return item;
    };
    return {
        element,
        get files() {
            return held.map((item) => item.file);
        },
        put: (files) => set(files.map(hold)),
        add(files) {
            const next = [...held];
            for (const file of files) {
                if (next.length >= MAX_PASTED_FILES) refuse(`At most ${MAX_PASTED_FILES} files at once.`);
                else if (file.size > MAX_PASTED)
                    refuse(
                        `${file.name} is too large to be dropped here. Use the paper clip, or "Hush: Send File to Hush Session…".`,
                    );
                else if (file.size === 0) refuse(`${file.name} is empty, or a folder.`);
                else next.push(hold(file));
            }
            change(next);
        },
        take() {
            const taken = held.map((item) => item.file);
            change([]);
            return taken;
        },
    };
}

/** Gives a clipboard picture its own name, because the browser always uses the same one. `now`: ms since the epoch. */
export function nameOf({ name }: Pick<File, 'name'>, now: number): string {
    return name !== '' && name !== 'image.png' ? name : `image ${timeInName(new Date(now))}.png`;
}
