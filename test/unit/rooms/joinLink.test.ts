import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    buildJoinLink,
    fromOpenedUri,
    isRoomAlias,
    isRoomId,
    MAX_VIA,
    parseJoinLink,
    viaServers,
    type JoinTarget,
    type LinkKind,
} from '../../../src/core/rooms/joinLink.ts';

const servers = fc.oneof(fc.domain(), fc.constantFrom('localhost:8448', '127.0.0.1:80', '[::1]:8008', 'example.org'));
const opaque = fc.string({
    unit: fc
        .integer({ min: 0x21, max: 0x7e })
        .filter((c) => c !== 0x3a)
        .map((c) => String.fromCharCode(c)),
    minLength: 1,
    maxLength: 40,
});
const roomIds = fc.oneof(
    fc.tuple(opaque, servers).map(([id, server]) => `!${id}:${server}`),
    opaque.map((id) => `!${id}`),
);
const aliases = fc
    .tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), servers)
    .map(([name, server]) => `#${name}:${server}`)
    .filter(isRoomAlias);
const targets: fc.Arbitrary<JoinTarget> = fc
    .tuple(fc.oneof(roomIds, aliases), fc.uniqueArray(servers, { maxLength: MAX_VIA }))
    .map(([room, via]) => ({ room, via }));
const makers = fc
    .tuple(fc.stringMatching(/^[a-z0-9._=/+-]{1,20}$/u), servers)
    .map(([name, server]) => `@${name}:${server}`);
const kinds = fc.constantFrom<LinkKind>('vscode', 'matrixTo', 'matrix');

