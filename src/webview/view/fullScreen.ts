/**
 * The picture on the whole screen; or, where the page may not fill it (VS Code's webviews on the desktop), in the whole tab,
 * which the host makes as large as it can. The way back is shown whenever the pointer or the keyboard is used.
 */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

/** ms that the way back stays in view. */
const HINT_MS = 4_000;

export interface FullScreen {
    /** Lies over the stage. */
    readonly element: HTMLElement;
    readonly active: boolean;
    toggle(): void;
    leave(): void;
}

/** `maximise` toggles that the tab is as large as the window. */
export function createFullScreen(
    root: HTMLElement,
    maximise: () => void,
    changed: (active: boolean) => void,
): FullScreen {
    const text = h('span');
    const back = h('button', { type: 'button', class: 'secondary' }, icon('leaveFullScreen'), 'Exit Full Screen');
    const element = h('div', { class: 'wayBack', role: 'status', hidden: true }, text, back);
    let mode: 'off' | 'screen' | 'tab' = 'off';
    /** px; of the tab before it was maximised. */
    let widthBefore = 0;
    let hideAt: ReturnType<typeof setTimeout> | undefined;

    const showWayBack = (): void => {
        clearTimeout(hideAt);
        setHidden(element, mode === 'off');
        if (mode === 'off') return;
        hideAt = setTimeout(() => setHidden(element, !element.contains(document.activeElement)), HINT_MS);
    };
    const become = (next: typeof mode): void => {
        if (mode === next) return;
        mode = next;
        root.dataset['hushFull'] = mode;
        setText(
            text,
            mode === 'screen'
                ? 'The picture fills the screen. Esc or F goes back.'
                : 'The picture fills the tab. Esc or F goes back.',
        );
        showWayBack();
        changed(mode !== 'off');
    };
    const fillTab = (): void => {
        widthBefore = window.innerWidth;
        become('tab');
        maximise();
    };
    const enter = async (): Promise<void> => {
        try {
            if (document.fullscreenEnabled) await root.requestFullscreen({ navigationUI: 'hide' });
            else fillTab();
        } catch {
            fillTab(); // refused by the frames around
        }
    };
    const leave = (): void => {
        if (mode === 'screen') void document.exitFullscreen().catch(() => become('off'));
        if (mode !== 'tab') return;
        become('off');
        // Only what is still maximised: the person may have done it in VS Code meanwhile.
        if (window.innerWidth > widthBefore) maximise();
    };
    document.addEventListener('fullscreenchange', () => become(document.fullscreenElement === root ? 'screen' : 'off'));
    back.addEventListener('click', leave);
    for (const type of ['pointermove', 'pointerdown', 'keydown', 'focusin'] as const)
        root.addEventListener(type, showWayBack);
    window.addEventListener('keydown', (event) => {
        if (event.key !== 'Escape' || event.defaultPrevented || mode !== 'tab') return;
        event.preventDefault();
        leave();
    });
    return {
        element,
        get active() {
            return mode !== 'off';
        },
        toggle: () => (mode === 'off' ? void enter() : leave()),
        leave,
    };
}
