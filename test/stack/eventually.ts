/** ms that a test waits for what should be there within a second or two: the machine may be busy. */
const PATIENCE = 60_000;

/**
 * For what tells nobody when it happens (another process, a page that is replaced, a server's state): looks again and again,
 * and resolves with what was found. What an event tells is waited for by the event.
 * @throws Error after `within` ms, saying what was waited for.
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
