/**
 * Decides who may see our shares, and opens the encrypted messages between devices. Sessions and trust both use these.
 */
import { createOlmMessages, type OlmMessages } from '../rtc/olmMessages.ts';
import { createAdmission, type Admission } from '../trust/admission.ts';
import { createStandings } from '../trust/standing.ts';
import { createTrustMessages, type TrustMessages } from '../trust/trustMessages.ts';
import type { OpenAccountOptions } from './accountOptions.ts';
import type { Homeserver } from './openHomeserver.ts';

export interface OpenAdmission {
    readonly messages: OlmMessages;
    readonly trustMessages: TrustMessages;
    readonly admission: Admission;
}

export function openAdmission(
    { sdk, self, trackDevices, log }: Homeserver,
    { sharePolicySetting }: OpenAccountOptions,
): OpenAdmission {
    const messages = createOlmMessages({ sdk, trackDevices, log });
    return {
        messages,
        trustMessages: createTrustMessages(messages, self.deviceId, log),
        admission: createAdmission({
            policy: () => sharePolicySetting?.() ?? 'crossSigned',
            standings: createStandings(sdk),
            trackDevices,
            log,
        }),
    };
}
