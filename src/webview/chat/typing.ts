/** "Bob is typing": the line under the conversation, and when others are told that the person here does. */
import { h, setText } from '../ui/dom.ts';

/** ms; the homeserver forgets a typist after ten seconds. */
const SAY_AGAIN_MS = 5_000;
/** ms without a key: the person thinks, or has gone. */
const PAUSE_MS = 6_000;

export interface TypingTeller {
    /** The text in the field changed, by the person. */
    wrote(text: string): void;
    /** Another room, or sent. */
    stop(): void;
}

export function createTypingTeller(tell: (typing: boolean) => void): TypingTeller {
    let said = -Infinity;
    let pause: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
        clearTimeout(pause);
        if (said > -Infinity) tell(false);
        said = -Infinity;
    };
    return {
        wrote(text) {
            if (text.trim() === '') return stop();
            clearTimeout(pause);
            pause = setTimeout(stop, PAUSE_MS);
            const now = performance.now();
            if (now - said < SAY_AGAIN_MS) return;
            said = now;
            tell(true);
        },
        stop,
    };
}

/** Always as high as its text, so that nothing moves when somebody begins to type. */
export function createTypingLine(): { readonly element: HTMLElement; show(names: readonly string[]): void } {
    const text = h('bdi', {});
    const element = h('div', { class: 'typing', role: 'status', 'aria-live': 'polite' }, text);
    return {
        element,
        show(names) {
            setText(text, typingWords(names));
            element.classList.toggle('on', names.length > 0);
        },
    };
}

export function typingWords(names: readonly string[]): string {
    const [first = '', second = ''] = names;
    if (names.length === 0) return '';
    if (names.length === 1) return `${first} is typing…`;
    return names.length === 2 ? `${first} and ${second} are typing…` : 'Several people are typing…';
}
