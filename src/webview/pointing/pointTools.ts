/**
 * The tools to point and draw over a picture: a small bar, the surface that takes the pointer, and the keys. It covers
 * the stage only while a tool is chosen.
 */
import type { DrawingShape, PicturePoint } from '../../core/sideChannel/drawn.ts';
import { h, setHidden } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';
import type { Obstacle, Pointing } from './pointing.ts';
import { createStroke } from './stroke.ts';

type Tool = 'pointer' | 'pen' | 'arrow' | 'box' | 'label';
type Action = Tool | 'keep' | 'undo' | 'clear' | 'close';

interface Button {
    readonly action: Action;
    readonly label: string;
    readonly icon: IconName;
    readonly hint: string;
    /** By position, so that it works on every keyboard layout. */
    readonly code: string;
}

const BUTTONS: readonly Button[] = [
    { action: 'pointer', label: 'Pointer', icon: 'pointer', hint: 'P', code: 'KeyP' },
    { action: 'pen', label: 'Pen', icon: 'edit', hint: 'D', code: 'KeyD' },
    { action: 'arrow', label: 'Arrow', icon: 'arrow', hint: 'A', code: 'KeyA' },
    { action: 'box', label: 'Box', icon: 'box', hint: 'B', code: 'KeyB' },
    { action: 'label', label: 'Text', icon: 'label', hint: 'T', code: 'KeyT' },
    { action: 'keep', label: 'Keep Drawings', icon: 'pin', hint: 'K', code: 'KeyK' },
    { action: 'undo', label: 'Undo', icon: 'undo', hint: 'Z', code: 'KeyZ' },
    { action: 'clear', label: 'Clear My Drawings', icon: 'clear', hint: 'X', code: 'KeyX' },
    { action: 'close', label: 'Stop Pointing', icon: 'close', hint: 'Esc', code: 'Escape' },
];
const TOOLS: ReadonlySet<Action> = new Set<Action>(['pointer', 'pen', 'arrow', 'box', 'label']);
const isTool = (action: Action): action is Tool => TOOLS.has(action);

const OBSTACLES: Readonly<Record<Obstacle, string>> = {
    alone: 'The sharer’s program does not show pointers and drawings, or its connection is not ready yet.',
    off: 'The sharer has turned off pointing and drawing.',
    silenced: 'The sharer has turned off pointing and drawing for you.',
};
/** A key that is held this long, in ms, ends the tools when it is released. */
const HELD_MS = 400;
/** How far an arrow key moves the pointer. */
const KEY_STEP = 0.02;

export interface PointTools {
    readonly bar: HTMLElement;
    readonly surface: HTMLElement;
    /** Chooses the pointer, or ends the tools. */
    toggle(): void;
    /** Nothing can be drawn on: the picture is gone. */
    close(): void;
}

export interface PointToolsOptions {
    readonly pointing: Pointing;
    /** Shows a sentence for a while. */
    readonly note: (sentence: string) => void;
    readonly onActive: (active: boolean) => void;
    /** There is a picture now. */
    readonly shown: () => boolean;
}

