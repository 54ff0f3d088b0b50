/**
 * Hands our IndexedDB to the Rust crypto glue, which otherwise looks for a global. The glue is rewritten (see glue.ts) to
 * call {@link currentFactory} when it opens a store; that happens only inside {@link withFactory}.
 */
let current: IDBFactory | undefined;
let turn: Promise<unknown> = Promise.resolve();

/** Called by the rewritten glue. @throws outside of {@link withFactory}. */
export function currentFactory(): IDBFactory {
    if (!current) throw new Error('The crypto store was opened outside withFactory');
    return current;
}

/** Runs `open` while the glue sees `factory`. One at a time: two accounts in one process must not get each other's. */
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
