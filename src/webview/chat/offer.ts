/** A line above the field that offers to do more with what was pasted. Nobody has to answer it. */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface Offer {
    readonly element: HTMLElement;
    /** Replaces the offer before it. */
    make(words: string, action: string, run: () => void): void;
    take(): void;
}

export function createOffer(): Offer {
    const words = h('span', {});
    const accept = h('button', { type: 'button', class: 'link' });
    const leave = h('button', { type: 'button', title: 'Dismiss', 'aria-label': 'Dismiss' }, icon('close'));
    const element = h('div', { class: 'about offer', role: 'status', hidden: true }, words, accept, leave);
    let run: (() => void) | undefined;
    const take = (): void => {
        run = undefined;
        setHidden(element, true);
    };
    accept.addEventListener('click', () => {
        const accepted = run;
        take();
        accepted?.();
    });
    leave.addEventListener('click', take);
    return {
        element,
        make(what, action, then) {
            run = then;
            setText(words, what);
            setText(accept, action);
            setHidden(element, false);
        },
        take,
    };
}
