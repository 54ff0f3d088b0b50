/**
 * What the SDK's membership manager does not offer. All that Hush takes from inside of it is here, checked when it is
 * used, because the SDK's version is pinned (docs/decisions).
 */
import type { MatrixRTCSession } from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { HushError } from '../../core/base/errors.ts';
import type { RtcTransport } from './ownTransport.ts';

interface Manager {
    rtcTransport?: RtcTransport;
    fociPreferred?: unknown;
    makeMyMembership?: (expires: number) => { transports?: { published: RtcTransport[] } };
}

function managerOf(session: MatrixRTCSession): Manager {
    const { membershipManager: manager } = session as unknown as { membershipManager?: Manager };
    if (!manager || !('rtcTransport' in manager || 'fociPreferred' in manager)) throw misfit();
    return manager;
}

function misfit(): HushError {
    return new HushError('internal', 'This build of Hush does not fit its Matrix library. Please report it.');
}

/** The SDK takes a transport only on joining, and leaving would end the share for its viewers. */
export function nameTransport(session: MatrixRTCSession, transport: RtcTransport): void {
    managerOf(session).rtcTransport = transport;
}

/** The SDK puts only the older authorisation service into a sticky membership, and leaves out the URL of the SFU. */
export function publishWhole(session: MatrixRTCSession): void {
    const manager = managerOf(session);
    const make = manager.makeMyMembership?.bind(manager);
    if (!make) throw misfit();
    manager.makeMyMembership = (expires) => {
        const content = make(expires);
        const { rtcTransport: transport } = manager;
        if (!content.transports || !transport) return content;
        const { livekit_alias: _, ...published } = transport;
        return { ...content, transports: { ...content.transports, published: [published] } };
    };
}
