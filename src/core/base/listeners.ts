/** The listeners of one kind of event. */
import type { Disposable } from './disposable.ts';

export class Listeners<A extends readonly unknown[]> {
    readonly #all = new Set<(...args: A) => void>();

    /** A function that is added twice is called once. */
    readonly add = (listener: (...args: A) => void): Disposable => {
        this.#all.add(listener);
        return {
            dispose: () => {
                this.#all.delete(listener);
            },
        };
    };

    /** A listener that another listener disposes meanwhile is not called. */
    emit(...args: A): void {
        for (const listener of [...this.#all]) if (this.#all.has(listener)) listener(...args);
    }

    clear(): void {
        this.#all.clear();
    }
}
