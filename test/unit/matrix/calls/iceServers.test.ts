import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createIceServers, type IceServers } from '../../../../src/matrix/calls/iceServers.ts';
import { iceUriProblem } from '../../../../src/matrix/calls/iceUri.ts';

function source(body: unknown): { servers: IceServers; lines: string[] } {
    const lines: string[] = [];
    const note = (text: string): void => void lines.push(text);
    const log = { debug: note, info: note, warn: note, error: note };
    return { servers: createIceServers({ ask: () => Promise.resolve(body), now: () => 0, log }), lines };
}
const CREDENTIALS = { username: 'u', password: 'p', ttl: 3_600 };
const GOOD = 'turn:turn.example.org:3478?transport=udp';

describe('the addresses of ICE servers', () => {
    for (const uri of [
        'stun:stun.example.org',
        'stun:stun.example.org:3478',
        'STUN:Stun.Example.Org',
        'stuns:stun.example.org:5349',
        'turn:turn.example.org',
        'turn:192.0.2.7:3478?transport=tcp',
        'turns:turn.example.org:443?transport=tcp',
        'turn:[2001:db8::7]:3478?transport=udp',
        'turn:xn--mnchen-3ya.example',
    ])
        it(`takes ${uri}`, () => assert.equal(iceUriProblem(uri, true), undefined));
    for (const uri of [
        'stun:stun.example.org:3478?transport=udp',
        'turn:turn.example.org?transport=sctp',
        'turn:turn.example.org?transport=udp&x=1',
        'turn:turn.example.org:0',
        'turn:turn.example.org:70000',
        'turn:turn.example.org:port',
        'turn://turn.example.org',
        'turn:user:pass@turn.example.org',
        'turn:2001:db8::7:3478',
        'turn:[2001:db8:::7]',
        'turn:',
        'https://turn.example.org',
        ' turn:turn.example.org',
        `turn:${'a'.repeat(600)}`,
        '',
        null,
        7,
        {},
    ])
        it(`says what is wrong with ${JSON.stringify(uri)?.slice(0, 60)}`, () =>
            assert.match(iceUriProblem(uri, true) ?? '', /\w/u));
    it('says that TURN needs credentials, and STUN none', () => {
        assert.match(iceUriProblem(GOOD, false) ?? '', /password/u);
        assert.equal(iceUriProblem('stun:stun.example.org', false), undefined);
    });
});

describe('ICE servers of a homeserver', () => {
    it('leaves out the wrong one, names it in the log and the diagnostics, and keeps the rest', async () => {
        const wrong = 'stun:host:3478?transport=udp';
        const { servers, lines } = source({ uris: [wrong, GOOD, null, 'stun:stun.example.org'], ...CREDENTIALS });
        const { servers: offered, noneUsable } = await servers.get();
        assert.deepEqual(offered, [{ urls: [GOOD, 'stun:stun.example.org'], username: 'u', credential: 'p' }]);
        assert.equal(noneUsable, false);
        assert.ok(lines.some((line) => line.includes(wrong)));
        assert.deepEqual(servers.last(), { used: [GOOD, 'stun:stun.example.org'], leftOut: [wrong, 'null'] });
    });
    it('leaves out what a browser refused, from then on, and names it once', async () => {
        const { servers, lines } = source({ uris: [GOOD, 'turns:turn.example.org'], ...CREDENTIALS });
        await servers.get();
        servers.refused([GOOD]);
        servers.refused([GOOD]);
        assert.deepEqual((await servers.get()).servers[0]?.urls, ['turns:turn.example.org']);
        assert.equal(lines.filter((line) => line.includes(GOOD)).length, 1);
        assert.deepEqual(servers.last()?.leftOut, [GOOD]);
    });
    it('says when servers are named and none can be used', async () => {
        const { servers } = source({ uris: ['turn:x?transport=none', 'http://y'], ...CREDENTIALS });
        assert.deepEqual(await servers.get(), { servers: [], noneUsable: true });
        const withoutPassword = source({ uris: [GOOD] });
        assert.equal((await withoutPassword.servers.get()).noneUsable, true);
        const refused = source({ uris: [GOOD], ...CREDENTIALS });
        refused.servers.refused([GOOD]);
        assert.equal((await refused.servers.get()).noneUsable, true);
    });
    it('says nothing about a homeserver that names none', async () => {
        for (const body of [{}, { uris: [] }, { uris: null }, null, 'x', { uris: 'stun:x' }])
            assert.deepEqual(await source(body).servers.get(), { servers: [], noneUsable: false });
    });
    it('reads the servers beside fields of unknown types', async () => {
        for (const ttl of [null, '86400', -1, Number.POSITIVE_INFINITY, undefined])
            assert.deepEqual((await source({ ...CREDENTIALS, uris: [GOOD], ttl }).servers.get()).servers.length, 1);
        const { servers } = source({ uris: ['stun:a', GOOD], username: null, password: 7 });
        assert.deepEqual((await servers.get()).servers[0]?.urls, ['stun:a']);
    });
    it('takes the first twenty of many', async () => {
        const uris = Array.from({ length: 50 }, (_, i) => `stun:stun${i}.example.org`);
        assert.equal((await source({ uris, ...CREDENTIALS }).servers.get()).servers[0]?.urls.length, 20);
    });
    it('never rejects, whatever the homeserver answers', async () => {
        await fc.assert(
            fc.asyncProperty(fc.anything(), async (body) => {
                const { servers } = source(body);
                const { servers: offered } = await servers.get();
                for (const uri of offered.flatMap(({ urls }) => urls))
                    assert.equal(iceUriProblem(uri, true), undefined);
            }),
        );
    });
});
