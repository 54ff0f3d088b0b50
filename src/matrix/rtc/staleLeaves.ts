/**
 * Delayed leaves (MSC4140) that an earlier run of this device scheduled, before it was killed or another window took
 * over. They would end the current membership.
 */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import type { Log } from '../../core/base/log.ts';
import { CALL_MEMBER_TYPE } from '../../core/rooms/eventTypes.ts';
import type { Device } from './olmMessages.ts';

const item = v.looseObject({
    delay_id: v.string(),
    room_id: v.string(),
    type: v.string(),
    state_key: optional(v.string()),
});
/** Synapse 1.163 sends `delayed_events`, the newer draft says `scheduled`. */
const listing = v.looseObject({
    delayed_events: optional(entriesOf(item)),
    scheduled: optional(entriesOf(item)),
});

export interface StaleLeaves {
    /**
     * Cancels the leaves. Call it once the membership exists that they would end. False: some may be left. Never
     * rejects.
     */
    cancel(): Promise<boolean>;
}

/** Call it before a new leave is scheduled, so that it finds only older ones. Never rejects. */
export async function findStaleLeaves(sdk: MatrixClient, roomId: string, self: Device, log: Log): Promise<StaleLeaves> {
    let found: string[] = [];
    let listed = false;
    try {
        const { delayed_events: old = [], scheduled = [] } = v.parse(
            listing,
            await sdk._unstable_getDelayedEvents('scheduled'),
        );
        const ours = `${self.userId}_${self.deviceId}_`;
        found = [...old, ...scheduled]
            .filter((e) => e.room_id === roomId && e.type === CALL_MEMBER_TYPE)
            .filter((e) => e.state_key?.replace(/^_/u, '').startsWith(ours))
            .map((e) => e.delay_id);
        listed = true;
    } catch (error) {
        // A server without delayed events has none to cancel.
        listed = error instanceof Error && error.name === 'UnsupportedDelayedEventsEndpointError';
        log.debug(`Delayed events could not be listed: ${error instanceof Error ? error.message : String(error)}`);
    }
    return {
        async cancel() {
            const results = await Promise.allSettled(found.map((id) => sdk._unstable_cancelScheduledDelayedEvent(id)));
            const failed = results.filter((r) => r.status === 'rejected').length;
            if (found.length > 0) log.info(`${found.length - failed} of ${found.length} old delayed leaves cancelled`);
            return listed && failed === 0;
        },
    };
}
