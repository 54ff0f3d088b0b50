/**
 * Our own trust, and the audience of each share. We measure the audience of our share. Other sharers' devices report
 * theirs.
 */
import { latestAudiences, latestWithheld } from '../../core/session/trustEvents.ts';
import type { RtcPort } from '../../core/session/rtcPort.ts';
import type { Calls } from '../calls/callRunner.ts';
import { memberName } from '../names/shownNames.ts';
import { createTrust, type Trust } from '../trust/matrixTrust.ts';
import { createShareAudiences, type ShareAudiences } from '../trust/shareAudience.ts';
import type { OpenAccountOptions } from './accountOptions.ts';
import type { OpenAdmission } from './openAdmission.ts';
import type { Homeserver } from './openHomeserver.ts';
import type { OpenSession } from './openSession.ts';

export interface OpenTrust {
    readonly trust: Trust;
    readonly events: Pick<RtcPort, 'onAudience' | 'onWithheld'>;
    dispose(): void;
}

export function openTrust(
    homeserver: Homeserver,
    admitted: OpenAdmission,
    session: OpenSession,
    calls: Calls,
    options: OpenAccountOptions,
): OpenTrust {
    const { sdk, secretKeys, gate, watch, trackDevices, log } = homeserver;
    const audiences = shareAudiences(homeserver, admitted, session, calls);
    const trust = createTrust({
        sdk,
        secretKeys,
        admission: admitted.admission,
        audiences,
        trackDevices,
        watch,
        log,
        auth: options.uploadAuth,
        async withoutKeyQueries(work) {
            await trackDevices([]); // completes the queries that are already wanted
            return gate.during(work);
        },
    });
    return { trust, events: remembered(audiences), dispose: () => trust.dispose() };
}

function shareAudiences(
    { sdk, self, inRoom, now }: Homeserver,
    { admission, trustMessages: messages }: OpenAdmission,
    { rtc, keys }: OpenSession,
    calls: Calls,
): ShareAudiences {
    return createShareAudiences({
        self,
        keys,
        calls,
        admission,
        messages,
        members: (roomId) =>
            rtc.members(roomId).filter((m) => m.userId !== self.userId || m.deviceId !== self.deviceId),
        onMembers: (listener) => rtc.onMembers(listener),
        inRoom,
        nameOf: (roomId, user) => memberName(sdk.getRoom(roomId), user),
        now,
    });
}

/** Repeats the latest events for windows and tabs that listen later. */
function remembered(audiences: ShareAudiences): OpenTrust['events'] {
    const [audience, withheld] = [latestAudiences(), latestWithheld()];
    audiences.onChange((roomId, { userId, deviceId }, who) =>
        audience.emit({ roomId, userId, deviceId, audience: who }),
    );
    audiences.onWithheld((roomId, { userId, deviceId }, reason) => withheld.emit({ roomId, userId, deviceId, reason }));
    return { onAudience: audience.add, onWithheld: withheld.add };
}