export function createPointTools({ pointing, note, onActive, shown }: PointToolsOptions): PointTools {
    let tool: Tool | undefined;
    let pinned = false;
    /** When the key that opened the tools was pressed. It ends them if it is held. */
    let pressedAt: number | undefined;
    let openedByKey = false;
    let keyed: PicturePoint = [0.5, 0.5];
    const surface = h('div', { class: 'drawing-surface', hidden: true });
    const buttons = new Map(BUTTONS.map((made) => [made.action, button(made, () => act(made.action))]));
    const bar = h(
        'div',
        { class: 'drawing-tools', role: 'toolbar', 'aria-label': 'Point and Draw', hidden: true },
        ...buttons.values(),
    );
    const stroke = createStroke(pointing, () => pinned);

    const choose = (next: Tool | undefined): void => {
        const obstacle = next && pointing.obstacle;
        if (obstacle) return note(OBSTACLES[obstacle]);
        if (next && !shown()) return;
        stroke.end();
        if (next !== 'pointer') pointing.point(null);
        const was = tool;
        tool = next;
        setHidden(bar, tool === undefined);
        setHidden(surface, tool === undefined);
        surface.dataset['tool'] = tool ?? '';
        for (const [action, element] of buttons)
            if (isTool(action)) element.setAttribute('aria-pressed', String(action === tool));
        buttons.get('keep')?.setAttribute('aria-pressed', String(pinned));
        if ((was === undefined) !== (tool === undefined)) onActive(tool !== undefined);
    };
    const act = (action: Action): void => {
        if (isTool(action)) return choose(action);
        if (action === 'close') return choose(undefined);
        if (action === 'undo') return pointing.undo();
        if (action === 'clear') return pointing.say({ type: 'erase' });
        pinned = !pinned;
        buttons.get('keep')?.setAttribute('aria-pressed', String(pinned));
        note(pinned ? 'New drawings stay until they are cleared.' : 'New drawings fade after some seconds.');
    };
    const at = (event: MouseEvent): PicturePoint => {
        const box = pointing.layer.element.getBoundingClientRect();
        const part = (value: number, size: number): number => Math.min(1, Math.max(0, size > 0 ? value / size : 0));
        return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
    };
    const shape = (kind: 'arrow' | 'box', from: PicturePoint, to: PicturePoint): DrawingShape => ({ kind, from, to });

    surface.addEventListener('pointerdown', (event) => {
        if (event.button !== 0 || tool === undefined) return;
        event.stopPropagation(); // the stage would move the picture
        event.preventDefault();
        surface.parentElement?.focus();
        if (tool === 'label') return askForText(surface, event, (text) => stroke.label(at(event), text));
        surface.setPointerCapture(event.pointerId);
        const from = at(event);
        if (tool === 'pen') stroke.pen(from);
        else if (tool !== 'pointer') stroke.between(tool, from, shape);
    });
    surface.addEventListener('pointermove', (event) => {
        if (tool === 'pointer') pointing.point(at(event));
        else for (const part of event.getCoalescedEvents()) stroke.move(at(part));
    });
    surface.addEventListener('pointerleave', () => pointing.point(null));
    for (const end of ['pointerup', 'pointercancel']) surface.addEventListener(end, () => stroke.end());
    // The stage would zoom.
    surface.addEventListener('dblclick', (event) => event.stopPropagation());

    window.addEventListener(
        'keydown',
        (event) => {
            if (event.code === 'KeyP' && !event.repeat) pressedAt = performance.now();
            if (tool === undefined || isTyping(event.target) || event.altKey || event.isComposing) return;
            openedByKey &&= event.repeat;
            const step = STEPS[event.key];
            if (step && tool === 'pointer' && !event.ctrlKey && !event.metaKey) {
                keyed = [clamp(keyed[0] + step[0] * KEY_STEP), clamp(keyed[1] + step[1] * KEY_STEP)];
                pointing.point(keyed);
            } else {
                const made = BUTTONS.find(({ code }) => code === event.code);
                const undoes = made?.action === 'undo' && !event.shiftKey;
                if (!made || ((event.ctrlKey || event.metaKey) && !undoes)) return;
                const again = made.action === 'pointer' && tool === 'pointer';
                if (!event.repeat || undoes) act(again ? 'close' : made.action);
            }
            event.preventDefault();
            event.stopImmediatePropagation();
        },
        { capture: true },
    );
    window.addEventListener('keyup', (event) => {
        if (event.code !== 'KeyP') return;
        const held = openedByKey && performance.now() - (pressedAt ?? 0) > HELD_MS;
        pressedAt = undefined;
        openedByKey = false;
        if (held && tool === 'pointer') choose(undefined);
    });
    pointing.onRules(() => {
        const obstacle = tool && pointing.obstacle;
        if (!obstacle) return;
        choose(undefined);
        note(OBSTACLES[obstacle]);
    });
    return {
        bar,
        surface,
        toggle() {
            openedByKey = tool === undefined && pressedAt !== undefined;
            choose(tool === undefined ? 'pointer' : undefined);
        },
        close: () => choose(undefined),
    };
}

function clamp(value: number): number {
    return Math.min(1, Math.max(0, value));
}

const STEPS: Readonly<Partial<Record<string, readonly [number, number]>>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, -1],
    ArrowDown: [0, 1],
};

function isTyping(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.matches('input, textarea, select');
}

/** An input at the place of the click. Enter adds the text, Escape or a click elsewhere does not. */
function askForText(surface: HTMLElement, event: MouseEvent, done: (text: string) => void): void {
    const box = surface.getBoundingClientRect();
    const input = h('input', { class: 'drawing-text', type: 'text', maxlength: '200', 'aria-label': 'Text' });
    input.style.left = `${event.clientX - box.left}px`;
    input.style.top = `${event.clientY - box.top}px`;
    /** The field leaves when it loses the focus. */
    const close = (): void => surface.parentElement?.focus();
    input.addEventListener('keydown', (pressed) => {
        if (pressed.isComposing) return;
        pressed.stopPropagation();
        if (pressed.key === 'Enter' && input.value.trim() !== '') done(input.value.trim());
        if (pressed.key === 'Enter' || pressed.key === 'Escape') close();
    });
    input.addEventListener('pointerdown', (pressed) => pressed.stopPropagation());
    input.addEventListener('blur', () => input.remove());
    surface.append(input);
    input.focus();
}

function button({ action, label, icon: name, hint }: Button, run: () => void): HTMLButtonElement {
    const toggles = isTool(action) || action === 'keep' ? { 'aria-pressed': 'false' } : {};
    const element = h(
        'button',
        {
            type: 'button',
            class: 'tool',
            title: `${label} (${hint})`,
            'aria-label': label,
            'data-draw': action,
            ...toggles,
        },
        icon(name),
    );
    element.addEventListener('click', run);
    return element;
}
