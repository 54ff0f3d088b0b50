/** User-interactive authentication of /keys/device_signing/upload (client-server API; without it at first, MSC3967). */
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../extension/errors.ts';
import { fromSdk } from '../http.ts';

const challenge = v.looseObject({
    httpStatus: v.literal(401),
    data: v.looseObject({
        session: v.optional(v.string()),
        errcode: v.optional(v.string()),
        flows: v.optional(v.array(v.looseObject({ stages: v.array(v.string()) }))),
    }),
});

/**
 * Whether the password is right, before anything is given up for what needs it: deletes no device, with it.
 * @throws HushError `login.wrongPassword`, `trust.*`, `network.*`.
 */
export async function checkPassword(sdk: MatrixClient, password: string | undefined): Promise<void> {
    try {
        await uploadAuth(
            sdk.getSafeUserId(),
            password,
        )(async (auth) => {
            await sdk.deleteMultipleDevices([], auth ?? undefined);
        });
    } catch (error) {
        throw fromSdk(error, 'Checking the password');
    }
}

/** Without a password: only where the server wants none. @throws HushError `trust.needsPassword`, `login.wrongPassword`. */
export function uploadAuth(userId: string, password: string | undefined): UIAuthCallback<void> {
    return async (makeRequest) => {
        try {
            return await makeRequest(null);
        } catch (error) {
            const asked = v.safeParse(challenge, error);
            if (!asked.success) throw error;
            const stages = asked.output.data.flows?.map((flow) => flow.stages) ?? [];
            if (password === undefined)
                throw new HushError(
                    'trust.needsPassword',
                    'Your homeserver wants your password before it changes your encryption identity.',
                    { cause: error },
                );
            if (!stages.some((list) => list.length === 1 && list[0] === 'm.login.password'))
                throw new HushError(
                    'trust.otherAuth',
                    'Your homeserver wants another proof than a password for this. Set up encryption in another Matrix client, then verify this device.',
                    { cause: error },
                );
            try {
                return await makeRequest({
                    type: 'm.login.password',
                    identifier: { type: 'm.id.user', user: userId },
                    password,
                    session: asked.output.data.session,
                });
            } catch (second) {
                throw v.is(challenge, second)
                    ? new HushError('login.wrongPassword', 'The password is wrong. Nothing was changed.', {
                          cause: second,
                      })
                    : fromSdk(second, 'Setting up your encryption identity');
            }
        }
    };
}
