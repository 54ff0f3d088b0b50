import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { noWayWords } from '../../../src/extension/account/noWayWords.ts';
import { signInWays } from '../../../src/matrix/signIn/signInWays.ts';
import { fakeFetch, type Answerer } from './fakeFetch.ts';

const BASE = 'https://hs.example.org';
const PASSWORD = { body: { flows: [{ type: 'm.login.password' }] } };
const METADATA = {
    issuer: 'https://auth.example.org/',
    authorization_endpoint: 'https://auth.example.org/authorize',
    token_endpoint: 'https://auth.example.org/token',
    revocation_endpoint: 'https://auth.example.org/revoke',
    registration_endpoint: 'https://auth.example.org/register',
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
};
const ask = (login: Answerer | undefined, metadata: Answerer | undefined, versions = ['v1.15']) =>
    signInWays(
        BASE,
        versions,
        fakeFetch({
            ...(login && { [`GET ${BASE}/_matrix/client/v3/login`]: login }),
            ...(metadata && {
                [`GET ${BASE}/_matrix/client/v1/auth_metadata`]: metadata,
                [`GET ${BASE}/_matrix/client/unstable/org.matrix.msc2965/auth_metadata`]: metadata,
            }),
        }),
    );
const kinds = async (...args: Parameters<typeof ask>): Promise<string[]> =>
    (await ask(...args)).ways.map(({ kind }) => kind);

describe('the ways to sign in', () => {
    const nonsense: [string, Answerer | undefined][] = [
        ['is refused with 401', { status: 401, body: { errcode: 'M_MISSING_TOKEN' } }],
        ['is forbidden', { status: 403, body: { errcode: 'M_FORBIDDEN' } }],
        ['asks for a pause', { status: 429, body: { errcode: 'M_LIMIT_EXCEEDED' } }],
        ['is not implemented', { status: 501 }],
        ['has a problem', { status: 500, text: 'oops' }],
        ['is behind a gateway', { status: 502, text: '<html>' }],
        ['is a web page', { text: '<!doctype html>' }],
        ['is empty', { text: '' }],
        ['is null', { text: 'null' }],
        ['is a list', { body: [] }],
        ['lacks what is needed', { body: { issuer: METADATA.issuer } }],
        ['names an endpoint in clear', { body: { ...METADATA, token_endpoint: 'http://auth.example.org/token' } }],
        ['has no PKCE', { body: { ...METADATA, code_challenge_methods_supported: ['plain'] } }],
        ['does not answer', undefined],
    ];
    for (const [what, answer] of nonsense)
        it(`are those of /login when the OAuth metadata ${what}`, async () => {
            assert.deepEqual(await kinds(PASSWORD, answer), ['password']);
            assert.deepEqual(await kinds(PASSWORD, answer, ['v1.11']), ['password']);
            const sso = { body: { flows: [{ type: 'm.login.sso' }] } };
            assert.deepEqual(await kinds(sso, answer), ['sso']);
        });
    it('are those of OAuth when /login does not work', async () => {
        const broken = [{ status: 404 }, { status: 403, body: {} }, { status: 500 }, { text: '<html>' }, undefined];
        for (const login of broken) assert.deepEqual(await kinds(login, { body: METADATA }), ['oauth']);
    });
    it('are read beside fields and entries of unknown types', async () => {
        const odd = {
            ...METADATA,
            grant_types_supported: null,
            device_authorization_endpoint: null,
            account_management_uri: 7,
            prompt_values_supported: 'create',
            code_challenge_methods_supported: [null, 'S256'],
            authorization_response_iss_parameter_supported: 'yes',
            service_documentation: { x: 1 },
        };
        const flows = [null, 7, { type: null }, { type: 'm.login.password', get_login_token: null }, 'x'];
        assert.deepEqual(await kinds({ body: { flows } }, { body: odd }), ['oauth', 'password']);
        const providers = [null, { id: 'a b', name: 'x' }, { id: 'ok', name: 'Fine', icon: null }];
        const sso = { body: { flows: [{ type: 'm.login.sso', identity_providers: providers }] } };
        assert.deepEqual((await ask(sso, { status: 404 })).ways, [
            { kind: 'sso', provider: { id: 'ok', name: 'Fine' } },
        ]);
        const many = Array.from({ length: 100 }, (_, i) => ({ type: `org.example.${i}` }));
        assert.deepEqual(await kinds({ body: { flows: [...many, ...PASSWORD.body.flows] } }, { status: 404 }), [
            'password',
        ]);
    });
    it('are none of a server with neither, and it is said what the server offers and why its OAuth is not used', async () => {
        const neither = await ask({ body: { flows: [{ type: 'org.example.odd' }] } }, { status: 401 });
        assert.deepEqual(neither.ways, []);
        const words = noWayWords('hs.example.org', neither);
        assert.match(words, /hs\.example\.org offers no way/u);
        assert.match(words, /org\.example\.odd/u);
        assert.match(words, /status 401/u);
        const nothing = await ask({ status: 404 }, { status: 404 });
        assert.match(noWayWords('hs.example.org', nothing), /it offers nothing/u);
        assert.equal(nothing.oauthProblem, undefined);
    });
    it('are not known when the server does not answer at all', () =>
        assert.rejects(ask(undefined, undefined), { code: 'network.offline' }));
});
