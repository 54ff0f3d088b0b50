/** Removes devices of the account. The person answers the prompts. Runs in the window that asks. */
import { runUia, type UiaPrompts } from './runUia.ts';
import type { Devices } from './account.ts';

/** Returns false when the person cancelled: nothing was removed. @throws HushError. */
export async function removeDevices(
    devices: Devices,
    userId: string,
    deviceIds: readonly string[],
    prompts: UiaPrompts,
): Promise<boolean> {
    const { baseUrl } = await devices.server();
    const send = (auth: Readonly<Record<string, unknown>> | undefined) => devices.askRemoval(deviceIds, auth);
    return (await runUia({ baseUrl, prompts, userId, send })) !== undefined;
}
