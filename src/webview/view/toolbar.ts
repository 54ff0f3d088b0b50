/** The viewer's buttons and their keys. */
import { h, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import type { IconName } from '../ui/icons.ts';

export interface ToolbarActions {
    fit(): void;
    exact(): void;
    zoomIn(): void;
    zoomOut(): void;
    snapshot(): void;
    fullScreen(): void;
    toggleStats(): void;
    whoCanSee(): void;
}

export interface Toolbar {
    readonly element: HTMLElement;
    zoomed(percent: number, fits: boolean): void;
    statsShown(shown: boolean): void;
}

interface Command {
    readonly action: keyof ToolbarActions;
    readonly icon: IconName;
    readonly label: string;
    /** `event.key` values. */
    readonly keys: readonly string[];
    readonly hint: string;
}

const COMMANDS: readonly Command[] = [
    { action: 'zoomOut', icon: 'zoomOut', label: 'Zoom out', keys: ['-', '_'], hint: '−' },
    { action: 'zoomIn', icon: 'zoomIn', label: 'Zoom in', keys: ['+', '='], hint: '+' },
    { action: 'fit', icon: 'fit', label: 'Fit to tab', keys: ['0'], hint: '0' },
    { action: 'exact', icon: 'exact', label: 'Actual pixels (100 %)', keys: ['1'], hint: '1' },
    { action: 'snapshot', icon: 'camera', label: 'Send snapshot to the session', keys: ['s', 'S'], hint: 's' },
    { action: 'fullScreen', icon: 'fullScreen', label: 'Full screen', keys: ['f', 'F'], hint: 'f' },
    { action: 'whoCanSee', icon: 'shield', label: 'Who can see this', keys: ['w', 'W'], hint: 'w' },
    { action: 'toggleStats', icon: 'info', label: 'Statistics', keys: ['i', 'I'], hint: 'i' },
];

export function createToolbar(actions: ToolbarActions): Toolbar {
    const level = h('output', { class: 'level', 'aria-label': 'Zoom' }, '');
    const buttons = new Map(COMMANDS.map((command) => [command.action, button(command, actions)]));
    const [out, ...others] = buttons.values();
    const element = h(
        'div',
        { class: 'tools', role: 'toolbar', 'aria-label': 'Picture' },
        ...(out ? [out] : []),
        level,
        ...others,
    );

    window.addEventListener('keydown', (event) => {
        if (event.altKey || event.defaultPrevented) return;
        // Ctrl/Cmd + plus, minus and 0 zoom the picture instead of the page; other chords belong to VS Code.
        if ((event.ctrlKey || event.metaKey) && !['+', '=', '-', '0'].includes(event.key)) return;
        const command = COMMANDS.find((c) => c.keys.includes(event.key));
        if (!command) return;
        event.preventDefault();
        actions[command.action]();
    });
    return {
        element,
        zoomed(percent, fits) {
            setText(level, `${percent} %`);
            buttons.get('fit')?.setAttribute('aria-pressed', String(fits));
            buttons.get('exact')?.setAttribute('aria-pressed', String(!fits && percent === 100));
        },
        statsShown: (shown) => buttons.get('toggleStats')?.setAttribute('aria-pressed', String(shown)),
    };
}

function button(command: Command, actions: ToolbarActions): HTMLButtonElement {
    const element = h(
        'button',
        {
            type: 'button',
            class: 'tool',
            title: `${command.label} (${command.hint})`,
            'aria-label': command.label,
            'aria-keyshortcuts': command.keys[0],
            'data-action': command.action,
        },
        icon(command.icon),
    );
    element.addEventListener('click', () => actions[command.action]());
    return element;
}
