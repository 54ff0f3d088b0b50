/** A person's own LiveKit server, with no authoriser: its holder publishes there, teammates get tokens over Olm. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'mocha';
import { WebSocket } from 'ws';
import { createOwnServer, saveOwnServer } from '../../src/extension/account/ownSfuKeys.ts';
import type { MediaGrant } from '../../src/core/share/mediaMessages.ts';
import { checkServer } from '../../src/livekit/tokens/ownSfuTokens.ts';
import { startLiveKit, type LiveKit } from '../stack/liveKit.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import './support/matrixClients.ts';
import { memoryVault, newPerson, pair, recordingLog, untilRoom, type Person } from './support/matrixAccounts.ts';

const SHARE = { id: '01SHARE', startedTs: 1 };

describe('a LiveKit server of one’s own', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    let liveKit: LiveKit;
    let alice: Person;
    let bob: Person;
    let roomId: string;
    const { log } = recordingLog();

    before(async function () {
        this.timeout(180_000);
        [synapse, liveKit] = await Promise.all([startSynapse(), startLiveKit()]);
        const vault = await memoryVault(log);
        const { url, apiKey, apiSecret } = liveKit;
        await saveOwnServer(vault, { url, apiKey, apiSecret });
        const ownServer = createOwnServer(() => Promise.resolve(vault), log);
        [alice, bob] = await Promise.all([newPerson(synapse, 'Alice', { ownServer }), newPerson(synapse, 'Bob')]);
        roomId = await pair(alice, bob);
    });
    after(async () => {
        await Promise.all([alice?.account.stop(), bob?.account.stop()]);
        await Promise.all([liveKit?.stop(), synapse?.stop()]);
    });

    /** Whether LiveKit lets somebody with this token in. */
    const admitted = async ({ url, token }: MediaGrant): Promise<boolean> => {
        const socket = new WebSocket(`${url}/rtc?access_token=${token}&protocol=15&auto_subscribe=0`);
        const opened = await Promise.race([
            once(socket, 'open').then(() => true),
            once(socket, 'error').then(() => false),
        ]);
        socket.terminate();
        return opened;
    };
    const claims = ({ token }: MediaGrant): { sub: string; video: Record<string, unknown> } =>
        JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as never;

    it('is checked when it is set up', async () => {
        assert.equal(await checkServer(liveKit), 'ok');
        assert.equal(await checkServer({ ...liveKit, apiSecret: 'x'.repeat(40) }), 'refused');
        assert.equal(await checkServer({ ...liveKit, url: 'ws://127.0.0.1:9' }), 'unreachable');
    });

    it('its holder publishes there, and the membership says so without a secret', async () => {
        const { grant, identity } = await alice.account.rtc.publishGrant(roomId);
        assert.equal(claims(grant).sub, identity);
        assert.ok(await admitted(grant));
        await alice.account.rtc.join(roomId, [SHARE]);
        const room = await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the membership');
        assert.equal(room.rtc[0]?.serviceUrl, `olm+${liveKit.url}`);
    });

    it('a teammate in the session gets a token for watching, and nothing more', async () => {
        await bob.account.rtc.join(roomId, []);
        await untilRoom(alice.account, roomId, (r) => r.rtc.length === 2, 'Bob in the session');
        const grant = await bob.account.rtc.viewerGrant(roomId, `olm+${liveKit.url}`, 'view');
        assert.ok(await admitted(grant));
        const { video } = claims(grant);
        assert.deepEqual([video['canPublish'], video['canPublishData'], video['roomCreate']], [false, true, false]);
    });

    it('somebody who is not in the session gets none', async () => {
        await bob.account.rtc.leave(roomId);
        await untilRoom(alice.account, roomId, (r) => r.rtc.length === 1, 'Bob gone');
        await assert.rejects(bob.account.rtc.viewerGrant(roomId, `olm+${liveKit.url}`, 'view'), {
            code: 'media.tokenRefused',
        });
        assert.ok(alice.lines.some((line) => line.includes('Refused a media token')));
    });

    it('leaves no key and no token in the logs', () => {
        const all = [...alice.lines, ...bob.lines].join('\n');
        assert.ok(!all.includes(liveKit.apiSecret));
        assert.doesNotMatch(all, /eyJ/u);
    });
});
