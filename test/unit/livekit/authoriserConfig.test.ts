import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readConfig } from '../../../src/livekit/authoriser/authoriserConfig.ts';

const env = {
    LIVEKIT_URL: 'wss://livekit.example.org',
    LIVEKIT_API_KEY: 'key',
    LIVEKIT_API_SECRET: 'secret',
    LIVEKIT_FULL_ACCESS_HOMESERVERS: 'example.org, other.org',
};
const noFile = (): string => assert.fail('no file is to be read');

describe('the configuration of npm run livekit-auth', () => {
    it('needs four variables and has safe defaults for the rest', () => {
        const config = readConfig(env, noFile);
        assert.deepEqual(config.fullAccessHomeservers, ['example.org', 'other.org']);
        assert.deepEqual([config.host, config.port, config.homeservers.size], ['127.0.0.1', 8080, 0]);
    });

    it('names the variable that is missing', () => {
        for (const name of Object.keys(env)) {
            assert.throws(() => readConfig({ ...env, [name]: ' ' }, noFile), new RegExp(`^Error: ${name} is not set`));
        }
    });

    it('reads the secret from a file, without its line end', () => {
        const config = readConfig(
            { ...env, LIVEKIT_API_SECRET: undefined, LIVEKIT_API_SECRET_FILE: 'secret.txt' },
            (path) => `${path}-content\n`,
        );
        assert.equal(config.apiSecret, 'secret.txt-content');
    });

    it('is an application service of a homeserver only with all that it needs for it', () => {
        const of = {
            HUSH_AUTH_HOMESERVER_URL: 'http://127.0.0.1:8008',
            HUSH_AUTH_SERVER_NAME: 'example.org',
            HUSH_AUTH_AS_TOKEN: 'as',
            HUSH_AUTH_HS_TOKEN_FILE: 'hs.txt',
        };
        assert.equal(readConfig(env, noFile).homeserver, undefined);
        assert.deepEqual(readConfig({ ...env, ...of }, (path) => `${path}-content\n`).homeserver, {
            baseUrl: 'http://127.0.0.1:8008',
            serverName: 'example.org',
            asToken: 'as',
            hsToken: 'hs.txt-content',
        });
        for (const name of ['HUSH_AUTH_SERVER_NAME', 'HUSH_AUTH_AS_TOKEN', 'HUSH_AUTH_HS_TOKEN_FILE'])
            assert.throws(() => readConfig({ ...env, ...of, [name]: undefined }, () => 'x'), /is not set/u);
        assert.throws(
            () => readConfig({ ...env, ...of, HUSH_AUTH_HOMESERVER_URL: 'hs' }, () => 'x'),
            /HOMESERVER_URL/u,
        );
        assert.throws(() => readConfig({ ...env, ...of, HUSH_AUTH_SERVER_NAME: 'a b' }, () => 'x'), /SERVER_NAME/u);
    });

    it('reads homeservers and the address to bind, and refuses nonsense with an example', () => {
        const config = readConfig(
            { ...env, HUSH_AUTH_HOMESERVERS: 'localhost:8008=http://127.0.0.1:8008', HUSH_AUTH_BIND: '[::1]:9000' },
            noFile,
        );
        assert.equal(config.homeservers.get('localhost:8008'), 'http://127.0.0.1:8008');
        assert.deepEqual([config.host, config.port], ['::1', 9000]);
        for (const [name, value] of [
            ['HUSH_AUTH_HOMESERVERS', 'example.org'],
            ['HUSH_AUTH_HOMESERVERS', 'example.org=ftp://x'],
            ['HUSH_AUTH_BIND', '8080'],
            ['LIVEKIT_URL', 'https://livekit.example.org'],
            ['LIVEKIT_FULL_ACCESS_HOMESERVERS', 'https://example.org'],
        ] as const) {
            assert.throws(() => readConfig({ ...env, [name]: value }, noFile), new RegExp(name), value);
        }
    });
});
