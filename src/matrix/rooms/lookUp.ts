/** Whether a person exists, according to their profile (client-server API, "Profiles"). */
import * as v from 'valibot';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { nameLine } from '../../core/base/nameLine.ts';
import type { PersonLookUp } from '../../core/rooms/roomsPort.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { isNotFound } from './acting.ts';
import { optional } from '../../core/base/lenient.ts';

const profile = v.looseObject({ displayname: optional(v.string()) });

/** Rejects if the homeserver itself does not answer. */
export async function lookUpPerson(sdk: Pick<MatrixClient, 'getProfileInfo'>, userId: string): Promise<PersonLookUp> {
    try {
        const parsed = v.safeParse(profile, await sdk.getProfileInfo(userId));
        const name = parsed.success ? nameLine(parsed.output.displayname ?? '') : undefined;
        return { kind: 'found', name: name || undefined };
    } catch (error) {
        // Checks the status, because Synapse also answers 404 with M_UNKNOWN.
        if (isNotFound(error)) return { kind: 'nobody' };
        const reason = fromSdk(error, 'Looking up the person');
        if (reason.code.startsWith('network.')) throw reason;
        // Servers may hide profiles, and the person's server may not answer.
        return { kind: 'unknown' };
    }
}
