/** ms that a test waits for something that should take a second or two. The machine may be busy. */
const PATIENCE = 60_000;

/**
 * Waits for something that sends no event (another process, a page that is replaced, a server's state). Calls `look`
 * again and again, and resolves with its result. If there is an event, wait for the event instead. @throws Error after
 * `within` ms, with what it waited for.
 */
export async function eventually<T>(
    look: () => Promise<T | undefined | false>,
    what: string | (() => string | Promise<string>),
    within = PATIENCE,
): Promise<T> {
    for (const deadline = Date.now() + within; ;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > deadline)
            throw new Error(`waited ${within} ms for ${typeof what === 'string' ? what : await what()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
