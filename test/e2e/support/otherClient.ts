/** Another client of a room member: it sends what Hush itself never sends, encrypted like any message. */
import assert from 'node:assert/strict';
import { createLog } from '../../../src/core/base/log.ts';
import { startSdkPeer } from '../../integration/support/sdkPeer.ts';
import type { Account } from '../../stack/accounts.ts';
import type { Homeserver } from './pair.ts';

const { captureSdkLog } = await import('../../../src/matrix/sdk/sdkLog.ts');
const nothing = (): undefined => undefined;

export interface OtherClient {
    /** Resolves with the event's ID when the homeserver has it. */
    send(type: string, content: object): Promise<string>;
    /** Sends a text with HTML. */
    html(body: string, html: string): Promise<string>;
    rename(displayName: string): Promise<void>;
    stop(): void;
}

export async function openOtherClient(
    homeserver: Pick<Homeserver, 'baseUrl'>,
    { userId, password }: Account,
    roomName: string,
): Promise<OtherClient> {
    captureSdkLog(createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing }));
    const { sdk, stop } = await startSdkPeer(homeserver, userId, password);
    const { roomId } = sdk.getRooms().find(({ name }) => name === roomName) ?? assert.fail('no room');
    const send = async (type: string, content: object): Promise<string> =>
        (await sdk.sendEvent(roomId, type as never, content as never)).event_id;
    return {
        send,
        html: (body, formatted) =>
            send('m.room.message', {
                msgtype: 'm.text',
                body,
                format: 'org.matrix.custom.html',
                formatted_body: formatted,
            }),
        async rename(displayName) {
            await sdk.setDisplayName(displayName);
        },
        stop,
    };
}
