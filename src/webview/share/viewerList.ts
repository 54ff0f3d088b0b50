/** Who watches, with what may be decided for each of them. */
import type { Viewer } from '../../core/share/mediaMessages.ts';
import { deviceLabel } from '../../core/trust/trustWords.ts';
import { h, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { viewerCountWords } from '../ui/words.ts';

export interface ViewerList {
    readonly element: HTMLElement;
    show(viewers: readonly Viewer[]): void;
    /** Adds this button to each viewer from now on. */
    button(of: (viewer: Viewer) => HTMLElement): void;
}

export function createViewerList(): ViewerList {
    const count = h('h2');
    const list = h('ul', { class: 'people' });
    let buttonOf: ((viewer: Viewer) => HTMLElement) | undefined;
    return {
        element: h(
            'section',
            { class: 'watching', 'aria-label': 'Viewers' },
            h('div', { class: 'count' }, icon('people'), count),
            list,
        ),
        show(viewers) {
            setText(count, viewerCountWords(new Set(viewers.map((v) => v.userId)).size));
            list.replaceChildren(
                ...viewers.map((v) =>
                    h(
                        'li',
                        { title: `${v.userId}, device ${v.deviceId}` },
                        deviceLabel(v.name, v.deviceName),
                        ...(buttonOf ? [buttonOf(v)] : []),
                    ),
                ),
            );
        },
        button(of) {
            buttonOf = of;
        },
    };
}
