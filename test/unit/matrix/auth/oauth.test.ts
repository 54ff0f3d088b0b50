import assert from 'node:assert/strict';
import { fetchAuthMetadata } from '../../../../src/matrix/signIn/authMetadata.ts';
import { authorizationAnswer, exchangeCode } from '../../../../src/matrix/signIn/oauth.ts';
import { fakeFetch, type Answerer } from '../fakeFetch.ts';

const BASE = 'https://hs.example.org';
const metadataWith = (extra: Record<string, unknown>) =>
    fetchAuthMetadata(
        BASE,
        ['v1.15'],
        fakeFetch({
            [`GET ${BASE}/_matrix/client/v1/auth_metadata`]: {
                body: {
                    issuer: 'https://auth.example.org/',
                    authorization_endpoint: 'https://auth.example.org/authorize',
                    token_endpoint: 'https://auth.example.org/token',
                    revocation_endpoint: 'https://auth.example.org/revoke',
                    registration_endpoint: 'https://auth.example.org/register',
                    response_types_supported: ['code'],
                    code_challenge_methods_supported: ['S256'],
                    ...extra,
                },
            },
        }),
    );

describe('what a server says of its OAuth', () => {
    it('is taken with https, and with http on this machine', async () => {
        for (const page of ['https://auth.example.org/account', 'http://127.0.0.1:8080/account', 'http://localhost/'])
            assert.equal((await metadataWith({ account_management_uri: page }))?.account_management_uri, page);
    });
    it('decides whose answer the browser brings: one that says nothing only of a server that does not promise to', async () => {
        const promises = { authorization_response_iss_parameter_supported: true };
        const [silent, promising] = [await metadataWith({}), await metadataWith(promises)];
        assert.ok(silent && promising);
        const kindOf = (metadata: typeof silent, back: Record<string, string>) =>
            authorizationAnswer(metadata, 'client', new URLSearchParams({ state: 's', ...back })).kind;
        for (const metadata of [silent, promising]) {
            assert.equal(kindOf(metadata, { code: 'c', iss: 'https://auth.example.org/' }), 'code');
            assert.equal(kindOf(metadata, { code: 'c', iss: 'https://evil.example.org/' }), 'foreign');
            assert.equal(kindOf(metadata, { error: 'access_denied', iss: 'https://evil.example.org/' }), 'foreign');
            assert.equal(kindOf(metadata, { error: 'access_denied', iss: 'https://auth.example.org/' }), 'refused');
            assert.equal(kindOf(metadata, { iss: 'https://auth.example.org/' }), 'foreign');
            assert.equal(kindOf(metadata, { code: '', iss: 'https://auth.example.org/' }), 'foreign');
        }
        assert.deepEqual([kindOf(silent, { code: 'c' }), kindOf(promising, { code: 'c' })], ['code', 'foreign']);
    });
    it('gives tokens only in the form of the specification, and every refusal is a sentence', async () => {
        const metadata = await metadataWith({});
        assert.ok(metadata);
        const answer = authorizationAnswer(metadata, 'client', new URLSearchParams({ code: 'c', state: 's' }));
        assert.ok(answer.kind === 'code');
        const { parameters } = answer;
        const grant = { clientId: 'client', redirectUri: 'http://127.0.0.1/x', parameters, verifier: 'v'.repeat(43) };
        const asking = async (token: Answerer) => {
            const fetch = fakeFetch({ 'POST https://auth.example.org/token': token });
            return exchangeCode(metadata, grant, fetch, () => 1_000);
        };
        const good = { access_token: 'a', token_type: 'Bearer', refresh_token: 'r', expires_in: 60 };
        assert.deepEqual(await asking({ body: good }), { accessToken: 'a', refreshToken: 'r', expiresAt: 61_000 });
        const { expires_in: _, refresh_token: __, ...bare } = good;
        const forever = { accessToken: 'a', refreshToken: undefined, expiresAt: undefined };
        assert.deepEqual(await asking({ body: bare }), forever);
        for (const odd of [
            { refresh_token: null, expires_in: null, scope: null },
            { refresh_token: '', expires_in: 'soon', scope: 7 },
            { refresh_token: 5, expires_in: -1, id_token: 'x.y.z' },
            { refresh_token: {}, expires_in: [], id_token: null, client_secret: 1 },
        ])
            assert.deepEqual(await asking({ body: { ...good, ...odd } }), forever, JSON.stringify(odd));
        const refusals: readonly (readonly [Answerer, string])[] = [
            [{ status: 400, body: { error: 'invalid_grant' } }, 'login.refused'],
            [{ status: 400, body: { error: 'made_up', error_description: 'why' } }, 'login.refused'],
            [
                {
                    status: 401,
                    body: { error: 'invalid_client' },
                    headers: { 'WWW-Authenticate': 'Basic realm="x"' },
                },
                'login.refused',
            ],
            [{ status: 500, text: '<html>' }, 'server.error'],
            [{ status: 400, text: 'no' }, 'server.error'],
            [{ body: { ...good, token_type: 'mac' } }, 'server.error'],
            [{ body: { ...good, token_type: 'DPoP' } }, 'server.error'],
            [{ body: { ...good, access_token: '' } }, 'server.error'],
            [{ body: [good] }, 'server.error'],
            [{ text: '' }, 'server.error'],
            [{ text: `{"access_token":"a","pad":"${'x'.repeat(1_100_000)}"}` }, 'server.error'],
        ];
        for (const [token, code] of refusals)
            await assert.rejects(asking(token), { code }, JSON.stringify(token).slice(0, 100));
    });
    it('is none without an issuer, which every answer has to name', async () => {
        for (const issuer of ['', null, 7]) await assert.rejects(metadataWith({ issuer }), { code: 'login.refused' });
    });
    it('is refused with any other scheme, also one that names this machine', async () => {
        for (const page of [
            'vscode://localhost/x',
            'file://localhost/etc/passwd',
            'ms-msdt://127.0.0.1/x',
            'http://auth.example.org/',
        ])
            // prettier-ignore
            for (const field of ['account_management_uri', 'authorization_endpoint', 'device_authorization_endpoint'])
                await assert.rejects(metadataWith({ [field]: page }), { code: 'login.refused' });
    });
});
