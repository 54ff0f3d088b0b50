/** Decodes the pictures of direct connections at once, in a media worker. Without one, the browser's player does. */
import type { PlayoutControl } from '../../livekit/browser/playout/playoutControl.ts';
import type { DirectTransformOptions } from '../../livekit/browser/playout/playoutMessages.ts';
import { canDecodeHere, createPlayoutTrack, type PlayoutTrack } from '../../livekit/browser/playout/playoutTrack.ts';

export interface DirectPlayout {
    /** Call it before the answer: the first frame must pass through the worker. */
    attach(receiver: RTCRtpReceiver): Promise<void>;
    /** Returns the same object for the same track. */
    track(received: MediaStreamTrack, changed: () => void): PlayoutTrack;
    /** The connection is closed. */
    drop(): void;
    close(): void;
}

/** `workerUrl`: rejects if the worker's bundle cannot be loaded. */
export function createDirectPlayout(workerUrl: () => Promise<string>, control: PlayoutControl): DirectPlayout {
    let started: Promise<Worker | undefined> | undefined;
    let worker: Worker | undefined;
    let forget = (): unknown => undefined;
    let usable = true;
    let closed = false;
    let current: { readonly received: MediaStreamTrack; readonly track: PlayoutTrack } | undefined;
    const attached = new Set<string>();

    const start = async (): Promise<Worker | undefined> => {
        const url = await workerUrl();
        if (closed) return undefined;
        const media = new Worker(url, { name: 'hush-media' });
        // A worker that does not start would swallow every frame.
        media.addEventListener('error', () => {
            usable = false;
        });
        worker = media;
        forget = control.add(media);
        return media;
    };
    const able = canDecodeHere() && typeof RTCRtpScriptTransform === 'function';
    if (able) started = start().catch(() => undefined); // the browser's player decodes then

    const drop = (): void => {
        current?.track.close();
        current = undefined;
        attached.clear();
    };
    return {
        async attach(receiver) {
            await started;
            if (!worker || !usable || closed) return;
            const options: DirectTransformOptions = { kind: 'hush.direct', trackId: receiver.track.id };
            try {
                receiver.transform = new RTCRtpScriptTransform(worker, options);
                attached.add(receiver.track.id);
            } catch {
                // The receiver is in no state for it. The browser's player decodes.
            }
        },
        track(received, changed) {
            if (current?.received === received) return current.track;
            current?.track.close();
            const track =
                worker && attached.has(received.id)
                    ? createPlayoutTrack(worker, received, changed)
                    : buffered(received);
            current = { received, track };
            return track;
        },
        drop,
        close() {
            closed = true;
            drop();
            forget();
            worker?.terminate();
        },
    };
}

function buffered(track: MediaStreamTrack): PlayoutTrack {
    return { track, mode: 'buffered', reason: undefined, stats: undefined, close: () => undefined };
}
