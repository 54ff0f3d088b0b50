/**
 * Runs `work` while holding the lock file `path`. Waits for a live holder for as long as it lives; the lock
 * of a dead process, or one that has not been refreshed for a minute (its pid was reused), is taken over.
 * `onWait` is told once, with the holder's pid, when there is somebody to wait for.
 */
export function withLock<T>(path: string, work: () => Promise<T>, onWait?: (pid: number) => void): Promise<T>;
/** Where downloaded servers live: HUSH_CACHE, else the platform's cache folder. Always outside the checkout. */
export function cacheRoot(): string;
