/** The line "Bob is typing" under the conversation, and the messages that tell others when this person types. */
import { isolated } from '../../core/base/isolated.ts';
import { h, setText } from '../ui/dom.ts';

/** In ms. The homeserver forgets a typist after ten seconds. */
const SAY_AGAIN_MS = 5_000;
/** After this time in ms without a key, the person does not count as typing. */
const PAUSE_MS = 6_000;

export interface TypingTeller {
    /** The person changed the text in the field. */
    wrote(text: string): void;
    /** The person sent the message or went to another room. */
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

/** The line always has its full height, so that nothing moves when somebody begins to type. */
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
    const [first = '', second = ''] = names.map(isolated);
    if (names.length === 0) return '';
    if (names.length === 1) return `${first} is typing…`;
    return names.length === 2 ? `${first} and ${second} are typing…` : 'Several people are typing…';
}
