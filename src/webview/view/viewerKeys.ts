/** Finds the viewer command of a key, on any keyboard. Pure. */
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';

/** The parts of a KeyboardEvent that decide. */
export interface PressedKey {
    readonly code: string;
    readonly key: string;
    readonly altKey: boolean;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly repeat: boolean;
    readonly isComposing: boolean;
}

/** By position on the keyboard. This finds letters on a non-Latin layout, and digits that need Shift. */
const BY_CODE: Readonly<Record<string, ViewerCommand>> = {
    Minus: 'zoomOut',
    NumpadSubtract: 'zoomOut',
    Equal: 'zoomIn',
    NumpadAdd: 'zoomIn',
    Digit0: 'fit',
    Digit1: 'exact',
    KeyP: 'point',
    KeyS: 'snapshot',
    KeyF: 'fullScreen',
    KeyW: 'whoCanSee',
    KeyM: 'smoothMotion',
    KeyI: 'toggleStats',
};

/** By the printed character, if the position means nothing. */
const BY_PRINT: Readonly<Record<string, ViewerCommand>> = {
    '-': 'zoomOut',
    _: 'zoomOut',
    '+': 'zoomIn',
    '=': 'zoomIn',
    '0': 'fit',
    '1': 'exact',
    p: 'point',
    s: 'snapshot',
    f: 'fullScreen',
    w: 'whoCanSee',
    m: 'smoothMotion',
    i: 'toggleStats',
};

/** With Ctrl or Cmd, these zoom the picture instead of the page. All other combinations belong to VS Code. */
const WITH_CTRL: ReadonlySet<ViewerCommand> = new Set(['zoomIn', 'zoomOut', 'fit']);
/** Commands that repeat while the key is held down. */
const REPEATS: ReadonlySet<ViewerCommand> = new Set(['zoomIn', 'zoomOut']);

/** `typing`: the key goes into an input field. */
export function commandOf(pressed: PressedKey, typing: boolean): ViewerCommand | undefined {
    if (typing || pressed.isComposing || pressed.altKey) return undefined;
    const command = BY_CODE[pressed.code] ?? BY_PRINT[pressed.key.toLowerCase()];
    if (!command) return undefined;
    if ((pressed.ctrlKey || pressed.metaKey) && !WITH_CTRL.has(command)) return undefined;
    return pressed.repeat && !REPEATS.has(command) ? undefined : command;
}
