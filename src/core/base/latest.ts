/** Keeps the last event of each kind while it is valid. New listeners receive these events. */
import type { Disposable } from './disposable.ts';

export class Latest<E> {
    readonly #last = new Map<string, E>();
    readonly #all = new Set<(event: E) => void>();
    readonly #keyOf: (event: E) => string;
    readonly #holds: (event: E) => boolean;
    readonly #most: number;

    /**
     * `holds`: whether the event is still true. False means that it is over, and new listeners do not need it. `most`:
     * how many events are kept; the newest stay.
     */
    constructor(keyOf: (event: E) => string, holds: (event: E) => boolean, most = Infinity) {
        this.#most = most;
        this.#keyOf = keyOf;
        this.#holds = holds;
    }

    readonly add = (listener: (event: E) => void): Disposable => {
        this.#all.add(listener);
        for (const event of [...this.#last.values()]) listener(event);
        return {
            dispose: () => {
                this.#all.delete(listener);
            },
        };
    };

    emit(event: E): void {
        const key = this.#keyOf(event);
        this.#last.delete(key);
        if (this.#holds(event)) this.#last.set(key, event);
        for (const oldest of this.#last.keys()) {
            if (this.#last.size <= this.#most) break;
            this.#last.delete(oldest);
        }
        for (const listener of [...this.#all]) listener(event);
    }
}
