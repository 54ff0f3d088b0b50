import assert from 'node:assert/strict';
import { RoomServiceClient, TokenVerifier } from 'livekit-server-sdk';
import { after, before, describe, it } from 'mocha';
import { sha256Base64 } from '../../src/livekit/tokens/roomTokens.ts';
import { login, request, type Login } from '../stack/accounts.ts';
import { startAuthoriser, startStack, type Authoriser, type Stack } from '../stack/stack.ts';

type Json = Record<string, unknown>;

describe('the authoriser between a real Synapse and a real LiveKit', function () {
    this.timeout(60_000);
    let stack: Stack;
    let alice: Login;
    let bob: Login;
    let authoriser: Authoriser;
    /** The same servers, but Synapse's users may not open rooms here. */
    let guestsOnly: Authoriser;
    let rooms = 0;
    const newRoom = (): string => `!room${++rooms}:${stack.serverName}`;
    const livekit = () => stack.livekit ?? assert.fail('no LiveKit');

    before(async () => {
        stack = await startStack();
        [alice, bob] = (await Promise.all(
            ['alice', 'bob'].map(async (name) => login(stack.baseUrl, await stack.createAccount(name))),
        )) as [Login, Login];
        authoriser = stack.authoriser ?? assert.fail('no authoriser');
        guestsOnly = await startAuthoriser({
            homeservers: [stack],
            livekit: livekit(),
            fullAccessHomeservers: ['example.org'],
        });
    });
    after(async () => {
        await guestsOnly?.stop();
        await stack?.stop();
    });

    const openId = (who: Login): Promise<Json> =>
        request(
            `${stack.baseUrl}/_matrix/client/v3/user/${encodeURIComponent(who.userId)}/openid/request_token`,
            {},
            who.accessToken,
        );

    const ask = async (service: Authoriser, path: string, body: Json): Promise<{ status: number; json: Json }> => {
        const answer = await fetch(service.url + path, { method: 'POST', body: JSON.stringify(body) });
        return { status: answer.status, json: (await answer.json()) as Json };
    };

    const claimsOf = async (json: Json) => {
        const { apiKey, apiSecret, url } = livekit();
        assert.equal(json['url'], url);
        return new TokenVerifier(apiKey, apiSecret).verify(String(json['jwt']));
    };

    /** Whether LiveKit itself lets this token in: its check before the WebSocket upgrade. */
    const admitted = async (jwt: unknown): Promise<boolean> => {
        const answer = await fetch(
            `${livekit().url.replace(/^ws/, 'http')}/rtc/validate?access_token=${String(jwt)}&protocol=15`,
        );
        return answer.ok;
    };

    it('gives a member a token that LiveKit accepts, with the room name and identity of MatrixRTC and minimal grants', async () => {
        const room = newRoom();
        const { status, json } = await ask(authoriser, '/sfu/get', {
            room,
            openid_token: await openId(alice),
            device_id: alice.deviceId,
        });
        assert.equal(status, 200, JSON.stringify(json['error']));
        const claims = await claimsOf(json);
        assert.equal(claims.sub, `${alice.userId}:${alice.deviceId}`);
        assert.deepEqual(claims.video, {
            room: sha256Base64(JSON.stringify([room, 'm.call#ROOM'])),
            roomJoin: true,
            roomCreate: false,
            canPublish: true,
            canPublishSources: ['screen_share', 'screen_share_audio', 'microphone', 'camera'],
            canSubscribe: true,
            canPublishData: true,
            canUpdateOwnMetadata: false,
        });
        assert.equal((claims.exp ?? 0) - (claims.nbf ?? 0), 3600);
        assert.ok(await admitted(json['jwt']));
    });

    it('gives /get_token the hashed identity in the same LiveKit room', async () => {
        const room = newRoom();
        const member = { id: 'a-member', claimed_user_id: bob.userId, claimed_device_id: bob.deviceId };
        const first = await ask(authoriser, '/sfu/get', {
            room,
            openid_token: await openId(alice),
            device_id: alice.deviceId,
        });
        const second = await ask(authoriser, '/get_token', {
            room_id: room,
            slot_id: 'm.call#ROOM',
            openid_token: await openId(bob),
            member,
        });
        const [one, two] = await Promise.all([claimsOf(first.json), claimsOf(second.json)]);
        assert.equal(one.video?.room, two.video?.room);
        assert.equal(two.sub, sha256Base64(JSON.stringify([bob.userId, bob.deviceId, 'a-member'])));
    });

    it('refuses a forged token, and a real one under the name of another server', async () => {
        const real = await openId(alice);
        const forged = { ...real, access_token: 'forged' };
        const body = { room: newRoom(), device_id: alice.deviceId };
        const answer = await ask(authoriser, '/sfu/get', { ...body, openid_token: forged });
        assert.deepEqual(
            [answer.status, answer.json['errcode'], answer.json['jwt']],
            [401, 'M_UNAUTHORIZED', undefined],
        );
        const elsewhere = await ask(authoriser, '/sfu/get', {
            ...body,
            openid_token: { ...real, matrix_server_name: '127.0.0.1:1' },
        });
        assert.deepEqual([elsewhere.status, elsewhere.json['jwt']], [502, undefined]);
    });

    it('refuses to name one user with the token of another', async () => {
        const member = { id: 'm', claimed_user_id: alice.userId, claimed_device_id: alice.deviceId };
        const body = { room_id: newRoom(), slot_id: 'm.call#ROOM', openid_token: await openId(bob), member };
        const answer = await ask(authoriser, '/get_token', body);
        assert.deepEqual([answer.status, answer.json['errcode']], [403, 'M_FORBIDDEN']);
    });

    it('refuses a field it does not know', async () => {
        const body = {
            room: newRoom(),
            openid_token: await openId(alice),
            device_id: alice.deviceId,
            user_id: bob.userId,
        };
        const answer = await ask(authoriser, '/sfu/get', body);
        assert.deepEqual([answer.status, answer.json['errcode']], [400, 'M_BAD_JSON']);
    });

    it('lets users of other homeservers join an open room and open none', async () => {
        const room = newRoom();
        const { apiKey, apiSecret, url } = livekit();
        const service = new RoomServiceClient(url.replace(/^ws/, 'http'), apiKey, apiSecret);
        const name = sha256Base64(JSON.stringify([room, 'm.call#ROOM']));
        const guest = async () =>
            ask(guestsOnly, '/sfu/get', { room, openid_token: await openId(bob), device_id: bob.deviceId });

        const early = await guest();
        assert.deepEqual([early.status, early.json['errcode']], [403, 'M_FORBIDDEN']);
        assert.equal((await service.listRooms([name])).length, 0);

        await ask(authoriser, '/sfu/get', { room, openid_token: await openId(alice), device_id: alice.deviceId });
        assert.equal((await service.listRooms([name])).length, 1);
        const late = await guest();
        assert.equal(late.status, 200);
        assert.ok(await admitted(late.json['jwt']));
    });

    it('is announced by the homeserver', async () => {
        const path = '/_matrix/client/unstable/org.matrix.msc4143/rtc/transports';
        const answer = await request(stack.baseUrl + path, undefined, alice.accessToken);
        assert.deepEqual(answer, { rtc_transports: [{ type: 'livekit', livekit_service_url: authoriser.url }] });
    });
});
