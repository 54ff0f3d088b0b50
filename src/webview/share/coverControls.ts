/** What the sharer sees of a covered screen: a veil over the preview, and the buttons to hide and to show it. */
import type { Cover } from '../../core/share/mediaMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

export type CoverAction = 'pauseShare' | 'resumeShare' | 'showAnyway';

export interface CoverControls {
    readonly veil: HTMLElement;
    readonly buttons: readonly HTMLElement[];
    /** The sentence for the page's line. Undefined: the screen is not covered. */
    readonly line: string | undefined;
    /** `file`: the name of the file with secrets. */
    show(cover: Cover | null, file: string): void;
    /** The picture is held back for another reason, which covers the preview too. */
    held(held: boolean): void;
}

/** `replaces`: a card goes out in place of the screen. Else nothing goes out. */
export function createCoverControls(act: (name: CoverAction) => void, replaces: boolean): CoverControls {
    const seen = replaces ? 'a card in place of your screen' : 'nothing of your screen';
    let current: Cover | null = null;
    let named = '';
    let isHeld = false;
    const veil = h('div', { class: 'veil' });
    const label = h('span');
    const pause = h('button', { type: 'button', class: 'secondary pause' });
    const anyway = h('button', { type: 'button', class: 'secondary' }, 'Show Anyway');
    pause.addEventListener('click', () => act(current === 'paused' ? 'resumeShare' : 'pauseShare'));
    anyway.addEventListener('click', () => act('showAnyway'));
    const render = (): void => {
        const paused = current === 'paused';
        setText(label, paused ? 'Resume' : 'Pause');
        pause.replaceChildren(icon(paused ? 'play' : 'pause'), label);
        // The button goes, and a person with a keyboard must not be sent to the start of the page.
        const focused = anyway.ownerDocument.activeElement === anyway;
        setHidden(anyway, current !== 'shielded');
        if (focused && anyway.hidden) pause.focus();
        anyway.title = `Share ${named} until it is closed`;
        setText(veil, current === 'shielded' ? 'Hidden by Secret Shield' : 'Paused');
        setHidden(veil, current === null && !isHeld);
    };
    render();
    return {
        veil,
        buttons: [anyway, pause],
        get line() {
            if (current === null) return undefined;
            if (current === 'paused') return `Paused: viewers see ${seen} until you resume.`;
            return `Hidden by Secret Shield: ${named} is open in VS Code. Viewers see ${seen} until you close it.`;
        },
        show(cover, file) {
            current = cover;
            named = file;
            render();
        },
        held(held) {
            isHeld = held;
            render();
        },
    };
}
