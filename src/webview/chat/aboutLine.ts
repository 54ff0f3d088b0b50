/** The line above the text field that says what the text is: a reply or an edit. */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export interface AboutLine {
    readonly element: HTMLElement;
    readonly text: string;
    /** Empty: hides the line. */
    show(text: string): void;
}

/** `leave`: the person no longer wants to reply or edit. */
export function createAboutLine(leave: () => void): AboutLine {
    const what = h('bdi', {});
    const button = h('button', { type: 'button', title: 'Leave (Escape)', 'aria-label': 'Leave' }, icon('close'));
    const element = h('div', { class: 'about', hidden: true }, what, button);
    button.addEventListener('click', leave);
    return {
        element,
        get text() {
            return what.textContent ?? '';
        },
        show(text) {
            setText(what, text);
            setHidden(element, text === '');
        },
    };
}
