/**
 * Holds back /keys/query while a new identity is made. An answer with the old identity would make the crypto layer drop
 * the new private keys before they are uploaded. Then nobody could sign for the new identity.
 */
import type { Fetch } from '../requests/matrixHttp.ts';

export interface QueryGate {
    /** Use it for every request of the account. */
    readonly fetch: Fetch;
    /** Runs `work`. Key queries wait until the identity is uploaded or `work` has ended. Calls must not be nested. */
    during<T>(work: () => Promise<T>): Promise<T>;
}

export function createQueryGate(fetch: Fetch): QueryGate {
    let gate: PromiseWithResolvers<void> | undefined;
    const inFlight = new Set<Promise<unknown>>();
    return {
        async fetch(input, init) {
            const { pathname } = new URL(input instanceof Request ? input.url : input);
            if (!pathname.endsWith('/keys/query')) {
                const response = await fetch(input, init);
                if (pathname.endsWith('/keys/device_signing/upload') && response.ok) gate?.resolve();
                return response;
            }
            if (gate) await gate.promise;
            const asked = fetch(input, init);
            const settled = asked.then(
                () => undefined,
                () => undefined,
            );
            inFlight.add(settled);
            void settled.then(() => inFlight.delete(settled));
            return asked;
        },
        async during(work) {
            gate = Promise.withResolvers();
            await Promise.all(inFlight);
            try {
                return await work();
            } finally {
                gate.resolve();
                gate = undefined;
            }
        },
    };
}
