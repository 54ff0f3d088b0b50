/** Runs asynchronous work once at a time. Calls during a run become one more run after it. */
export function newestOnly(work: () => Promise<void>, failed: (error: unknown) => void): () => void {
    let running = false;
    let again = false;
    const run = async (): Promise<void> => {
        running = true;
        do {
            again = false;
            await work().catch(failed);
        } while (again);
        running = false;
    };
    return () => {
        again = true;
        if (!running) void run();
    };
}
