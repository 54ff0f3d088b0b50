/** Owns disposables. What is added after it closed is disposed at once, so that no listener outlives its owner. Pure. */
export interface Disposable {
    dispose(): unknown;
}

export class DisposableScope implements Disposable {
    #items: Disposable[] | undefined = [];

    get closed(): boolean {
        return this.#items === undefined;
    }

    add<T extends Disposable>(item: T): T {
        if (this.#items) this.#items.push(item);
        else item.dispose();
        return item;
    }

    /** Runs `fn` on closing. */
    defer(fn: () => void): void {
        this.add({ dispose: fn });
    }

    /** Last added, first disposed. One that throws does not keep the others alive; the first error is thrown at the end. */
    dispose(): void {
        const items = this.#items;
        this.#items = undefined;
        const errors: unknown[] = [];
        for (const item of (items ?? []).toReversed()) {
            try {
                item.dispose();
            } catch (error) {
                errors.push(error);
            }
        }
        if (errors.length > 0) throw errors[0];
    }
}
