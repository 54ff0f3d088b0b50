/** The keys of the text field. Shift+Enter breaks the line, and an input method gets its own keys. */
import { watchComposing } from '../ui/composing.ts';

export interface ComposerKeys {
    enter(): void;
    /** Returns whether there was something to leave. */
    escape(): boolean;
    /** Returns whether there was a message to edit. */
    up(): boolean;
}

export function followComposerKeys(input: HTMLTextAreaElement, keys: ComposerKeys): void {
    const composing = watchComposing(input);
    input.addEventListener('keydown', (event) => {
        if (composing(event)) return;
        if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            keys.enter();
        } else if (event.key === 'Escape') {
            if (keys.escape()) event.stopPropagation();
        } else if (event.key === 'ArrowUp' && keys.up()) event.preventDefault();
    });
}
