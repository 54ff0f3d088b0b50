/**
 * Asks whose token this is before anything is sent with it. A mixed-up keychain or a server restored from a backup may
 * have made it another device's token. With that token, this store would take the other device's messages and upload
 * keys in its name.
 */
import { HushError, isHushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { whoami } from '../signIn/login.ts';
import type { Fetch } from '../requests/matrixHttp.ts';
import type { Device } from '../rtc/olmMessages.ts';
import { PLACEHOLDER_TOKEN } from './tokenRefresh.ts';

export interface TokenOwnerOptions {
    readonly self: Device;
    readonly baseUrl: string;
    /** Adds the token (see tokenRefresh.ts). */
    readonly fetch: Fetch;
    readonly log: Log;
    /** Called once. Requests are rejected afterwards. */
    readonly onForeign: (sentence: string) => void;
}

/** The first request asks whose token it is. All requests with our token wait for the answer. @returns that fetch. */
export function guardToken({ self, baseUrl, fetch, log, onForeign }: TokenOwnerOptions): Fetch {
    const refusal = new HushError(
        'account.expired',
        `${new URL(baseUrl).host} takes this sign-in for another account or device. Sign out and sign in again.`,
    );
    let asked: Promise<boolean> | undefined;
    /** False: the token belongs to another device. */
    const ask = async (): Promise<boolean> => {
        try {
            const found = await whoami(baseUrl, PLACEHOLDER_TOKEN, fetch);
            if (isOwn(found, self)) return true;
            log.error(`The server takes this sign-in for ${found.userId}, ${found.deviceId ?? 'no device'}`);
            onForeign(refusal.message);
            return false;
        } catch (error) {
            log.debug(`whoami: ${String(error)}`);
            // If the server did not answer, the next request asks again. If it does not name the owner, requests
            // continue.
            if (isHushError(error) && error.code.startsWith('network.')) asked = undefined;
            return true;
        }
    };
    return async (input, init) => {
        if (new Headers(init?.headers).get('Authorization') !== `Bearer ${PLACEHOLDER_TOKEN}`)
            return fetch(input, init);
        if (!(await (asked ??= ask()))) throw refusal;
        return fetch(input, init);
    };
}

/** A server need not name the device. */
export function isOwn(
    found: { readonly userId: string; readonly deviceId: string | undefined },
    self: Device,
): boolean {
    return found.userId === self.userId && (found.deviceId === undefined || found.deviceId === self.deviceId);
}
