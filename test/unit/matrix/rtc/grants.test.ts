import assert from 'node:assert/strict';
import { createLog } from '../../../../src/core/base/log.ts';
import { createHomeserverTokens } from '../../../../src/matrix/rtc/homeserverTokens.ts';
import { createGrants } from '../../../../src/matrix/rtc/grants.ts';
import type { OwnSfu } from '../../../../src/core/share/ownSfu.ts';
import { createTransports, isServiceUrl } from '../../../../src/matrix/rtc/transports.ts';
import { fakeFetch, type Answerer } from '../fakeFetch.ts';

const quiet = createLog({
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
});
const SFU = 'https://sfu.example.org/livekit';
const OPENID = { access_token: 'o', expires_in: 3_600, matrix_server_name: 'b.org', token_type: 'Bearer' };
const GRANT = { body: { url: 'wss://sfu.example.org', jwt: 'a.b.c', more: true } };
/** Alice's own LiveKit server. */
const ownServer: OwnSfu = {
    url: () => Promise.resolve('wss://mine.org'),
    token: ({ roomId, tabId }) => Promise.resolve(`${tabId === undefined ? 'publish' : 'view'} ${roomId}`),
};
const grants = (table: Record<string, Answerer>) => {
    const fetch = fakeFetch(table);
    const clock = { now: 0 };
    let asked = 0;
    let n = 0;
    const askedOf: unknown[] = [];
    const made = createGrants({
        userId: '@a:b.org',
        deviceId: 'DEV',
        openIdToken: () => {
            asked++;
            return Promise.resolve(OPENID);
        },
        own: {
            server: ownServer,
            ask: (...asking) => {
                askedOf.push(asking);
                return Promise.resolve({ url: 'wss://theirs.org', token: 'theirs' });
            },
        },
        homeserver: createHomeserverTokens({
            baseUrl: 'https://hs.b.org',
            fetch,
            accessToken: 'placeholder',
            deviceId: 'DEV',
        }),
        mayAskLocal: (url) => url === 'http://127.0.0.1:1234',
        fetch,
        now: () => clock.now,
        uuid: () => `0000000${++n}-uuid`,
    });
    return { made, fetch, clock, asked: () => asked, askedOf };
};

describe('room tokens', () => {
    it('publishes under the membership’s identity; one OpenID token serves until it ages', async () => {
        const { made, fetch, clock, asked } = grants({ [`POST ${SFU}/sfu/get`]: GRANT });
        assert.deepEqual(await made.publish(SFU, '!r'), { url: 'wss://sfu.example.org', token: 'a.b.c' });
        assert.deepEqual(fetch.asked[0]?.body, { room: '!r', openid_token: OPENID, device_id: 'DEV' });
        await made.publish(SFU, '!r');
        assert.equal(asked(), 1);
        clock.now = 3_541_000;
        await made.publish(SFU, '!r');
        assert.equal(asked(), 2);
    });
    it('watches under an identity of its own per view, the same for a retry', async () => {
        const { made, fetch } = grants({ [`POST ${SFU}/get_token`]: GRANT });
        for (const view of ['v1', 'v2', 'v1']) await made.view(SFU, '!r', view);
        assert.deepEqual(
            fetch.asked.map((a) => (a.body?.['member'] as { id: string } | undefined)?.id),
            ['00000001-uuid', '00000002-uuid', '00000001-uuid'],
        );
        assert.deepEqual(fetch.asked[0]?.body, {
            room_id: '!r',
            slot_id: 'm.call#ROOM',
            openid_token: OPENID,
            member: { id: '00000001-uuid', claimed_user_id: '@a:b.org', claimed_device_id: 'DEV' },
        });
    });
    it('falls back to a made-up device where /get_token does not exist', async () => {
        const { made, fetch } = grants({ [`POST ${SFU}/get_token`]: { status: 404 }, [`POST ${SFU}/sfu/get`]: GRANT });
        await made.view(SFU, '!r', 'v');
        assert.equal(fetch.asked[1]?.body?.['device_id'], 'DEV_view_00000001');
        assert.deepEqual(made.outdated(), ['sfu.example.org'], 'and the diagnostics warn of it');
    });
    const bad: [string, Answerer, string][] = [
        ['a refusal', { status: 403 }, 'media.tokenRefused'],
        ['an answer of another service', { text: 'ok' }, 'media.tokenInvalid'],
        ['a token that is none', { body: { url: 'wss://x', jwt: 'no' } }, 'media.tokenInvalid'],
        ['an SFU in clear', { body: { url: 'ws://sfu.example.org', jwt: 'a.b.c' } }, 'media.tokenInvalid'],
        ['a rate limit', { status: 429, headers: { 'Retry-After': '3' } }, 'network.rateLimited'],
        ['a broken service', { status: 500 }, 'server.error'],
    ];
    for (const [name, answer, code] of bad)
        it(`has a sentence for ${name}`, () =>
            assert.rejects(grants({ [`POST ${SFU}/sfu/get`]: answer }).made.publish(SFU, '!r'), { code }));
    it('never sends the OpenID token in clear or to no service', async () => {
        const { made, fetch } = grants({});
        await assert.rejects(made.view('http://sfu.example.org', '!r', 'v'), { code: 'media.tokenRefused' });
        await assert.rejects(made.view('nonsense', '!r', 'v'), { code: 'media.tokenRefused' });
        assert.equal(fetch.asked.length, 0);
    });
    it('allows http on this machine', async () => {
        const { made } = grants({
            'POST http://127.0.0.1:1234/sfu/get': { body: { url: 'ws://127.0.0.1:7880', jwt: 'a.b.c' } },
        });
        assert.equal((await made.publish('http://127.0.0.1:1234', '!r')).url, 'ws://127.0.0.1:7880');
    });
    it('makes its own tokens for its own server, and asks teammates for theirs', async () => {
        const { made, fetch, askedOf } = grants({});
        assert.deepEqual(await made.publish('olm+wss://mine.org', '!r'), {
            url: 'wss://mine.org',
            token: 'publish !r',
        });
        assert.deepEqual(await made.view('olm+wss://mine.org', '!r', 'v'), { url: 'wss://mine.org', token: 'view !r' });
        assert.equal((await made.view('olm+wss://theirs.org', '!r', 'v')).token, 'theirs');
        assert.deepEqual(askedOf, [['olm+wss://theirs.org', '!r', '00000001-uuid']]);
        assert.deepEqual(fetch.asked, []);
        await assert.rejects(made.publish('olm+wss://theirs.org', '!r'), { code: 'media.tokenRefused' });
    });
    it('asks no service on this machine that only a member named', async () => {
        const { made, fetch } = grants({});
        for (const url of ['http://127.0.0.1:8080', 'https://localhost/x'])
            await assert.rejects(made.view(url, '!r', 'v'), { code: 'media.tokenRefused' });
        assert.deepEqual(fetch.asked, []);
    });
    it('takes no SFU on this machine from a service that is elsewhere', async () => {
        const { made, askedOf } = grants({
            [`POST ${SFU}/get_token`]: { body: { url: 'ws://127.0.0.1:7880', jwt: 'a.b.c' } },
        });
        await assert.rejects(made.view(SFU, '!r', 'v'), { code: 'media.tokenRefused' });
        await assert.rejects(made.view('olm+ws://127.0.0.1:7880', '!r', 'v'), { code: 'media.tokenRefused' });
        assert.deepEqual(askedOf, []);
    });
});

