/** Which command of the viewer a key means, on any keyboard. Pure. */
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';

/** What of a KeyboardEvent decides. */
export interface PressedKey {
    readonly code: string;
    readonly key: string;
    readonly altKey: boolean;
    readonly ctrlKey: boolean;
    readonly metaKey: boolean;
    readonly repeat: boolean;
    readonly isComposing: boolean;
}

/** By place on the keyboard: letters of a layout that has no Latin ones, and digits that need Shift, are found there. */
const BY_CODE: Readonly<Record<string, ViewerCommand>> = {
    Minus: 'zoomOut',
    NumpadSubtract: 'zoomOut',
    Equal: 'zoomIn',
    NumpadAdd: 'zoomIn',
    Digit0: 'fit',
    Digit1: 'exact',
    KeyS: 'snapshot',
    KeyF: 'fullScreen',
    KeyW: 'whoCanSee',
    KeyI: 'toggleStats',
};

/** By what is printed on the key, where its place means nothing. */
const BY_PRINT: Readonly<Record<string, ViewerCommand>> = {
    '-': 'zoomOut',
    _: 'zoomOut',
    '+': 'zoomIn',
    '=': 'zoomIn',
    '0': 'fit',
    '1': 'exact',
    s: 'snapshot',
    f: 'fullScreen',
    w: 'whoCanSee',
    i: 'toggleStats',
};

/** With Ctrl or Cmd they zoom the picture instead of the page; every other chord belongs to VS Code. */
const WITH_CTRL: ReadonlySet<ViewerCommand> = new Set(['zoomIn', 'zoomOut', 'fit']);
/** What a key that is held down goes on doing. */
const REPEATS: ReadonlySet<ViewerCommand> = new Set(['zoomIn', 'zoomOut']);

/** `typing`: the key goes into a field. */
export function commandOf(pressed: PressedKey, typing: boolean): ViewerCommand | undefined {
    if (typing || pressed.isComposing || pressed.altKey) return undefined;
    const command = BY_CODE[pressed.code] ?? BY_PRINT[pressed.key.toLowerCase()];
    if (!command) return undefined;
    if ((pressed.ctrlKey || pressed.metaKey) && !WITH_CTRL.has(command)) return undefined;
    return pressed.repeat && !REPEATS.has(command) ? undefined : command;
}
