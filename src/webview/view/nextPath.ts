/**
 * The way that a picture will come, tried beside the one that is shown: in an element of its own, which takes the place of
 * the other with its first picture, so that there is one at every moment.
 */
import type { ScreenPath } from './screenPath.ts';

/** How often it is looked whether a picture was decoded; a page that is not visible draws none. */
const LOOK_MS = 250;
/** Looks that see decoded frames, and none drawn, until it counts as shown. */
const PATIENCE = 4;

export interface NextPath {
    readonly path: ScreenPath;
    readonly video: HTMLVideoElement;
    /** What is known of the way has changed. */
    changed(): void;
    /** Gives it up. */
    close(): void;
}

/** `ready` is called once, with the first picture. */
export function createNextPath(path: ScreenPath, video: HTMLVideoElement, ready: () => void): NextPath {
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
        const report = of && (await path.state.screen?.stats());
        if (!report || done || of !== track) return;
        let decoded = 0;
        report.forEach((stat: RTCInboundRtpStreamStats) => {
            if (stat.type === 'inbound-rtp' && stat.kind === 'video') decoded += stat.framesDecoded ?? 0;
        });
        looks = decoded > 0 ? looks + 1 : 0;
        if (looks >= PATIENCE) finish();
    };
    const timer = setInterval(() => void look().catch(() => undefined), LOOK_MS);
    /** Looks no more. The way itself goes on. */
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
