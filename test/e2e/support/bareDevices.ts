/** Devices that exist only as keys on the homeserver. The crypto library alone makes them. */
import { DeviceId, OlmMachine, UserId } from '@matrix-org/matrix-sdk-crypto-wasm';
import { login, request } from '../../stack/accounts.ts';

/** Resolves with their IDs. */
export async function addDevices(
    baseUrl: string,
    user: { userId: string; password: string },
    count: number,
): Promise<readonly string[]> {
    const add = async (): Promise<string> => {
        const { deviceId, accessToken } = await login(baseUrl, user);
        const machine = await OlmMachine.initialize(new UserId(user.userId), new DeviceId(deviceId));
        for (const outgoing of await machine.outgoingRequests()) {
            const body = JSON.parse(outgoing.body) as Record<string, unknown>;
            if ('device_keys' in body && 'one_time_keys' in body)
                await request(`${baseUrl}/_matrix/client/v3/keys/upload`, body, accessToken);
        }
        machine.close();
        return deviceId;
    };
    const devices: string[] = [];
    while (devices.length < count)
        devices.push(...(await Promise.all([...Array(Math.min(10, count - devices.length))].map(add))));
    return devices;
}
