import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, beforeEach, describe, it } from 'mocha';
import { createOpenIdCheck } from '../../../src/livekit/authoriser/openId.ts';

describe('the check of an OpenID token', () => {
    let server: Server;
    let base = '';
    let asked: string[] = [];
    let reply: { status: number; body: string; location?: string } = { status: 200, body: '{}' };
    before(async () => {
        server = createServer((incoming, outgoing) => {
            asked.push(incoming.url ?? '');
            outgoing.writeHead(reply.status, reply.location === undefined ? {} : { Location: reply.location });
            outgoing.end(reply.body);
        });
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
        const address = server.address();
        base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    });
    after(() => {
        server.close();
        server.closeAllConnections();
    });
    beforeEach(() => {
        asked = [];
    });
    const check = (serverName = 'example.org') =>
        createOpenIdCheck(new Map([['example.org', `${base}/`]]))({ accessToken: 'a token&x=1', serverName });

    it('names the user whom the configured homeserver names', async () => {
        reply = { status: 200, body: '{"sub":"@a:example.org"}' };
        assert.deepEqual(await check(), { ok: true, userId: '@a:example.org' });
        assert.deepEqual(asked, ['/_matrix/federation/v1/openid/userinfo?access_token=a+token%26x%3D1']);
    });

    it('refuses a homeserver that vouches for the user of another, or for nobody', async () => {
        for (const body of [
            '{"sub":"@a:other.org"}',
            '{"sub":"@a:other.org:example.org"}',
            '{"sub":7}',
            '[]',
            'null',
            '<html>',
        ]) {
            reply = { status: 200, body };
            const result = await check();
            assert.ok(!result.ok && result.cause === 'refused', body);
        }
    });

    it('tells an unknown token from a homeserver in trouble, without repeating the token', async () => {
        for (const [status, cause] of [
            [401, 'refused'],
            [403, 'refused'],
            [302, 'refused'],
            [500, 'unreachable'],
            [503, 'unreachable'],
        ] as const) {
            reply = { status, body: '{}', location: `${base}/elsewhere` };
            const result = await check();
            assert.ok(!result.ok && result.cause === cause && !result.reason.includes('token&x'), String(status));
        }
        assert.ok(!asked.includes('/elsewhere'));
        reply = { status: 200, body: `{"sub":"@a:example.org","padding":"${'x'.repeat(20_000)}"}` };
        assert.equal((await check()).ok, false);
    });

    it('asks nobody on this machine or its network for a server that is not configured', async () => {
        reply = { status: 200, body: '{"sub":"@a:localhost"}' };
        const port = new URL(base).port;
        for (const name of [
            `127.0.0.1:${port}`,
            `localhost:${port}`,
            'localhost',
            '[::1]:8448',
            '10.0.0.1',
            '169.254.169.254',
            '2130706433',
            '0x7f.1',
        ]) {
            const result = await check(name);
            assert.ok(!result.ok && result.cause === 'unreachable', name);
        }
        assert.deepEqual(asked, []);
    });
});
