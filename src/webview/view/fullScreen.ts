/**
 * Shows the picture on the whole screen. Where the page may not do that (VS Code's webviews on the desktop), it fills
 * the tab, and the host makes the tab as large as it can. The way back shows whenever the person uses the pointer or
 * the keyboard.
 */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';

/** ms that the way back stays visible. */
const HINT_MS = 4_000;

export interface FullScreen {
    /** Covers the stage. */
    readonly element: HTMLElement;
    readonly active: boolean;
    toggle(): void;
    leave(): void;
}

/** `maximise` toggles whether the tab is as large as the window. */
export function createFullScreen(
    root: HTMLElement,
    maximise: () => void,
    changed: (active: boolean) => void,
): FullScreen {
    const text = h('span');
    const back = h('button', { type: 'button', class: 'secondary' }, icon('leaveFullScreen'), 'Exit Full Screen');
    const element = h('div', { class: 'wayBack', role: 'status', hidden: true }, text, back);
    let mode: 'off' | 'screen' | 'tab' = 'off';
    /** Width of the tab in px before it was maximised. */
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
            fillTab(); // the frames around this page refused it
        }
    };
    const leave = (): void => {
        if (mode === 'screen') void document.exitFullscreen().catch(() => become('off'));
        if (mode !== 'tab') return;
        become('off');
        // Restore only a tab that is still maximised. The person may have restored it in VS Code.
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
