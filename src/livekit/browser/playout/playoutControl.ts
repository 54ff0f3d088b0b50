/** What a page wants of the playout of its pictures. Tells every media worker, also those that start later. */
import type { ToWorker } from './playoutMessages.ts';
import { canDecodeHere } from './playoutTrack.ts';

export interface PlayoutControl {
    /** Returns a function that forgets the worker. */
    add(worker: Worker): () => void;
    /** True: pictures are decoded at once, if this browser can. False: the browser's player buffers them. */
    immediate(wanted: boolean): void;
    /** Nobody sees the picture, so nothing is decoded. */
    hidden(hidden: boolean): void;
    /** ms, of the connection. */
    roundTrip(ms: number): void;
}

export function createPlayoutControl(): PlayoutControl {
    const workers = new Set<Worker>();
    const able = canDecodeHere();
    let wanted = true;
    let hidden = false;
    let roundTripMs = 0;
    const say = (message: ToWorker): void => {
        for (const worker of workers) worker.postMessage(message);
    };
    const playout = (): ToWorker => ({ kind: 'hush.playout', immediate: able && wanted });
    return {
        add(worker) {
            workers.add(worker);
            const now: readonly ToWorker[] = [
                playout(),
                { kind: 'hush.hidden', hidden },
                { kind: 'hush.roundTrip', ms: roundTripMs },
            ];
            for (const message of now) worker.postMessage(message);
            return () => workers.delete(worker);
        },
        immediate(next) {
            wanted = next;
            say(playout());
        },
        hidden(next) {
            if (hidden === next) return;
            hidden = next;
            say({ kind: 'hush.hidden', hidden });
        },
        roundTrip(ms) {
            if (roundTripMs === ms) return;
            roundTripMs = ms;
            say({ kind: 'hush.roundTrip', ms });
        },
    };
}
