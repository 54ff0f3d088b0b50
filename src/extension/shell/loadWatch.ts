/**
 * Loads a webview again if it stays silent. VS Code sometimes leaves a webview blank because its service worker was not
 * ready. People should not have to close and reopen the tab. Pure.
 */

/** In ms. Even on a busy machine, a page says `ready` within this time. */
const PATIENCE_MS = 10_000;
/** Number of loads after the first. */
const TRIES = 2;

export interface LoadWatchOptions {
    /** VS Code may not load a hidden tab until it is shown, so a hidden tab does not count as stuck. */
    visible(): boolean;
    /** Runs `work` after `ms`. Returns a function that cancels it. */
    later(ms: number, work: () => void): () => void;
    /** Called when the page stayed blank after the last load. */
    onGaveUp(): void;
}

export interface LoadWatch {
    /** Calls `load`, and calls it again until {@link heard} is called. Ends the watch before it. */
    start(load: () => void): void;
    /** The page has sent a message. */
    heard(): void;
}

export function createLoadWatch({ visible, later, onGaveUp }: LoadWatchOptions): LoadWatch {
    let forget: (() => void) | undefined;
    const heard = (): void => {
        forget?.();
        forget = undefined;
    };
    return {
        heard,
        start(load) {
            heard();
            let left = TRIES;
            const watch = (): void => {
                forget = later(PATIENCE_MS, () => {
                    if (visible()) {
                        if (left-- === 0) return onGaveUp();
                        load();
                    }
                    watch();
                });
            };
            load();
            watch();
        },
    };
}
