/** Work that runs one after another, by key. A failure ends only its own work. */
export class Turns {
    readonly #last = new Map<string, Promise<void>>();

    /** How many keys have work that is not done. */
    get size(): number {
        return this.#last.size;
    }

    take<T>(key: string, work: () => Promise<T> | T): Promise<T> {
        const result = (this.#last.get(key) ?? Promise.resolve()).then(work);
        const over = (): void => {
            if (this.#last.get(key) === done) this.#last.delete(key);
        };
        const done: Promise<void> = result.then(over, over);
        this.#last.set(key, done);
        return result;
    }

    /** The next work of this key does not wait for the current one. */
    skip(key: string): void {
        this.#last.delete(key);
    }

    /** Resolves when all work is done, including work that is added meanwhile. */
    async settled(): Promise<void> {
        while (this.#last.size > 0) await Promise.all(this.#last.values());
    }
}
