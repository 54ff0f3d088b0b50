import assert from 'node:assert/strict';
import { logInWithPassword, logOut } from '../../../src/matrix/signIn/login.ts';
import { fakeFetch, type Answerer } from './fakeFetch.ts';

const BASE = 'https://hs.example.org';
const FLOWS = { body: { flows: [{ type: 'm.login.sso' }, { type: 'm.login.password' }] } };
const LOGIN = `POST ${BASE}/_matrix/client/v3/login`;
const attempt = (answer: Answerer, flows: Answerer = FLOWS) => {
    const fetch = fakeFetch({ [`GET ${BASE}/_matrix/client/v3/login`]: flows, [LOGIN]: answer });
    return {
        fetch,
        result: logInWithPassword(
            { baseUrl: BASE, user: '@a:b.org', password: 'pw', deviceName: 'Hush on x', deviceId: 'DEV' },
            fetch,
            () => 1_000,
        ),
    };
};

describe('signing in', () => {
    it('asks for a refresh token, under a name and a device', async () => {
        const { fetch, result } = attempt({
            body: { user_id: '@a:b.org', device_id: 'DEV', access_token: 't', refresh_token: 'r', expires_in_ms: 500 },
        });
        assert.deepEqual(await result, {
            userId: '@a:b.org',
            deviceId: 'DEV',
            accessToken: 't',
            refreshToken: 'r',
            expiresAt: 1_500,
        });
        assert.deepEqual(fetch.asked[1]?.body, {
            type: 'm.login.password',
            identifier: { type: 'm.id.user', user: '@a:b.org' },
            password: 'pw',
            initial_device_display_name: 'Hush on x',
            refresh_token: true,
            device_id: 'DEV',
        });
    });
    const refusals: [string, Answerer, object][] = [
        [
            'a wrong password',
            { status: 403, body: { errcode: 'M_FORBIDDEN', error: 'Invalid' } },
            { code: 'login.wrongPassword', message: 'hs.example.org knows no account @a:b.org with this password.' },
        ],
        [
            'a deactivated account',
            { status: 403, body: { errcode: 'M_USER_DEACTIVATED' } },
            { code: 'login.deactivated' },
        ],
        [
            'too many tries, with Retry-After',
            { status: 429, headers: { 'Retry-After': '12' }, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 5 } },
            { code: 'network.rateLimited', retryAfterMs: 12_000, message: /in 12 seconds/u },
        ],
        [
            'too many tries, with retry_after_ms',
            { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 1_500 } },
            { code: 'network.rateLimited', retryAfterMs: 1_500 },
        ],
        [
            'something unknown',
            { status: 400, body: { errcode: 'M_UNKNOWN', error: 'Odd' } },
            { code: 'server.refused', message: /Odd/u },
        ],
        ['a broken server', { status: 502, text: '<html>' }, { code: 'server.error' }],
        ['an answer without a token', { body: { user_id: '@a:b.org', device_id: 'D' } }, { code: 'login.refused' }],
    ];
    for (const [name, answer, expected] of refusals)
        it(`has a sentence for ${name}`, () => assert.rejects(attempt(answer).result, expected));
    it('says which ways the server offers when a password is none of them', () =>
        assert.rejects(attempt({}, { body: { flows: [{ type: 'm.login.sso' }] } }).result, {
            code: 'login.noSupportedFlow',
            message: /m\.login\.sso/u,
        }));
    it('has a sentence for no network', () =>
        assert.rejects(
            logInWithPassword({ baseUrl: BASE, user: 'a', password: 'p', deviceName: 'x' }, fakeFetch({}), () => 0),
            { code: 'network.offline', message: /hs\.example\.org/u },
        ));
    it('counts an unknown token as signed out', () =>
        logOut(
            BASE,
            't',
            fakeFetch({
                [`POST ${BASE}/_matrix/client/v3/logout`]: { status: 401, body: { errcode: 'M_UNKNOWN_TOKEN' } },
            }),
        ));
});
