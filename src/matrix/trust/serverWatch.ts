/**
 * Looks at what the homeserver answers, and remembers what a person ought to know of it: that it lied about a device, or
 * that this computer's clock and the server's are too far apart for encryption to work.
 */
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { clockSentence, SESSION_CLOCK_MS, type DeviceLie, type ServerWarning } from '../../core/trust/shareTrust.ts';
import { boundedFetch } from '../requests/boundedAnswer.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import { findDeviceLies, type KnownDevices } from './deviceLies.ts';

export interface ServerWatchOptions {
    readonly fetch: Fetch;
    readonly now: () => number;
    /** What the crypto library knows of these people's devices now. */
    readonly known: (userIds: readonly string[]) => Promise<KnownDevices>;
    readonly log: Log;
}
export interface ServerWatch {
    readonly fetch: Fetch;
    readonly warnings: readonly ServerWarning[];
    onChange(listener: () => void): Disposable;
    /** @throws HushError `clock.wrong` when that cannot work. */
    assertClock(to: 'verify' | 'join'): void;
}

/**
 * ms: a request to verify from more than five minutes ahead, or more than ten behind, is ignored by every client
 * (client-server API, "Key verification framework").
 */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Anybody can make devices that are not in order, as many as they like. */
const MAX_LIES = 100;

export function createServerWatch({ fetch, now, known, log }: ServerWatchOptions): ServerWatch {
    const lies = new Map<string, DeviceLie>();
    const listeners = new Listeners<[]>();
    let offMs = 0;

    /** This watch, and the SDK after it, read answers to their end. */
    const bounded = boundedFetch(fetch);

    const lookAtClock = (response: Response): void => {
        const server = Date.parse(response.headers.get('date') ?? '');
        if (Number.isNaN(server)) return;
        const off = now() - server;
        const next = Math.abs(off) > CLOCK_TOLERANCE_MS ? off : 0;
        // Told when it begins, ends or changes a good deal, not with each answer.
        if (next === offMs || (next !== 0 && offMs !== 0 && Math.abs(next - offMs) < CLOCK_TOLERANCE_MS)) return;
        offMs = next;
        log.warn(next === 0 ? 'The clock is right again' : clockSentence(next));
        listeners.emit();
    };
    const lookAtKeys = async (response: Response): Promise<void> => {
        const answer: unknown = await response.clone().json();
        const users = Object.keys((answer as { device_keys?: object }).device_keys ?? {});
        let found = false;
        for (const lie of findDeviceLies(answer, await known(users))) {
            const key = JSON.stringify([lie.userId, lie.deviceId]);
            if (lies.get(key)?.how === lie.how) continue;
            const [oldest] = lies.keys();
            if (lies.size >= MAX_LIES && oldest !== undefined) lies.delete(oldest);
            lies.set(key, lie);
            found = true;
            log.warn(`Refused what the homeserver says of ${lie.userId} ${lie.deviceId}: ${lie.how}`);
        }
        if (found) listeners.emit();
    };

    return {
        async fetch(input, init) {
            const response = await bounded(input, init);
            lookAtClock(response);
            const { pathname } = new URL(input instanceof Request ? input.url : input);
            // Before the library takes it in: then what was known before is known no more.
            if (response.ok && pathname.endsWith('/keys/query'))
                await lookAtKeys(response).catch((error: unknown) => log.debug(`keys not looked at: ${String(error)}`));
            return response;
        },
        get warnings() {
            return [...(offMs === 0 ? [] : [{ kind: 'clock', offMs } as const]), ...lies.values()];
        },
        onChange: listeners.add,
        assertClock(to) {
            if (to === 'verify' ? offMs !== 0 : offMs > SESSION_CLOCK_MS)
                throw new HushError('clock.wrong', clockSentence(offMs));
        },
    };
}
