/** The line that tells about a problem for some seconds, or until a click. */
import { h, setHidden, setText } from '../ui/dom.ts';

const SHOWN_MS = 8_000;

export function createProblemLine(): { readonly element: HTMLElement; tell(text: string): void } {
    const element = h('div', { class: 'problem', role: 'alert', hidden: true });
    let hide: ReturnType<typeof setTimeout> | undefined;
    element.addEventListener('click', () => setHidden(element, true));
    return {
        element,
        tell(text) {
            setText(element, text);
            setHidden(element, false);
            clearTimeout(hide);
            hide = setTimeout(() => setHidden(element, true), SHOWN_MS);
        },
    };
}
