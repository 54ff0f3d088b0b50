/** The arrow keys go from message to message, and Tab goes to the buttons of the message. Nobody needs a mouse. */
import type { MessageList } from './messageList.ts';

/** `scroller`: has the focus before the first key. */
export function followMessageKeys(scroller: HTMLElement, list: MessageList): void {
    scroller.addEventListener('keydown', (event) => {
        const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
        const all = list.messages();
        const at = all.findIndex((message) => message === event.target);
        // The same keys scroll code in a message.
        if (step === 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        if (at === -1 && (event.target !== scroller || step === 1)) return;
        const next = at === -1 ? all.at(-1) : all[at + step];
        if (!next) return;
        event.preventDefault();
        next.focus({ preventScroll: true });
        next.scrollIntoView({ block: 'nearest' });
    });
}
