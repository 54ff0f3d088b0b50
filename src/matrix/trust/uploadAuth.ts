/**
 * User-interactive authentication for /keys/device_signing/upload (client-server API; MSC3967 lets the first upload
 * pass without it).
 */
import { randomBytes } from 'node:crypto';
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import { ClientPrefix, Method, type MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { fromSdk } from '../requests/matrixHttp.ts';

const challenge = v.looseObject({
    httpStatus: v.literal(401),
    data: v.looseObject({
        session: optional(v.string()),
        errcode: optional(v.string()),
        flows: entriesOf(v.looseObject({ stages: v.array(v.string()) })),
    }),
});
/** The server accepted the person's proof but refused the key. */
const keyRefused = v.looseObject({ httpStatus: v.literal(400) });

/**
 * Checks whether the server accepts a new identity from this person before one is made, because the crypto layer
 * forgets the old private keys as soon as it has new ones. It asks the same endpoint, because others demand less
 * (Synapse lets /delete_devices pass without a proof for a while). It sends an unsigned self-signing key, which no
 * server accepts.
 * @throws HushError `login.wrongPassword`, `trust.needsPassword`, `trust.otherAuth`, `network.*`.
 */
export async function checkUploadAuth(
    sdk: Pick<MatrixClient, 'getSafeUserId' | 'http'>,
    password: string | undefined,
): Promise<void> {
    const userId = sdk.getSafeUserId();
    const key = randomBytes(32).toString('base64').replaceAll('=', '');
    const unsigned = { user_id: userId, usage: ['self_signing'], keys: { [`ed25519:${key}`]: key }, signatures: {} };
    try {
        await uploadAuth(
            userId,
            password,
        )(async (auth) => {
            const body = { self_signing_key: unsigned, ...(auth ? { auth } : {}) };
            const options = { prefix: ClientPrefix.V3 };
            await sdk.http.authedRequest(Method.Post, '/keys/device_signing/upload', undefined, body, options);
        });
    } catch (error) {
        if (!v.is(keyRefused, error)) throw fromSdk(error, 'Checking the password');
    }
}

/**
 * Without a password it works only if the server demands none.
 * @throws HushError `trust.otherAuth`, `trust.needsPassword`, `login.wrongPassword`, or any other error of the request.
 */
export function uploadAuth(userId: string, password: string | undefined): UIAuthCallback<void> {
    return async (makeRequest) => {
        try {
            return await makeRequest(null);
        } catch (error) {
            const asked = v.safeParse(challenge, error);
            if (!asked.success) throw error;
            const { flows, session } = asked.output.data;
            // This check comes first: a person without a password must not be asked for one.
            if (!flows.some(({ stages }) => stages.length === 1 && stages[0] === 'm.login.password'))
                throw new HushError(
                    'trust.otherAuth',
                    'Your homeserver wants another proof than a password for this, which Hush cannot give. Do it in another Matrix client, or on your homeserver’s account page, then verify this device.',
                    { cause: error },
                );
            if (password === undefined)
                throw new HushError(
                    'trust.needsPassword',
                    'Your homeserver wants your password before it changes your encryption identity.',
                    { cause: error },
                );
            try {
                return await makeRequest({
                    type: 'm.login.password',
                    identifier: { type: 'm.id.user', user: userId },
                    password,
                    session,
                });
            } catch (second) {
                if (!v.is(challenge, second)) throw second;
                throw new HushError('login.wrongPassword', 'The password is wrong. Nothing was changed.', {
                    cause: second,
                });
            }
        }
    };
}
