/**
 * Tries a new connection for the picture beside the current one, in its own element. The element replaces the old one
 * with its first picture, so that a picture is always visible.
 */
import { readReceiver } from './receiverStats.ts';
import type { Subscription } from './subscription.ts';

/** ms between checks for a decoded picture. A hidden page draws none. */
const LOOK_MS = 250;
/** After this many checks with decoded but no drawn frames, the picture counts as shown. */
const PATIENCE = 4;

export interface NextSubscription {
    readonly path: Subscription;
    readonly video: HTMLVideoElement;
    /** The state of the connection has changed. */
    changed(): void;
    /** Gives up the new connection. */
    close(): void;
}

/** Calls `ready` once, with the first picture. */
export function createNextSubscription(
    path: Subscription,
    video: HTMLVideoElement,
    ready: () => void,
): NextSubscription {
    let track: MediaStreamTrack | undefined;
    let looks = 0;
    let done = false;
    const finish = (): void => {
        if (done) return;
        release();
        ready();
    };
    const look = async (): Promise<void> => {
        const of = track;
        const screen = path.state.screen;
        const report = of && (await screen?.stats());
        if (!report || done || of !== track) return;
        const read = readReceiver(report, performance.now(), screen?.playout);
        looks = (read?.framesDecoded ?? 0) > 0 ? looks + 1 : 0;
        if (looks >= PATIENCE) finish();
    };
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
    /** Ends the checks. The connection itself continues. */
    const release = (): void => {
        done = true;
        clearInterval(timer);
    };
    return {
        path,
        video,
        changed() {
            const next = path.state.screen?.track;
            if (done || next === track) return;
            track = next;
            looks = 0;
            video.srcObject = next ? new MediaStream([next]) : null;
            if (!next) return;
            void video.play().catch(() => undefined);
            video.requestVideoFrameCallback(() => track === next && finish());
        },
        close() {
            release();
            path.close();
            video.srcObject = null;
            video.remove();
        },
    };
}
