/**
 * Loads a webview again when nothing was heard from it: now and then VS Code leaves one blank (its service worker was not
 * ready), and a person should not have to find out that closing and opening the tab helps. Pure.
 */

/** ms in which a page says `ready` even on a busy machine. */
const PATIENCE_MS = 10_000;
/** Loads after the first. */
const TRIES = 2;

export interface LoadWatchOptions {
    /** A hidden tab may be left unloaded until it is shown: it is not counted as stuck. */
    visible(): boolean;
    /** Runs `work` after `ms`; returns how to forget it. */
    later(ms: number, work: () => void): () => void;
    /** The page was loaded again, for the log. */
    onReload(): void;
    /** It stayed blank, and will not be loaded again. */
    onGaveUp(): void;
}

export interface LoadWatch {
    /** Loads with `load`, and again until {@link heard}. Replaces what was watched before. */
    start(load: () => void): void;
    /** The page speaks. */
    heard(): void;
}

export function createLoadWatch({ visible, later, onReload, onGaveUp }: LoadWatchOptions): LoadWatch {
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
                        onReload();
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
