/** Sends what a hostile signed-in device could send: any content, correctly Olm-encrypted from its own device. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { createOlmMessages, type Device } from '../../../src/matrix/rtc/olmMessages.ts';
import { lastClientOf } from './matrixClients.ts';
import type { Person } from './matrixAccounts.ts';

export async function sendForTest(
    from: Person,
    type: string,
    content: Record<string, unknown>,
    to: Device,
): Promise<void> {
    const sdk: MatrixClient = lastClientOf(from.userId);
    const messages = createOlmMessages({ sdk, trackDevices: () => Promise.resolve(), log: from.log });
    const outcome = await messages.send(type, content, [to]);
    if (outcome.failed.length > 0) throw new Error(`not sent: ${outcome.failed[0]?.reason}`);
}
