/** Covers the stage while there is no picture: the reason, and buttons for the next step. */
import { h, setHidden, setText } from '../ui/dom.ts';
import type { StateWords, NextStep, WayAction } from '../ui/words.ts';

export interface Overlay {
    readonly element: HTMLElement;
    /** Hidden if there is no headline. `explanation` replaces the one in `words`. */
    show(words: StateWords, explanation: string): void;
}

export function createOverlay(act: (action: WayAction) => void): Overlay {
    const headline = h('h2');
    const explanation = h('p');
    const ways = h('div', { class: 'ways' });
    const element = h('div', { class: 'overlay' }, headline, explanation, ways);
    let drawn = '';
    const button = ({ label, action }: NextStep, kind: string): HTMLElement => {
        const made = h('button', { type: 'button', class: kind }, label);
        made.addEventListener('click', () => act(action));
        return made;
    };
    return {
        element,
        show(words, text) {
            setHidden(element, words.headline === undefined);
            setText(headline, words.headline ?? '');
            setText(explanation, text || (words.explanation ?? ''));
            setHidden(explanation, explanation.textContent === '');
            const all = words.way ? [words.way, ...(words.more ?? [])] : [];
            const look = JSON.stringify(all);
            if (look === drawn) return; // a replaced button would lose the focus
            drawn = look;
            const had = ways.contains(document.activeElement);
            ways.replaceChildren(...all.map((way, i) => button(way, i === 0 ? 'primary' : 'secondary')));
            if (had) ways.querySelector('button')?.focus();
        },
    };
}
