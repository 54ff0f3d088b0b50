/**
 * Owns disposables. An item that is added after the owner closed is disposed at once, so no listener outlives its
 * owner.
 */
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

    /** Runs `fn` when this closes. */
    defer(fn: () => void): void {
        this.add({ dispose: fn });
    }

    /**
     * The last added is disposed first. If one throws, the others are still disposed. The first error is thrown at the
     * end.
     */
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