describe('where the own SFU comes from', () => {
    const MSC = 'org.matrix.msc4143';
    const HS = 'GET https://m.b.org/_matrix/client/unstable/org.matrix.msc4143/rtc/transports';
    const WK = 'GET https://b.org/.well-known/matrix/client';
    const own = (table: Record<string, Answerer>, setting = '', room?: string, sfu?: string, features = [MSC]) =>
        createTransports({
            baseUrl: 'https://m.b.org',
            serverName: 'b.org',
            fetch: fakeFetch(table),
            accessToken: 't',
            setting: () => setting,
            ownServer: () => Promise.resolve(sfu),
            supports: (feature) => Promise.resolve(features.includes(feature)),
            log: quiet,
            now: () => 0,
        }).own(room);
    const entry = (url: string) => ({ type: 'livekit', livekit_service_url: url });
    it('asks a homeserver that does not name the feature nothing of it', async () => {
        const table = {
            [HS]: { body: { rtc_transports: [entry('https://1')] } },
            [WK]: { body: { 'org.matrix.msc4143.rtc_foci': [entry('https://2')] } },
        };
        assert.equal((await own(table, '', undefined, undefined, [])).serviceUrl, 'https://2');
    });
    it('prefers the homeserver, then .well-known, then the setting, then the room', async () => {
        const hs = {
            [HS]: { body: { rtc_transports: [{ type: 'other' }, entry('http://clear.org'), entry('https://1')] } },
        };
        const wk = { [WK]: { body: { 'org.matrix.msc4143.rtc_foci': [entry('https://2')] } } };
        assert.deepEqual(await own({ ...hs, ...wk }, 'https://3', 'https://4'), {
            serviceUrl: 'https://1',
            source: 'homeserver',
        });
        assert.deepEqual(await own({ [HS]: { status: 404 }, ...wk }, 'https://3', 'https://4'), {
            serviceUrl: 'https://2',
            source: 'wellKnown',
        });
        assert.deepEqual(await own({ [HS]: { body: { rtc_transports: [] } } }, ' https://3 ', 'https://4'), {
            serviceUrl: 'https://3',
            source: 'setting',
        });
        assert.deepEqual(await own({ [HS]: { status: 404 } }, '', 'https://4'), {
            serviceUrl: 'https://4',
            source: 'room',
        });
    });
    it('takes the person’s own server after the setting, before the room', async () => {
        const none = { [HS]: { status: 404 } };
        assert.deepEqual(await own(none, '', 'https://4', 'wss://mine.org'), {
            serviceUrl: 'olm+wss://mine.org',
            source: 'ownServer',
        });
        assert.equal((await own(none, 'https://3', 'https://4', 'wss://mine.org')).source, 'setting');
    });
    it('says so when there is none', () =>
        assert.rejects(own({ [HS]: { status: 404 } }, '', 'http://clear.org'), {
            code: 'media.noServer',
            message: /^This room has no media server: /,
        }));
    it('takes no server on this machine from a room, unless the homeserver is here too', () =>
        assert.rejects(own({ [HS]: { status: 404 } }, '', 'http://127.0.0.1:8080'), { code: 'media.noServer' }));
    it('takes no URL that would word the request, carry a password or go out in clear', () => {
        for (const url of [
            'https://b.org/x?y=z',
            'https://b.org/#x',
            'https://u:p@b.org',
            'http://b.org',
            'ftp://b.org',
            '',
        ])
            assert.equal(isServiceUrl(url), false, url);
        assert.ok(isServiceUrl('https://b.org/livekit/jwt') && isServiceUrl('http://127.0.0.1:8080'));
    });
    it('does not mistake a homeserver in trouble for one without an SFU', () =>
        assert.rejects(own({ [HS]: { status: 503 } }, 'https://3'), { code: 'server.error' }));
    it('refuses a setting in clear', () =>
        assert.rejects(own({ [HS]: { status: 404 } }, 'http://sfu.org'), { message: /hush\.livekit\.serviceUrl/u }));
});
