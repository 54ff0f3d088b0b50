import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { HttpProblem } from '../../../src/livekit/authoriser/authoriserHttp.ts';
import { createHomeserver } from '../../../src/livekit/authoriser/homeserver.ts';
import { createMemberEndpoints } from '../../../src/livekit/authoriser/memberEndpoints.ts';
import { sha256Base64 } from '../../../src/livekit/tokens/roomTokens.ts';

const SFU = 'wss://sfu.example.org';
const CLIENT = '/_matrix/client/unstable/io.element.msc4195/rtc/livekit';
const FEDERATION = '/_matrix/federation/unstable/io.element.msc4195/rtc/livekit';
const FROM = { authorization: 'Bearer hs', 'x-matrix-user-identifier': '@a:example.org' };
const OTHER = { authorization: 'Bearer hs', 'x-matrix-origin': 'other.org' };
const BODY = {
    url: SFU,
    room_id: '!r:example.org',
    slot_id: 'm.call#ROOM',
    member: { id: 'm1', claimed_device_id: 'D' },
};

function world(answers: Record<string, { status?: number; body?: unknown }> = {}) {
    const minted: object[] = [];
    const taken: object[] = [];
    const asked: { url: string; body: unknown; authorization: string | null }[] = [];
    const homeserver = createHomeserver({
        baseUrl: 'https://hs.example.org/',
        serverName: 'example.org',
        asToken: 'as',
        hsToken: 'hs',
        async fetch(input, init) {
            const url = String(input);
            const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : undefined;
            asked.push({ url, body, authorization: new Headers(init?.headers).get('Authorization') });
            const key = Object.keys(answers).find((part) => url.includes(part));
            const { status = 200, body: answer = { joined: true } } = key === undefined ? {} : (answers[key] ?? {});
            return Response.json(answer, { status });
        },
    });
    const endpoints = createMemberEndpoints({
        homeserver,
        livekitUrl: SFU,
        delegations: { take: (delegation) => (taken.push(delegation), true) },
        async mint(token) {
            minted.push(token);
            return 'a.b.c';
        },
    });
    return { endpoints, minted, taken, asked };
}
const problem = async (work: Promise<unknown>): Promise<[number, string]> => {
    const error = await work.then(
        () => assert.fail('it was answered'),
        (reason: unknown) => reason,
    );
    assert.ok(error instanceof HttpProblem, String(error));
    return [error.status, error.errcode];
};