describe('join links', () => {
    it('reads every kind of link back as it was built', () => {
        fc.assert(
            fc.property(
                kinds,
                targets,
                fc.constantFrom('vscode', 'vscode-insiders', 'vscodium'),
                (kind, target, scheme) => {
                    const link = buildJoinLink(kind, { target }, scheme);
                    assert.deepEqual(parseJoinLink(link), { kind: 'room', target }, link);
                    assert.deepEqual(parseJoinLink(` <${link}>\n`), { kind: 'room', target });
                    assert.match(link, /^[\u0021-\u007e]+$/u, 'can be pasted anywhere');
                },
            ),
            { numRuns: 500 },
        );
    });

    it('reads the same from the decoded parts that VS Code passes', () => {
        fc.assert(
            fc.property(targets, makers, (target, from) => {
                const url = new URL(buildJoinLink('vscode', { target, from }, 'vscode'));
                const parts = {
                    path: decodeURIComponent(url.pathname),
                    query: decodeURIComponent(url.search.slice(1)),
                };
                assert.deepEqual(fromOpenedUri(parts), { kind: 'room', target, from });
            }),
        );
    });

    it('for Hush say who made them; those for other clients do not', () => {
        fc.assert(
            fc.property(kinds, targets, makers, (kind, target, from) => {
                const made = kind === 'vscode' ? { from } : {};
                assert.deepEqual(parseJoinLink(buildJoinLink(kind, { target, from }, 'vscode')), {
                    kind: 'room',
                    target,
                    ...made,
                });
            }),
        );
        const nobody = parseJoinLink('vscode://hush.hush/join/%21a%3Ahs.org?from=nobody');
        assert.deepEqual(nobody, { kind: 'room', target: { room: '!a:hs.org', via: [] } });
    });

    it('are found in the sentence that they came in', () => {
        fc.assert(
            fc.property(kinds, targets, (kind, target) => {
                const link = buildJoinLink(kind, { target }, 'vscode');
                assert.deepEqual(parseJoinLink(`Join me in Hush: <${link}> (or ask).`), { kind: 'room', target }, link);
            }),
        );
        assert.equal(parseJoinLink('see https://example.org and ask #hush').kind, 'invalid');
        assert.equal(parseJoinLink('javascript:https://matrix.to/#/#hush:example.org').kind, 'invalid');
    });

    it('keep a last character that would end a sentence', () => {
        for (const room of ['!a)', '!a).', '#a.:b.org', '!x:b.org'])
            for (const kind of ['vscode', 'matrixTo', 'matrix'] as const) {
                const link = buildJoinLink(kind, { target: { room, via: [] } }, 'vscode');
                const found = parseJoinLink(`Join me (at ${link}).`);
                assert.deepEqual(found, { kind: 'room', target: { room, via: [] } }, link);
            }
    });
    it('takes any other shape for no link, without an exception', () => {
        const prefix = fc.constantFrom(
            '',
            '!',
            '#',
            '@',
            'matrix:',
            'matrix:r/',
            'matrix:roomid/',
            'https://matrix.to/#/',
            'vscode://hush.hush/join/',
            'https://matrix.to/#/%',
            'javascript:',
        );
        fc.assert(
            fc.property(prefix, fc.string({ unit: 'binary', maxLength: 300 }), (start, rest) => {
                const parsed = parseJoinLink(start + rest);
                if (parsed.kind === 'room') {
                    assert.ok(isRoomId(parsed.target.room) || isRoomAlias(parsed.target.room));
                    assert.ok(parsed.target.via.length <= MAX_VIA);
                }
            }),
            { numRuns: 2_000 },
        );
    });

    it('known examples', () => {
        const room = (text: string): unknown => {
            const parsed = parseJoinLink(text);
            return parsed.kind === 'room' ? [parsed.target.room, ...parsed.target.via] : parsed.kind;
        };
        assert.deepEqual(room('#hush:example.org'), ['#hush:example.org']);
        assert.deepEqual(room('!abc:example.org'), ['!abc:example.org']);
        assert.deepEqual(room(`!${'a'.repeat(43)}`), [`!${'a'.repeat(43)}`]);
        assert.deepEqual(room('matrix:r/hush:example.org?action=join&via=a.org'), ['#hush:example.org', 'a.org']);
        assert.deepEqual(room('matrix:roomid/abc:example.org/e/event?via=a.org&via=b.org'), [
            '!abc:example.org',
            'a.org',
            'b.org',
        ]);
        assert.deepEqual(room('https://matrix.to/#/%23hush%3Aexample.org/%24event?via=a.org'), [
            '#hush:example.org',
            'a.org',
        ]);
        assert.deepEqual(room('https://matrix.to/#/#hush:example.org'), ['#hush:example.org']);
        assert.deepEqual(room('https://matrix.to/#/!abc:example.org?via=a.org&via=a.org&via=not a server'), [
            '!abc:example.org',
            'a.org',
        ]);
        assert.deepEqual(parseJoinLink('matrix:u/bob:example.org'), { kind: 'person', userId: '@bob:example.org' });
        assert.deepEqual(parseJoinLink('@bob:example.org'), { kind: 'person', userId: '@bob:example.org' });
    });

    it('refuses text that only looks like a link', () => {
        for (const text of [
            '',
            'hush',
            '#hush',
            '#a b:example.org',
            '#a:b:example.org',
            '!:example.org',
            '!abc:exa mple.org',
            `#${'x'.repeat(250)}:example.org`,
            'http://matrix.to/#/#hush:example.org',
            'https://matrix.to.evil.org/#/#hush:example.org',
            'https://evil.org/?https://matrix.to/#/#hush:example.org',
            'vscode://evil.hush/join/%23hush%3Aexample.org',
            'vscode://hush.hush/leave/%23hush%3Aexample.org',
            'matrix:e/abc:example.org',
            'matrix:r/%zz:example.org',
            `matrix:r/hush:example.org?${'via=a.org&'.repeat(500)}`,
        ])
            assert.equal(parseJoinLink(text).kind, 'invalid', text.slice(0, 60));
    });

    it('name servers that stay: the most powerful member’s, then the most common', () => {
        const people = ['@a:one', '@b:two', '@c:two', '@d:two', '@e:three', '@f:three', '@g:four', '@h:five'];
        assert.deepEqual(
            viaServers(people, (id) => (id === '@a:one' ? 100 : 0)),
            ['one', 'two', 'three'],
        );
        assert.deepEqual(
            viaServers(['@a:one'], () => 0),
            ['one'],
        );
        assert.deepEqual(
            viaServers([], () => 0),
            [],
        );
    });
});
