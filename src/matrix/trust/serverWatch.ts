/**
 * Checks the homeserver's answers and warns the person: if it lied about a device, or if this computer's clock and the
 * server's differ too much for encryption to work.
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
    /** The crypto library's current knowledge of these people's devices. */
    readonly known: (userIds: readonly string[]) => Promise<KnownDevices>;
    readonly log: Log;
}
export interface ServerWatch {
    readonly fetch: Fetch;
    readonly warnings: readonly ServerWarning[];
    onChange(listener: () => void): Disposable;
    /** @throws HushError `clock.wrong` if the clock is too wrong for this. */
    assertClock(to: 'verify' | 'join'): void;
}

/**
 * ms. Every client ignores a verification request from more than five minutes ahead or more than ten minutes ago
 * (client-server API, "Key verification framework").
 */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** The most lies that are kept. Anybody can make as many invalid devices as they like. */
const MAX_LIES = 100;

export function createServerWatch({ fetch, now, known, log }: ServerWatchOptions): ServerWatch {
    const lies = new Map<string, DeviceLie>();
    const listeners = new Listeners<[]>();
    let offMs = 0;

    /** This watch and the SDK after it read whole answers. */
    const bounded = boundedFetch(fetch);

    const lookAtClock = (response: Response): void => {
        const server = Date.parse(response.headers.get('date') ?? '');
        if (Number.isNaN(server)) return;
        const off = now() - server;
        const next = Math.abs(off) > CLOCK_TOLERANCE_MS ? off : 0;
        // Reports the begin, the end and large changes of the difference, but not each answer.
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
            log.warn(`Refused what the homeserver says about ${lie.userId} ${lie.deviceId}: ${lie.how}`);
        }
        if (found) listeners.emit();
    };

    return {
        async fetch(input, init) {
            const response = await bounded(input, init);
            lookAtClock(response);
            const { pathname } = new URL(input instanceof Request ? input.url : input);
            // This comes before the crypto library reads the answer, because it then forgets the earlier keys.
            if (response.ok && pathname.endsWith('/keys/query'))
                await lookAtKeys(response).catch((error: unknown) =>
                    log.debug(`checking keys failed: ${String(error)}`),
                );
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
