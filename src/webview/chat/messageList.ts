/** The elements of the rows. Redraws only rows that look different, and keeps the focus in a redrawn message. */
import { h } from '../ui/dom.ts';
import type { Row } from './conversationRows.ts';

export interface MessageList {
    readonly element: HTMLElement;
    draw(rows: readonly Row[]): void;
    elementOf(key: string): HTMLElement | null;
    messages(): HTMLElement[];
}

interface FocusedPart {
    readonly element: Element;
    readonly key: string;
    /** The label of a focused button in the message, or null for the message itself. */
    readonly label: string | null;
}

export function createMessageList(): MessageList {
    const element = h('div', { class: 'list', role: 'log', 'aria-label': 'Messages' });
    const drawn = new Map<string, { look: string; element: HTMLElement }>();
    const elementOf = (key: string): HTMLElement | null =>
        element.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);

    function elementsOf(rows: readonly Row[]): HTMLElement[] {
        const used = new Set(rows.map(({ id }) => id));
        const elements = rows.map(({ id, look, make }) => {
            let entry = drawn.get(id);
            if (entry?.look !== look) {
                entry = { look, element: make() };
                drawn.set(id, entry);
            }
            return entry.element;
        });
        for (const id of [...drawn.keys()]) if (!used.has(id)) drawn.delete(id);
        return elements;
    }
    function replaceChildren(wanted: readonly HTMLElement[]): void {
        // Remove old elements first, because an element that moves loses the focus.
        const staying = new Set<Element>(wanted);
        for (const child of [...element.children]) if (!staying.has(child)) child.remove();
        for (const [i, child] of wanted.entries())
            if (element.children[i] !== child) element.insertBefore(child, element.children[i] ?? null);
    }
    function focusedPart(): FocusedPart | undefined {
        const focused = document.activeElement;
        const message = focused?.closest<HTMLElement>('.message');
        if (!focused || !message || !element.contains(message)) return undefined;
        const label = focused === message ? null : focused.getAttribute('aria-label');
        return { element: focused, key: message.dataset['key'] ?? '', label };
    }
    /** Restores the focus in a redrawn message. A reaction must not move the focus to the start of the page. */
    function refocus({ key, label }: FocusedPart): void {
        const message = elementOf(key);
        message?.focus({ preventScroll: true });
        if (label !== null)
            message?.querySelector<HTMLElement>(`[aria-label="${CSS.escape(label)}"]`)?.focus({ preventScroll: true });
    }

    return {
        element,
        elementOf,
        messages: () => [...element.querySelectorAll<HTMLElement>('.message')],
        draw(rows) {
            const wanted = elementsOf(rows);
            const focused = focusedPart();
            replaceChildren(wanted);
            if (focused && !element.contains(focused.element)) refocus(focused);
        },
    };
}
