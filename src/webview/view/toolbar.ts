/** The viewer's tools and their keys: as many buttons as fit into the bar, and a menu for the rest. */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon, type IconName } from '../ui/icons.ts';
import { addMenu } from '../ui/menu.ts';
import type { ViewerCommand } from '../../core/share/mediaMessages.ts';
import { commandOf } from './viewerKeys.ts';

export type ToolbarActions = Readonly<Record<ViewerCommand, () => void>>;

export interface Toolbar {
    readonly element: HTMLElement;
    /** Widths in px with their gaps: the tools, with the most important first, and the button of the menu. */
    widths(): { readonly tools: readonly number[]; readonly menu: number };
    /** Shows this many tools in the bar, and the others in the menu. */
    room(count: number): void;
    zoomed(percent: number, fits: boolean): void;
    /** For tools that are on or off. */
    on(command: ViewerCommand, on: boolean): void;
}

interface Tool {
    readonly command: ViewerCommand;
    readonly icon: IconName;
    readonly label: string;
    /** The shortcut key of the tool. */
    readonly hint: string;
    readonly shortcut: string;
}

const COPY = /\bMac OS X\b/u.test(navigator.userAgent) ? '⌘C' : 'Ctrl+C';

/** In the order of the bar. */
const TOOLS: readonly Tool[] = [
    { command: 'zoomOut', icon: 'zoomOut', label: 'Zoom Out', hint: '−', shortcut: '-' },
    { command: 'zoomIn', icon: 'zoomIn', label: 'Zoom In', hint: '+', shortcut: '+' },
    { command: 'fit', icon: 'fit', label: 'Fit to Tab', hint: '0', shortcut: '0' },
    { command: 'exact', icon: 'exact', label: 'Actual Pixels (100 %)', hint: '1', shortcut: '1' },
    { command: 'point', icon: 'pointer', label: 'Point and Draw', hint: 'P', shortcut: 'P' },
    { command: 'snapshot', icon: 'camera', label: 'Send Snapshot…', hint: 'S', shortcut: 'S' },
    { command: 'copyPicture', icon: 'copy', label: 'Copy Picture', hint: COPY, shortcut: 'Control+C' },
    { command: 'fullScreen', icon: 'fullScreen', label: 'Full Screen', hint: 'F', shortcut: 'F' },
    { command: 'whoCanSee', icon: 'shield', label: 'Who Can See This', hint: 'W', shortcut: 'W' },
    { command: 'smoothMotion', icon: 'smoothMotion', label: 'Smooth Motion', hint: 'M', shortcut: 'M' },
    { command: 'toggleStats', icon: 'info', label: 'Statistics', hint: 'I', shortcut: 'I' },
];

/** The last one leaves the bar first. The two zoom buttons go together, with the level between them. */
const BY_WORTH: readonly ViewerCommand[] = [
    'zoomIn',
    'zoomOut',
    'point',
    'snapshot',
    'fullScreen',
    'fit',
    'exact',
    'whoCanSee',
    'copyPicture',
    'smoothMotion',
    'toggleStats',
];

/** In px: a button, and the level between the zoom buttons. */
const TOOL_PX = 27;
const LEVEL_PX = 47;

export function createToolbar(actions: ToolbarActions): Toolbar {
    const level = h('output', { class: 'level', 'aria-label': 'Zoom' }, '');
    const buttons = new Map(TOOLS.map((tool) => [tool.command, button(tool, actions[tool.command])]));
    const states = new Map<ViewerCommand, boolean>();
    const inBar = new Set<ViewerCommand>(BY_WORTH);
    const more = h(
        'button',
        { type: 'button', class: 'tool', title: 'More', 'aria-label': 'More', 'data-action': 'more' },
        icon('more'),
    );
    const menu = addMenu(more, {
        label: 'Picture',
        orientation: 'vertical',
        items: () =>
            TOOLS.filter(({ command }) => !inBar.has(command)).map((tool) => ({
                label: tool.label,
                icon: tool.icon,
                hint: tool.hint,
                ...(states.has(tool.command) ? { checked: states.get(tool.command) === true } : {}),
                run: actions[tool.command],
            })),
    });
    const host = h('div', { class: 'menuHost', hidden: true }, more);
    const [out, ...others] = buttons.values();
    const element = h(
        'div',
        { class: 'tools', role: 'toolbar', 'aria-label': 'Picture' },
        ...(out ? [out] : []),
        level,
        ...others,
        host,
    );

    window.addEventListener('keydown', (event) => {
        if (event.defaultPrevented) return;
        const command = commandOf(event, isTyping(event.target));
        if (!command) return;
        event.preventDefault();
        actions[command]();
    });
    // Ctrl+C and VS Code's own Copy both cause this event.
    document.addEventListener('copy', (event) => {
        if (isTyping(event.target) || document.getSelection()?.isCollapsed === false) return;
        event.preventDefault();
        actions.copyPicture();
    });
    const on = (command: ViewerCommand, is: boolean): void => {
        states.set(command, is);
        buttons.get(command)?.setAttribute('aria-pressed', String(is));
    };
    return {
        element,
        widths: () => ({
            tools: BY_WORTH.map((command) => TOOL_PX + (command === 'zoomIn' ? LEVEL_PX : 0)),
            menu: TOOL_PX,
        }),
        room(count) {
            const kept = new Set(BY_WORTH.slice(0, count === 1 ? 0 : count));
            if (kept.size === inBar.size) return;
            menu.close();
            inBar.clear();
            for (const command of BY_WORTH) {
                if (kept.has(command)) inBar.add(command);
                const tool = buttons.get(command);
                if (tool) setHidden(tool, !kept.has(command));
            }
            setHidden(level, !kept.has('zoomIn'));
            setHidden(host, kept.size === BY_WORTH.length);
        },
        zoomed(percent, fits) {
            setText(level, `${percent} %`);
            on('fit', fits);
            on('exact', !fits && percent === 100);
        },
        on,
    };
}

function isTyping(target: EventTarget | null): boolean {
    return (
        target instanceof HTMLElement &&
        (target.isContentEditable || target.matches('input, textarea, select, [role=textbox]'))
    );
}

function button(tool: Tool, run: () => void): HTMLButtonElement {
    const element = h(
        'button',
        {
            type: 'button',
            class: 'tool',
            title: `${tool.label} (${tool.hint})`,
            'aria-label': tool.label,
            'aria-keyshortcuts': tool.shortcut,
            'data-action': tool.command,
        },
        icon(tool.icon),
    );
    element.addEventListener('click', run);
    return element;
}
