import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isHushError } from '../../../src/core/base/errors.ts';
import { discoverHomeserver } from '../../../src/matrix/signIn/discovery.ts';
import { fakeFetch, type Answerer } from './fakeFetch.ts';

const VERSIONS = { body: { versions: ['v1.1', 'v1.11'], unstable_features: { 'org.matrix.msc4140': true } } };
const wellKnown = (body: unknown): Answerer => ({ body });
const discover = (input: string, table: Record<string, Answerer>) => discoverHomeserver(input, fakeFetch(table));

describe('discovery of a homeserver', () => {
    it('follows .well-known from a user ID', async () => {
        const found = await discover(' @alice:example.org ', {
            'GET https://example.org/.well-known/matrix/client': wellKnown({
                'm.homeserver': { base_url: 'https://matrix.example.org/' },
                extra: 1,
            }),
            'GET https://matrix.example.org/_matrix/client/versions': VERSIONS,
        });
        assert.deepEqual(found, {
            baseUrl: 'https://matrix.example.org',
            userId: '@alice:example.org',
            versions: ['v1.1', 'v1.11'],
            unstableFeatures: { 'org.matrix.msc4140': true },
        });
    });
    it('goes on with the server name when there is no .well-known (IGNORE)', async () => {
        const found = await discover('example.org:8448', {
            'GET https://example.org:8448/.well-known/matrix/client': { status: 404, text: 'nothing' },
            'GET https://example.org:8448/_matrix/client/versions': VERSIONS,
        });
        assert.equal(found.baseUrl, 'https://example.org:8448');
    });
    const prompts: [string, Answerer][] = [
        ['a status that is not 200', { status: 500 }],
        ['no JSON', { text: '<html>' }],
        ['an empty body', { text: '' }],
        ['no homeserver', { body: {} }],
        ['a base_url that is no text', { body: { 'm.homeserver': { base_url: 7 } } }],
    ];
    for (const [name, answer] of prompts) {
        it(`asks for the URL after ${name} (FAIL_PROMPT)`, () =>
            assert.rejects(discover('example.org', { 'GET https://example.org/.well-known/matrix/client': answer }), {
                code: 'discovery.badWellKnown',
                message: /Type the homeserver’s URL/u,
            }));
    }
    const errors: [string, unknown][] = [
        ['a base_url that is no URL', { 'm.homeserver': { base_url: 'matrix' } }],
        ['a base_url in clear', { 'm.homeserver': { base_url: 'http://matrix.example.org' } }],
        [
            'an identity server that is no URL',
            { 'm.homeserver': { base_url: 'https://matrix.example.org' }, 'm.identity_server': { base_url: '' } },
        ],
    ];
    for (const [name, body] of errors) {
        it(`refuses ${name} (FAIL_ERROR)`, () =>
            assert.rejects(discover('example.org', { 'GET https://example.org/.well-known/matrix/client': { body } }), {
                code: 'discovery.badWellKnown',
                message: /no https URL/u,
            }));
    }
    it('says which homeserver of .well-known does not answer', () =>
        assert.rejects(
            discover('example.org', {
                'GET https://example.org/.well-known/matrix/client': wellKnown({
                    'm.homeserver': { base_url: 'https://gone.example.org' },
                }),
            }),
            { code: 'discovery.unreachable', message: /gone\.example\.org/u },
        ));
    it('tells a website from a homeserver, and an old one from a new one', async () => {
        await assert.rejects(
            discover('https://example.org', {
                'GET https://example.org/_matrix/client/versions': { status: 404, text: '<html>' },
            }),
            { code: 'discovery.notMatrix' },
        );
        await assert.rejects(
            discover('https://example.org', {
                'GET https://example.org/_matrix/client/versions': { body: { versions: 'v1.1' } },
            }),
            { code: 'discovery.notMatrix' },
        );
        await assert.rejects(
            discover('https://example.org', {
                'GET https://example.org/_matrix/client/versions': { body: { versions: ['r0.6.1'] } },
            }),
            { code: 'discovery.tooOld' },
        );
    });
    it('reads the versions beside what it does not understand', async () => {
        const odd: unknown[] = [
            { versions: ['v1.11'], unstable_features: { a: true, b: null, c: 'yes', d: 1, e: {} } },
            { versions: ['v1.11', null, 7, {}], unstable_features: { a: true } },
            { versions: ['v1.11'], unstable_features: { a: true }, server: null, extra: [1] },
        ];
        for (const body of odd) {
            const found = await discover('https://example.org', {
                'GET https://example.org/_matrix/client/versions': { body },
            });
            assert.deepEqual([found.versions, found.unstableFeatures], [['v1.11'], { a: true }]);
        }
        for (const unstable_features of [null, [], 'all', 7]) {
            const found = await discover('https://example.org', {
                'GET https://example.org/_matrix/client/versions': { body: { versions: ['v1.1'], unstable_features } },
            });
            assert.deepEqual(found.unstableFeatures, {});
        }
    });
    it('reads .well-known beside an identity server that it does not understand', async () => {
        for (const identity of [null, 'vector.im', {}, { base_url: null }]) {
            const found = await discover('example.org', {
                'GET https://example.org/.well-known/matrix/client': wellKnown({
                    'm.homeserver': { base_url: 'https://m.example.org', extra: null },
                    'm.identity_server': identity,
                    'org.matrix.msc4143.rtc_foci': null,
                }),
                'GET https://m.example.org/_matrix/client/versions': VERSIONS,
            });
            assert.equal(found.baseUrl, 'https://m.example.org');
        }
    });
    const forms: [string, string, string | undefined][] = [
        ['münchen.example', 'xn--mnchen-3ya.example', undefined],
        ['@alice:MÜNCHEN.example', 'xn--mnchen-3ya.example', '@alice:xn--mnchen-3ya.example'],
        ['Example.ORG./', 'example.org', undefined],
        ['192.0.2.7:8448', '192.0.2.7:8448', undefined],
        ['[2001:DB8::7]:8448', '[2001:db8::7]:8448', undefined],
        ['2001:db8::7', '[2001:db8::7]', undefined],
    ];
    for (const [typed, name, userId] of forms)
        it(`finds ${typed} at https://${name}`, async () => {
            const found = await discover(typed, {
                [`GET https://${name}/.well-known/matrix/client`]: { status: 404 },
                [`GET https://${name}/_matrix/client/versions`]: VERSIONS,
            });
            assert.deepEqual([found.baseUrl, found.userId], [`https://${name}`, userId]);
        });
    it('follows .well-known to a port and a path, and from the host of a name with a port', async () => {
        const base = 'https://xn--mnchen-3ya.example:8448/matrix';
        for (const written of [
            'https://MÜNCHEN.example:8448/matrix/',
            'https://münchen.example.:8448/matrix//',
            base,
        ]) {
            const table = {
                'GET https://example.org/.well-known/matrix/client': wellKnown({
                    'm.homeserver': { base_url: written },
                }),
                [`GET ${base}/_matrix/client/versions`]: VERSIONS,
            };
            for (const typed of ['example.org', 'example.org:8448', '@a:Example.org:8448'])
                assert.equal((await discover(typed, table)).baseUrl, base, typed);
        }
    });
    it('takes an address as it is copied', async () => {
        const table = { 'GET https://m.example.org:8448/path/_matrix/client/versions': VERSIONS };
        for (const typed of [
            'https://m.example.org:8448/path',
            'HTTPS://M.Example.Org:8448/path/',
            'https://m.example.org.:8448/path/#/x?y',
            'https://m.example.org:8448/path/_matrix/client/versions',
            'm.example.org:8448/path/',
        ])
            assert.equal((await discover(typed, table)).baseUrl, 'https://m.example.org:8448/path', typed);
    });
    it('refuses a base_url with a password in it', () =>
        assert.rejects(
            discover('example.org', {
                'GET https://example.org/.well-known/matrix/client': wellKnown({
                    'm.homeserver': { base_url: 'https://u:p@m.example.org' },
                }),
            }),
            { code: 'discovery.badWellKnown' },
        ));
    it('follows .well-known of a website that is typed as a URL', async () => {
        const found = await discover('https://example.org/', {
            'GET https://example.org/_matrix/client/versions': { status: 404, text: '' },
            'GET https://example.org/.well-known/matrix/client': wellKnown({
                'm.homeserver': { base_url: 'https://m.example.org' },
            }),
            'GET https://m.example.org/_matrix/client/versions': VERSIONS,
        });
        assert.equal(found.baseUrl, 'https://m.example.org');
    });
    it('uses http only on this machine or where a person typed it for a private name', async () => {
        assert.equal(
            (await discover('localhost:8008', { 'GET http://localhost:8008/_matrix/client/versions': VERSIONS }))
                .baseUrl,
            'http://localhost:8008',
        );
        assert.equal(
            (
                await discover('http://192.168.1.5:8008', {
                    'GET http://192.168.1.5:8008/_matrix/client/versions': VERSIONS,
                })
            ).baseUrl,
            'http://192.168.1.5:8008',
        );
        await assert.rejects(discover('http://matrix.example.org', {}), { code: 'discovery.invalidInput' });
        await assert.rejects(
            discover('192.168.1.5:8008', { 'GET http://192.168.1.5:8008/_matrix/client/versions': VERSIONS }),
            { code: 'discovery.unreachable' },
        );
    });
    it('answers anything typed with a sentence', () =>
        fc.assert(
            fc.asyncProperty(
                fc.oneof(
                    fc.string(),
                    fc.webUrl(),
                    fc.string().map((s) => `@${s}`),
                    fc.constantFrom('@', '@a', '@a:', 'a b', 'https://', 'http://[', 'https://u:p@x.org'),
                ),
                async (text) => {
                    await assert.rejects(
                        discover(text, {}),
                        (error) => isHushError(error) && error.message.length > 20,
                    );
                },
            ),
            { numRuns: 300 },
        ));
});
