/** The devices of the account on its homeserver (client-server API, "Client Config: Device management"). */
import * as v from 'valibot';
import type { Devices, OwnDevice } from '../../core/account/account.ts';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { entriesOf, optional } from '../../core/base/lenient.ts';
import { accountPage, fetchAuthMetadata } from '../signIn/authMetadata.ts';
import { readChallenge } from '../../core/account/uia.ts';
import type { TrustLevel } from '../../core/trust/trustLevels.ts';
import { refusedAnswer, requestJson, type Fetch, type KnownErrors } from '../requests/matrixHttp.ts';

export interface DevicesOptions {
    readonly baseUrl: string;
    readonly self: { readonly userId: string; readonly deviceId: string };
    /** Adds the token (see tokenRefresh.ts). */
    readonly fetch: Fetch;
    readonly accessToken: string;
    readonly trust: (deviceId: string) => Promise<TrustLevel>;
    /** The person manages devices on a web page of the server. */
    readonly delegated: boolean;
}

const device = v.looseObject({
    device_id: v.pipe(v.string(), v.minLength(1), v.maxLength(512)),
    display_name: optional(v.string()),
    last_seen_ip: optional(v.string()),
    last_seen_ts: optional(v.number()),
});
const listAnswer = v.looseObject({ devices: entriesOf(device) });
const versionsAnswer = v.looseObject({ versions: entriesOf(v.string()) });

const GONE: KnownErrors = { M_NOT_FOUND: ['device.gone', 'This device is no longer signed in.'] };
/** Account page actions by purpose, the current name first (v1.18; MSC 4191). */
const ACTIONS = {
    list: ['org.matrix.devices_list', 'org.matrix.sessions_list'],
    delete: ['org.matrix.device_delete', 'org.matrix.session_end'],
} as const;

export function createDevices(options: DevicesOptions): Devices {
    const { baseUrl, self, fetch, accessToken } = options;
    const path = (id: string): string => `${baseUrl}/_matrix/client/v3/devices/${encodeURIComponent(id)}`;

    return {
        server: () => Promise.resolve({ baseUrl, delegated: options.delegated }),
        async list() {
            const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/devices`, { accessToken });
            const result = v.safeParse(listAnswer, answer.body);
            if (answer.status !== 200 || !result.success) throw refusedAnswer(answer, 'Listing your devices');
            const all = await Promise.all(
                result.output.devices.map(async (each): Promise<OwnDevice> => ({
                    deviceId: each.device_id,
                    name: each.display_name?.trim().slice(0, 200) || undefined,
                    lastSeenIp: each.last_seen_ip,
                    lastSeenTs: each.last_seen_ts,
                    isThis: each.device_id === self.deviceId,
                    trust: await options.trust(each.device_id),
                })),
            );
            // This one first, then the one that was used last.
            return all.toSorted(
                (a, b) => Number(b.isThis) - Number(a.isThis) || (b.lastSeenTs ?? 0) - (a.lastSeenTs ?? 0),
            );
        },
        async rename(deviceId, name) {
            const answer = await requestJson(fetch, path(deviceId), {
                method: 'PUT',
                accessToken,
                body: { display_name: name },
            });
            if (answer.status !== 200) throw refusedAnswer(answer, 'Renaming the device', GONE);
        },
        async askRemoval(deviceIds, auth) {
            if (deviceIds.includes(self.deviceId))
                throw new HushError('internal', 'This device is removed by signing out.');
            const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/v3/delete_devices`, {
                accessToken,
                timeoutMs: 30_000,
                body: { devices: deviceIds, ...(auth === undefined ? {} : { auth }) },
            });
            if (answer.status === 200 || (answer.status === 401 && readChallenge(answer.body))) return answer;
            throw refusedAnswer(answer, 'Removing', GONE);
        },
        async page(action, deviceId) {
            const answer = await requestJson(fetch, `${baseUrl}/_matrix/client/versions`);
            const result = v.safeParse(versionsAnswer, answer.body);
            const versions = result.success ? result.output.versions : [];
            // Without usable metadata, the server has no page for this.
            const metadata = await fetchAuthMetadata(baseUrl, versions, fetch).catch((error: unknown) => {
                if (isHushError(error) && error.code === 'login.refused') return undefined;
                throw error;
            });
            return metadata && accountPage(metadata, ACTIONS[action], deviceId);
        },
    };
}
