/** MSC4195 between a real Synapse, which passes requests on to the product's authoriser, and a real LiveKit. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RoomServiceClient, TokenVerifier } from 'livekit-server-sdk';
import { after, before, describe, it } from 'mocha';
import { sha256Base64 } from '../../src/livekit/tokens/roomTokens.ts';
import { login, request } from '../stack/accounts.ts';
import { startLiveKit, type LiveKit } from '../stack/liveKit.ts';
import { eventually } from '../stack/eventually.ts';
import { freePorts } from '../stack/net.ts';
import { startAuthoriser, type Authoriser } from '../stack/stack.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { EventType } from 'matrix-js-sdk/lib/matrix.js';
import { lastClientOf } from './support/matrixClients.ts';
import { newPerson, pair, untilRoom, type Person } from './support/matrixAccounts.ts';

const PREFIX = '/_matrix/client/unstable/io.element.msc4195/rtc/livekit';

for (const service of [false, true])
    describe(`an SFU whose tokens the homeserver gives${service ? ', beside the older service' : ''}`, function () {
        this.timeout(120_000);
        let synapse: Synapse;
        let livekit: LiveKit;
        let authoriser: Authoriser;
        let alice: Person;
        let bob: Person;
        let roomId: string;
        const lines: string[] = [];

        before(async function () {
            this.timeout(240_000);
            livekit = await startLiveKit();
            const [port] = await freePorts(1);
            const [asToken, hsToken] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')];
            const folder = await mkdtemp(join(tmpdir(), 'hush-appservice-'));
            const registration = join(folder, 'registration.json');
            await writeFile(
                registration,
                JSON.stringify({
                    id: 'livekit',
                    url: null,
                    as_token: asToken,
                    hs_token: hsToken,
                    sender_localpart: '_livekit',
                    rate_limited: false,
                    namespaces: { users: [{ exclusive: false, regex: '.*' }] },
                    'io.element.msc4502.scopes': ['urn:matrix:client:io.element.msc4502:rooms:is_joined'],
                    'io.element.msc4512.proxy_prefix': 'rtc/livekit',
                    'io.element.msc4512.proxy_url': `http://127.0.0.1:${port}`,
                }),
            );
            const transport = {
                type: 'livekit',
                url: livekit.url,
                ...(service ? { livekit_service_url: `http://127.0.0.1:${port}` } : {}),
            };
            synapse = await startSynapse({
                config: {
                    app_service_config_files: [registration],
                    matrix_rtc: { transports: [transport] },
                    ip_range_blacklist: [],
                    experimental_features: {
                        msc4143_enabled: true,
                        msc4354_enabled: true,
                        msc4222_enabled: true,
                        msc3266_enabled: true,
                        msc4502_enabled: true,
                        msc4512_enabled: true,
                    },
                },
            });
            authoriser = await startAuthoriser({
                homeservers: [synapse],
                livekit,
                ...(port === undefined ? {} : { port }),
                homeserver: { baseUrl: synapse.baseUrl, serverName: synapse.serverName, asToken, hsToken },
                log: (line) => lines.push(line),
            });
            [alice, bob] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Bob')]);
            roomId = await pair(alice, bob);
        });
        after(async () => {
            await Promise.all([alice, bob].map((p) => p?.account.stop().catch(() => undefined)));
            await authoriser?.stop();
            await synapse?.stop();
            await livekit?.stop();
        });
        const claimsOf = (token: string) => new TokenVerifier(livekit.apiKey, livekit.apiSecret).verify(token);
        const member = () => bob.account.rooms().find((r) => r.roomId === roomId)?.rtc[0];

        it('lets a member publish under the name by which others find it', async () => {
            const { grant, identity } = await alice.account.rtc.publishGrant(roomId);
            assert.equal(grant.url, livekit.url);
            const claims = await claimsOf(grant.token);
            assert.equal(claims.sub, identity);
            assert.equal(claims.video?.room, sha256Base64(JSON.stringify([roomId, 'm.call#ROOM'])));
            assert.equal(claims.video?.canPublish, true);
            await alice.account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1 }]);
            await untilRoom(bob.account, roomId, (r) => r.rtc[0]?.shares.length === 1, 'the share');
            assert.equal(member()?.identity, identity);
            assert.equal(identity === `${alice.userId}:${alice.account.deviceId}`, service);
        });

        it('hands the end of the membership to the homeserver, if it knows the participant', async () => {
            const handed = (): boolean => lines.some((line) => /delegate_delayed_leave 200 @/u.test(line));
            if (service) return assert.ok(!handed());
            await eventually(() => Promise.resolve(handed()), 'the delegation', 15_000);
            assert.equal(member()?.shares.length, 1, 'and the membership stays');
        });

        it('writes the transport as other clients read it', async () => {
            const serviceUrl = member()?.serviceUrl ?? assert.fail('no transport');
            assert.ok(serviceUrl.startsWith(`hs+${livekit.url}`), serviceUrl);
            assert.equal(serviceUrl.includes('service='), service);
        });

        it('lets the others watch, in the same LiveKit room', async () => {
            const grant = await bob.account.rtc.viewerGrant(roomId, member()?.serviceUrl, 'view-1');
            const claims = await claimsOf(grant.token);
            assert.equal(claims.video?.room, sha256Base64(JSON.stringify([roomId, 'm.call#ROOM'])));
            assert.notEqual(claims.sub, member()?.identity);
            const open = await new RoomServiceClient(
                livekit.url.replace(/^ws/u, 'http'),
                livekit.apiKey,
                livekit.apiSecret,
            ).listRooms([claims.video?.room ?? '']);
            assert.equal(open.length, 1);
        });

        it('lets nobody in who is not in the room, nor to another media server', async () => {
            const carol = await newPerson(synapse, 'Carol');
            await assert.rejects(carol.account.rtc.viewerGrant(roomId, `hs+${livekit.url}`, 'v'), (error: Error) =>
                /not in this room/u.test(error.message),
            );
            const session = await login(synapse.baseUrl, { userId: carol.userId, password: carol.password });
            const body = { url: livekit.url, room_id: roomId, slot_id: 'm.call#ROOM', member: { id: 'm' } };
            const ask = (extra: object) =>
                request(`${synapse.baseUrl}${PREFIX}/get_token`, { ...body, ...extra }, session.accessToken);
            await assert.rejects(ask({}), /403/u);
            await assert.rejects(ask({ url: 'wss://elsewhere.example.org' }), /400/u);
            await carol.account.stop();
        });

        it('tells clients that it ends memberships, and takes no request from elsewhere', async () => {
            const direct = await fetch(`${authoriser.url}${PREFIX}/get_token`, {
                method: 'POST',
                headers: { 'X-Matrix-User-Identifier': alice.userId },
                body: JSON.stringify({ url: livekit.url, room_id: roomId, slot_id: 'm.call#ROOM', member_id: 'm' }),
            });
            assert.equal(direct.status, 401);
            assert.ok(lines.every((line) => !line.includes('eyJ') && !line.includes('Bearer')));
        });

        it('sees a client of the newer kind, under its name and on its media server', async () => {
            const sdk = lastClientOf(bob.userId);
            const memberId = randomUUID();
            // As Element Call 0.28 and 0.29 write it.
            const published = [
                {
                    type: 'livekit',
                    url: livekit.url,
                    ...(service ? { livekit_service_url: authoriser.url } : {}),
                },
            ];
            const content = {
                slot_id: 'm.call#ROOM',
                application: { type: 'm.call', 'm.call.intent': 'video' },
                member: { user_id: bob.userId, device_id: bob.account.deviceId, id: memberId },
                transports: { published, can_subscribe: ['livekit'] },
                versions: [],
                msc4354_sticky_key: memberId,
            };
            await sdk._unstable_sendStickyEvent(roomId, 3_600_000, null, EventType.RTCMembership, content);
            await untilRoom(
                alice.account,
                roomId,
                (r) => r.rtc.some((m) => m.userId === bob.userId),
                'the other membership',
            );
            const theirs = alice.account
                .rooms()
                .find((r) => r.roomId === roomId)
                ?.rtc.find((m) => m.userId === bob.userId);
            assert.equal(theirs?.client, 'other');
            assert.equal(theirs.identity, sha256Base64(JSON.stringify([bob.userId, bob.account.deviceId, memberId])));
            const grant = await alice.account.rtc.viewerGrant(roomId, theirs.serviceUrl, 'view-2');
            assert.equal(grant.url, livekit.url);
            await sdk._unstable_sendStickyEvent(roomId, 3_600_000, null, EventType.RTCMembership, {
                slot_id: 'm.call#ROOM',
                msc4354_sticky_key: memberId,
            });
            await untilRoom(alice.account, roomId, (r) => r.rtc.length === 1, 'it to leave');
        });

        it('is left like any other', async () => {
            await alice.account.rtc.leave(roomId);
            await untilRoom(bob.account, roomId, (r) => r.rtc.length === 0, 'an empty session');
        });
    });
