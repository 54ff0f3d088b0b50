/** A hostile client of a room member. It sends content that no honest client sends, encrypted like any message. */
import assert from 'node:assert/strict';
import { createLog } from '../../../src/core/base/log.ts';
import { startSdkPeer } from '../../integration/support/sdkPeer.ts';
import type { Account } from '../../stack/accounts.ts';
import type { Homeserver } from './pair.ts';

const { captureSdkLog } = await import('../../../src/matrix/sdk/sdkLog.ts');
const nothing = (): undefined => undefined;

/** Resolves when the homeserver has everything. "the rest" is sent last. */
export async function sendHostile(
    homeserver: Pick<Homeserver, 'baseUrl'>,
    { userId, password }: Account,
    roomName: string,
): Promise<void> {
    captureSdkLog(createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing }));
    const peer = await startSdkPeer(homeserver, userId, password);
    try {
        const room = peer.sdk.getRooms().find(({ name }) => name === roomName) ?? assert.fail('no room');
        const send = (body: string, html?: string): Promise<unknown> =>
            peer.sdk.sendEvent(
                room.roomId,
                'm.room.message' as never,
                {
                    msgtype: 'm.text',
                    body,
                    ...(html === undefined ? {} : { format: 'org.matrix.custom.html', formatted_body: html }),
                } as never,
            );
        await send('invoice \u202Efdp.exe');
        await send('W'.repeat(30_000));
        await send('too deep', `${'<blockquote>'.repeat(3_000)}too deep`);
        await send('as deep as may be', `${'<ul><li>'.repeat(50)}as deep as may be`);
        await send(
            'the rest',
            '<script>document.title="hacked"</script><img src=x onerror="document.title=\'hacked\'">' +
                '<iframe srcdoc="<script>parent.document.title=1</script>"></iframe><style>*{display:none}</style>' +
                '<p style="position:fixed;inset:0;background:red" class="composer" id="app">the rest</p>' +
                '<a href="command:workbench.action.quit">quit</a><form action="https://evil.example"><button>go</button></form>',
        );
    } finally {
        peer.stop();
    }
}