describe('what a homeserver passes on', () => {
    const room = sha256Base64(JSON.stringify(['!r:example.org', 'm.call#ROOM']));
    it('is a token for a member, under the identity that others compute', async () => {
        const { endpoints, minted, asked } = world();
        const { body } = await endpoints.answer(`${CLIENT}/get_token`, FROM, BODY);
        assert.deepEqual(body, { jwt: 'a.b.c' });
        const identity = sha256Base64(JSON.stringify(['@a:example.org', 'D', 'm1']));
        assert.deepEqual(minted, [{ room, identity, canPublish: true }]);
        assert.match(asked[0]?.url ?? '', /msc4502\/rooms\/!r%3Aexample\.org\/is_joined\?mxid=%40a%3Aexample\.org/u);
        assert.equal(asked[0]?.authorization, 'Bearer as');
    });
    it('is read in the form of the MSC’s text too, and by its stable name', async () => {
        const { endpoints, minted } = world();
        const { member: _, ...rest } = BODY;
        const plain = { ...rest, member_id: 'm1', later: true };
        await endpoints.answer('/_matrix/client/v1/rtc/livekit/get_token', FROM, plain);
        const identity = sha256Base64(JSON.stringify(['@a:example.org', 'm1']));
        assert.deepEqual(minted, [{ room, identity, canPublish: true }]);
    });
    it('is refused when it does not come from the homeserver, or is not in order', async () => {
        const { endpoints, minted } = world();
        const get = (headers: object, body: unknown = BODY) =>
            problem(endpoints.answer(`${CLIENT}/get_token`, headers as never, body));
        assert.deepEqual(await get({}), [401, 'M_UNKNOWN_TOKEN']);
        assert.deepEqual(await get({ ...FROM, authorization: 'Bearer no' }), [401, 'M_UNKNOWN_TOKEN']);
        assert.deepEqual(await get({ authorization: 'Bearer hs' }), [401, 'M_UNAUTHORIZED']);
        const stranger = { ...FROM, 'x-matrix-user-identifier': '@a:other.org' };
        assert.deepEqual(await get(stranger), [401, 'M_UNAUTHORIZED']);
        for (const body of [
            null,
            {},
            { ...BODY, room_id: 'r' },
            { ...BODY, member: {} },
            { ...BODY, url: 'x'.repeat(3_000) },
        ])
            assert.deepEqual(await get(FROM, body), [400, 'M_BAD_JSON']);
        assert.deepEqual(await get(FROM, { ...BODY, url: 'wss://elsewhere.org' }), [400, 'M_INVALID_PARAM']);
        assert.deepEqual(minted, []);
    });
    it('is refused for who is not in the room, and when the homeserver does not say', async () => {
        const get = (answer: object) =>
            problem(world({ is_joined: answer }).endpoints.answer(`${CLIENT}/get_token`, FROM, BODY));
        assert.deepEqual(await get({ body: { joined: false } }), [403, 'M_FORBIDDEN']);
        assert.deepEqual(await get({ status: 500 }), [502, 'M_UNKNOWN']);
        assert.deepEqual(await get({ body: {} }), [502, 'M_UNKNOWN']);
    });
    it('goes on to the homeserver whose media server it is', async () => {
        const fed = { fed_proxy: { body: { status: 200, content: { jwt: 'd.e.f' } } } };
        const { endpoints, asked, minted } = world(fed);
        const theirs = { ...BODY, url: 'wss://sfu.other.org', server_name: 'other.org' };
        const { body } = await endpoints.answer(`${CLIENT}/get_token`, FROM, theirs);
        assert.deepEqual([body, minted], [{ jwt: 'd.e.f' }, []]);
        const sent = asked.at(-1)?.body as { destination: string; path: string; body: Record<string, unknown> };
        assert.deepEqual([sent.destination, sent.path], ['other.org', `${FEDERATION}/get_token`]);
        assert.equal(sent.body['user_id'], '@a:example.org');
        assert.equal(sent.body['server_name'], undefined);
        for (const [status, expected] of [
            [403, 403],
            [400, 400],
            [500, 502],
            [200, 502],
        ] as const) {
            const answer = { fed_proxy: { body: { status, content: {} } } };
            const refused = world(answer).endpoints.answer(`${CLIENT}/get_token`, FROM, theirs);
            assert.equal((await problem(refused))[0], expected);
        }
    });
    it('from another homeserver is a token that only watches, for its own users', async () => {
        const { endpoints, minted } = world();
        const get = (body: object, headers: object = OTHER) =>
            endpoints.answer(`${FEDERATION}/get_token`, headers as never, body);
        await get({ ...BODY, user_id: '@b:other.org' });
        assert.deepEqual((minted[0] as { canPublish: boolean }).canPublish, false);
        assert.deepEqual(await problem(get({ ...BODY, user_id: '@a:example.org' })), [403, 'M_FORBIDDEN']);
        assert.deepEqual(await problem(get(BODY)), [403, 'M_FORBIDDEN']);
        assert.deepEqual(await problem(get({ ...BODY, user_id: '@b:other.org' }, FROM)), [403, 'M_FORBIDDEN']);
        const delegate = endpoints.answer(`${FEDERATION}/delegate_delayed_leave`, OTHER, { ...BODY, delay_id: 'd' });
        assert.deepEqual(await problem(delegate), [404, 'M_UNRECOGNIZED']);
    });
    it('is a delayed leave that is looked after, if it exists', async () => {
        const { endpoints, taken, asked } = world();
        const leave = { ...BODY, delay_id: 'delay-1' };
        assert.deepEqual((await endpoints.answer(`${CLIENT}/delegate_delayed_leave`, FROM, leave)).body, {});
        const identity = sha256Base64(JSON.stringify(['@a:example.org', 'D', 'm1']));
        const key = JSON.stringify(['!r:example.org', 'm.call#ROOM', '@a:example.org', 'm1']);
        assert.deepEqual(taken, [{ key, userId: '@a:example.org', delayId: 'delay-1', room, identity }]);
        assert.ok(asked.some(({ url, authorization }) => url.endsWith('/delay-1/restart') && authorization === null));
        const refuse = (body: object, answers = {}) =>
            problem(world(answers).endpoints.answer(`${CLIENT}/delegate_delayed_leave`, FROM, body));
        assert.deepEqual(await refuse(BODY), [400, 'M_BAD_JSON']);
        assert.deepEqual(await refuse({}), [400, 'M_BAD_JSON']);
        assert.deepEqual(await refuse(leave, { delayed_events: { status: 404 } }), [400, 'M_INVALID_PARAM']);
        assert.deepEqual(await refuse(leave, { delayed_events: { status: 500 } }), [502, 'M_UNKNOWN']);
        assert.deepEqual(await refuse(leave, { is_joined: { body: { joined: false } } }), [403, 'M_FORBIDDEN']);
    });
    it('has these paths and no others', () => {
        const { endpoints } = world();
        for (const path of [
            `${CLIENT}/get_token`,
            `${FEDERATION}/get_token`,
            '/_matrix/client/v1/rtc/livekit/get_token',
        ])
            assert.ok(endpoints.has(path));
        for (const path of [
            '/get_token',
            `${CLIENT}/get_token/`,
            `${CLIENT}/../get_token`,
            '/_matrix/client/v1/sync',
            '',
        ])
            assert.ok(!endpoints.has(path), path);
    });
});
