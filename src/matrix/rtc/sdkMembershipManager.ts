/**
 * Adds functions that the SDK's membership manager lacks. All uses of its internals are in this file, and are checked
 * at run time, because the SDK's version is pinned (docs/decisions/10-matrixrtc.md).
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

/** The SDK accepts a transport only at a join, and a leave would end the share for its viewers. */
export function nameTransport(session: MatrixRTCSession, transport: RtcTransport): void {
    managerOf(session).rtcTransport = transport;
}

/** In a sticky membership, the SDK names only the older authorisation service and leaves out the URL of the SFU. */
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
