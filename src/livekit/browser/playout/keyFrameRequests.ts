/** Asks a sender for key frames: not too often, and again until one has come, because a request may be lost. */

/** ms between two requests. */
const REQUEST_MS = 300;

export interface KeyFrameRequests {
    ask(): void;
    stop(): void;
}

/** `send`: asks once. `needed`: whether a key frame is still missing. */
export function createKeyFrameRequests(send: () => void, needed: () => boolean): KeyFrameRequests {
    let askedAt = Number.NEGATIVE_INFINITY;
    let again: ReturnType<typeof setTimeout> | undefined;
    const ask = (): void => {
        clearTimeout(again);
        again = setTimeout(() => needed() && ask(), REQUEST_MS);
        const now = performance.now();
        if (now - askedAt < REQUEST_MS) return;
        askedAt = now;
        send();
    };
    return { ask, stop: () => clearTimeout(again) };
}
