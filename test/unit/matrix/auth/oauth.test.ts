import assert from 'node:assert/strict';
import { fetchAuthMetadata, isIssuedBy } from '../../../../src/matrix/signIn/oauth.ts';
import { fakeFetch } from '../fakeFetch.ts';

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
        for (const metadata of [silent, promising]) {
            assert.equal(isIssuedBy(metadata, 'https://auth.example.org/'), true);
            assert.equal(isIssuedBy(metadata, 'https://evil.example.org/'), false);
        }
        assert.deepEqual([isIssuedBy(silent, null), isIssuedBy(promising, null)], [true, false]);
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
