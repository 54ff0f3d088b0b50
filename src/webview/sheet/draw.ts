/** Draws a sheet. The focus stays on its button, and a screen reader announces a new status line. */
import type { Sheet, SheetBlock, SheetButton } from '../../core/page/sheet.ts';
import { h, setText } from '../ui/dom.ts';
import { shield, warning } from '../ui/codicons.ts';
import { drawIcon, type IconShape } from '../ui/iconShape.ts';

const ICONS: Readonly<Record<Sheet['tone'], IconShape>> = {
    plain: shield,
    good: shield,
    warn: warning,
    bad: warning,
};

export function drawSheet(root: HTMLElement, sheet: Sheet, press: (id: string) => void): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset['press'];
    let main = root.querySelector<HTMLElement>('main.sheet');
    let status = root.querySelector<HTMLElement>('.sheet-status');
    if (!main || !status) {
        main = h('main', { class: 'sheet' });
        status = h('p', { class: 'sheet-status', role: 'status', 'aria-live': 'polite' });
        root.replaceChildren(main, status);
    }
    document.title = sheet.title;
    root.dataset['hushRole'] = 'sheet';
    root.dataset['tone'] = sheet.tone;
    const button = (b: SheetButton): HTMLButtonElement => {
        const element = h('button', { type: 'button', class: b.primary ? 'primary' : 'secondary' }, b.label);
        element.dataset['press'] = b.id;
        element.addEventListener('click', () => press(b.id));
        return element;
    };
    main.replaceChildren(
        h('h1', {}, drawIcon(ICONS[sheet.tone]), h('span', {}, sheet.title)),
        h('p', { class: 'lead' }, sheet.lead),
        ...sheet.blocks.map((block) => drawBlock(block, button)),
        ...(sheet.buttons.length > 0 ? [h('div', { class: 'sheet-buttons' }, ...sheet.buttons.map(button))] : []),
    );
    setText(status, sheet.status);
    if (focused !== undefined)
        [...main.querySelectorAll<HTMLButtonElement>('button')].find((b) => b.dataset['press'] === focused)?.focus();
}

function drawBlock(block: SheetBlock, button: (b: SheetButton) => HTMLButtonElement): HTMLElement {
    switch (block.kind) {
        case 'text':
            return h('p', {}, block.text);
        case 'facts':
            return h(
                'dl',
                { class: 'facts' },
                ...block.rows.flatMap(({ name, value }) => [h('dt', {}, name), h('dd', {}, value)]),
            );
        case 'list':
            return h(
                'section',
                { class: 'devices' },
                h('h2', {}, block.heading),
                ...(block.note === '' ? [] : [h('p', { class: 'note' }, block.note)]),
                h(
                    'ul',
                    {},
                    ...block.rows.map((row) =>
                        h(
                            'li',
                            { 'data-row': row.id },
                            h(
                                'div',
                                { class: 'who' },
                                h('span', { class: 'name' }, row.title),
                                h('span', { class: 'detail' }, row.detail),
                            ),
                            h('span', { class: 'chip', 'data-tone': row.tone }, row.badge),
                            ...(row.buttons.length > 0
                                ? [h('div', { class: 'sheet-buttons' }, ...row.buttons.map(button))]
                                : []),
                        ),
                    ),
                ),
            );
        case 'emoji':
            return h(
                'ol',
                { class: 'emoji', 'aria-label': 'Emoji to compare, in order' },
                ...block.items.map(({ symbol, name }) =>
                    h(
                        'li',
                        {},
                        h('span', { class: 'symbol', 'aria-hidden': 'true' }, symbol),
                        h('span', { class: 'name' }, name),
                    ),
                ),
            );
        case 'secret':
            return h(
                'figure',
                { class: 'secret' },
                h('figcaption', {}, block.label),
                h('code', { tabindex: '0' }, block.value),
            );
    }
}
