/** Calls between devices (`m.call.*`). A device that may not see our shares is told why. */
import { createCalls, type Calls } from '../calls/callRunner.ts';
import { createCallRequests } from '../calls/callRequests.ts';
import { createIceServers, type IceServers } from '../calls/iceServers.ts';
import { createCallSignalling } from '../calls/signalling.ts';
import type { OpenAccountOptions } from './accountOptions.ts';
import type { OpenAdmission } from './openAdmission.ts';
import type { Homeserver } from './openHomeserver.ts';

export interface OpenCalls {
    readonly calls: Calls;
    readonly iceServers: IceServers;
}

export function openCalls(
    { sdk, self, inRoom, now, log }: Homeserver,
    { messages, trustMessages, admission }: OpenAdmission,
    { relayOnlySetting }: OpenAccountOptions,
): OpenCalls {
    const iceServers = createIceServers({ ask: () => sdk.turnServer(), now, log });
    const calls = createCalls({
        self,
        now,
        log,
        signalling: createCallSignalling({ sdk, self, log }),
        requests: createCallRequests(messages, self.deviceId, log),
        iceServers,
        relayOnly: () => relayOnlySetting?.() ?? false,
        inRoom,
        async admit(roomId, device) {
            await admission.judge([device]);
            const refusal = admission.refusal(device);
            // The device is told each time that it asks. It may have forgotten, for example after its window reloaded.
            if (refusal !== undefined && refusal !== 'checking')
                void trustMessages.sendWithheld(roomId, device, refusal);
            return refusal === undefined;
        },
    });
    return { calls, iceServers };
}
