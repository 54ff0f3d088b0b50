/** A member's client that sends messages with any content, encrypted. */
import assert from 'node:assert/strict';
import { createLog } from '../../../src/core/base/log.ts';
import { startSdkPeer } from '../../integration/support/sdkPeer.ts';
import type { Account } from '../../stack/accounts.ts';
import type { Homeserver } from './pair.ts';

const { captureSdkLog } = await import('../../../src/matrix/sdk/sdkLog.ts');
const nothing = (): undefined => undefined;

/** Sends them in this order. Resolves when the homeserver has all. */
export async function sendContents(
    homeserver: Pick<Homeserver, 'baseUrl'>,
    { userId, password }: Account,
    roomName: string,
    contents: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
    captureSdkLog(createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing }));
    const peer = await startSdkPeer(homeserver, userId, password);
    try {
        const room = peer.sdk.getRooms().find(({ name }) => name === roomName) ?? assert.fail('no room');
        for (const content of contents)
            await peer.sdk.sendEvent(room.roomId, 'm.room.message' as never, content as never);
    } finally {
        peer.stop();
    }
}
