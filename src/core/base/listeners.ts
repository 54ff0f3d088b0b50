/** Who wants to be told of one kind of event. Pure. */
import type { Disposable } from './disposable.ts';

export class Listeners<A extends readonly unknown[]> {
    readonly #all = new Set<(...args: A) => void>();

    /** The same function twice is told once. */
    readonly add = (listener: (...args: A) => void): Disposable => {
        this.#all.add(listener);
        return {
            dispose: () => {
                this.#all.delete(listener);
            },
        };
    };

    /** Who is disposed of by another of them meanwhile is not told any more. */
    emit(...args: A): void {
        for (const listener of [...this.#all]) if (this.#all.has(listener)) listener(...args);
    }

    clear(): void {
        this.#all.clear();
    }
}
