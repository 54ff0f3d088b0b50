/** Apply and Undo one after the other in each repository: two at a time would each see half of the other's files. */
export type InTurn = <T>(root: string, work: () => Promise<T>) => Promise<T>;

export function createRepositoryTurns(): InTurn {
    const last = new Map<string, Promise<unknown>>();
    return async (root, work) => {
        const before = last.get(root);
        // The failure of the one before is told where it was started.
        const mine = before ? before.then(work, work) : work();
        last.set(root, mine);
        try {
            return await mine;
        } finally {
            if (last.get(root) === mine) last.delete(root);
        }
    };
}
