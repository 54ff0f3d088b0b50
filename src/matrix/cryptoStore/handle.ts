/**
 * Gives our IndexedDB to the Rust crypto glue, which otherwise looks for a global. The rewritten glue (see glue.ts)
 * calls {@link currentFactory} when it opens a store. That happens only inside {@link withFactory}.
 */
let current: IDBFactory | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** The rewritten glue calls this. @throws outside {@link withFactory}. */
export function currentFactory(): IDBFactory {
    if (!current) throw new Error('The crypto store was opened outside withFactory');
    return current;
}

/**
 * Runs `open` while the glue sees `factory`. One call at a time, so that two accounts in one process do not get each
 * other's store.
 */
export function withFactory<T>(factory: IDBFactory, open: () => Promise<T>): Promise<T> {
    const run = async (): Promise<T> => {
        current = factory;
        try {
            return await open();
        } finally {
            current = undefined;
        }
    };
    const result = turn.then(run, run);
    turn = result.catch(() => undefined);
    return result;
}
