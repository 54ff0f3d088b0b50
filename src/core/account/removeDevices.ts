/** Removes devices of the account, with the person behind the prompts. Runs in the window that asks. Pure. */
import { runUia, type UiaPrompts } from './runUia.ts';
import type { Devices } from './account.ts';

/** False: the person gave up; nothing was removed. @throws HushError. */
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
