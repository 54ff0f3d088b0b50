/**
 * A button with a menu, as the ARIA Authoring Practices describe it. The focus goes into the menu. Arrows, Home, End
 * and first letters move it. Escape and Tab close the menu, and the focus returns to the button.
 */
import { isComposing } from './composing.ts';
import { h } from './dom.ts';
import { icon, type IconName } from './icons.ts';

interface MenuItem {
    readonly label: string;
    /** Shown instead of the label. A screen reader still reads the label. */
    readonly face?: string;
    readonly icon?: IconName;
    /** The shortcut key of the entry. */
    readonly hint?: string;
    /** For an entry that is on or off. */
    readonly checked?: boolean;
    run(): void;
}

export interface Menu {
    readonly isOpen: boolean;
    close(): void;
}

interface Options {
    readonly label: string;
    /** Called each time the menu opens. */
    readonly items: () => readonly MenuItem[];
    /** Decides which arrow keys move in the menu. */
    readonly orientation: 'vertical' | 'horizontal';
}

/** The menu becomes the next sibling of `button`. Its parent places it. */
export function addMenu(button: HTMLButtonElement, { label, items, orientation }: Options): Menu {
    let menu: HTMLElement | undefined;
    button.setAttribute('aria-haspopup', 'menu');
    button.setAttribute('aria-expanded', 'false');

    const close = (returnFocus = false): void => {
        if (!menu) return;
        const closing = menu;
        menu = undefined;
        button.setAttribute('aria-expanded', 'false');
        document.removeEventListener('pointerdown', outside, true);
        window.removeEventListener('blur', closeOnBlur);
        // Move the focus before the menu goes. Some buttons (the tools of a message) show only while they have the
        // focus.
        if (returnFocus || closing.contains(document.activeElement)) button.focus();
        closing.remove();
    };
    const closeOnBlur = (): void => close();
    const outside = (event: Event): void => {
        if (event.target instanceof Node && !menu?.contains(event.target) && !button.contains(event.target)) close();
    };
    const rows = (): HTMLElement[] => [...(menu?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];
    const focusAt = (index: number): void => {
        const all = rows();
        const next = all[(index + all.length) % all.length];
        for (const row of all) row.tabIndex = row === next ? 0 : -1;
        next?.focus();
    };
    const open = (at: 0 | -1): void => {
        menu = h('div', {
            class: `menu ${orientation}`,
            role: 'menu',
            'aria-label': label,
            'aria-orientation': orientation,
        });
        menu.append(
            ...items().map((item) =>
                rowOf(item, () => {
                    close(true);
                    item.run();
                }),
            ),
        );
        menu.addEventListener('keydown', onKey);
        menu.addEventListener('focusout', (event) => {
            if (menu && event.relatedTarget instanceof Node && !menu.contains(event.relatedTarget)) close();
        });
        button.after(menu);
        button.setAttribute('aria-expanded', 'true');
        document.addEventListener('pointerdown', outside, true);
        window.addEventListener('blur', closeOnBlur); // a click in another frame sends no event here
        focusAt(at);
    };
    const onKey = (event: KeyboardEvent): void => {
        if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
        const at = rows().indexOf(document.activeElement as HTMLElement);
        const [back, on] = orientation === 'vertical' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight'];
        if (event.key === on) focusAt(at + 1);
        else if (event.key === back) focusAt(at - 1);
        else if (event.key === 'Home') focusAt(0);
        else if (event.key === 'End') focusAt(-1);
        else if (event.key === 'Escape') close(true);
        else if (event.key === 'Tab') {
            close(true); // the browser then moves on from the button
            return;
        } else if (event.key.length === 1 && event.key !== ' ') {
            const all = rows();
            const starts = (row: HTMLElement | undefined): boolean =>
                (row?.getAttribute('aria-label') ?? row?.textContent ?? '')
                    .toLowerCase()
                    .startsWith(event.key.toLowerCase());
            const found = all.findIndex((_, i) => starts(all[(at + 1 + i) % all.length]));
            if (found >= 0) focusAt((at + 1 + found) % all.length);
        } else if (event.key !== 'Enter' && event.key !== ' ' && !event.key.startsWith('Arrow')) return;
        // Elements below the menu must not get its keys. Enter and Space click the button.
        event.stopPropagation();
        if (event.key !== 'Enter' && event.key !== ' ') event.preventDefault();
    };
    button.addEventListener('click', () => (menu ? close(true) : open(0)));
    button.addEventListener('keydown', (event) => {
        if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
        event.preventDefault();
        event.stopPropagation();
        if (!menu) open(event.key === 'ArrowDown' ? 0 : -1);
    });
    return {
        get isOpen() {
            return menu !== undefined;
        },
        close,
    };
}

function rowOf({ label, face, icon: name, hint, checked }: MenuItem, chosen: () => void): HTMLElement {
    const row = h(
        'button',
        {
            type: 'button',
            class: 'menuItem',
            role: checked === undefined ? 'menuitem' : 'menuitemcheckbox',
            'aria-checked': checked === undefined ? undefined : String(checked),
            'aria-label': label,
            title: face === undefined ? undefined : label,
            tabindex: '-1',
        },
        ...(name ? [icon(name)] : []),
        h('span', { class: 'menuLabel' }, face ?? label),
        ...(hint === undefined ? [] : [h('span', { class: 'menuHint', 'data-hint': hint, 'aria-hidden': 'true' })]),
    );
    row.addEventListener('click', chosen);
    return row;
}
