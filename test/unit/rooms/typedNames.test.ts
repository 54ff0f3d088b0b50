import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isServerName, parseUserId } from '../../../src/core/base/identifiers.ts';
import { typedServerName, typedUserId } from '../../../src/core/base/typedNames.ts';
import { signInRows } from '../../../src/core/account/signInRows.ts';
import { parseJoinLink } from '../../../src/core/rooms/joinLink.ts';
import { personTyped } from '../../../src/extension/rooms/inviteRows.ts';

describe('server names as people type them', () => {
    const read: [string, string][] = [
        ['example.org', 'example.org'],
        [' Example.ORG ', 'example.org'],
        ['example.org.', 'example.org'],
        ['example.org/', 'example.org'],
        ['example.org.//', 'example.org'],
        ['EXAMPLE.org:8448', 'example.org:8448'],
        ['example.org.:8448/', 'example.org:8448'],
        ['example.org:00443', 'example.org:443'],
        ['münchen.example', 'xn--mnchen-3ya.example'],
        ['MÜNCHEN.example:8448', 'xn--mnchen-3ya.example:8448'],
        ['mu\u0308nchen.example', 'xn--mnchen-3ya.example'],
        ['例え.テスト', 'xn--r8jz45g.xn--zckzah'],
        ['пример.испытание', 'xn--e1afmkfd.xn--80akhbyknj4f'],
        ['مثال.إختبار', 'xn--mgbh0fb.xn--kgbechtv'],
        ['ｅｘａｍｐｌｅ．ｏｒｇ', 'example.org'],
        ['example。org', 'example.org'],
        ['straße.example', 'xn--strae-oqa.example'],
        ['аpple.example', 'xn--pple-43d.example'],
        ['xn--mnchen-3ya.example', 'xn--mnchen-3ya.example'],
        ['192.0.2.7', '192.0.2.7'],
        ['192.0.2.7:8008', '192.0.2.7:8008'],
        ['[2001:db8::7]', '[2001:db8::7]'],
        ['[2001:DB8::7]:8448', '[2001:db8::7]:8448'],
        ['2001:db8::7', '[2001:db8::7]'],
        ['::1', '[::1]'],
        ['[::ffff:192.0.2.7]', '[::ffff:c000:207]'],
        ['localhost', 'localhost'],
        ['localhost:8008', 'localhost:8008'],
    ];
    for (const [typed, name] of read)
        it(`reads ${JSON.stringify(typed)} as ${name}`, () => {
            assert.equal(typedServerName(typed), name);
            assert.equal(typedUserId(`@alice:${typed.trim()}`), `@alice:${name}`);
        });
    for (const typed of [
        '',
        '.',
        'a..b',
        'example.org:0',
        'example.org:65536',
        'example.org:port',
        'example.org:80:80',
        'user@example.org',
        'example.org/path',
        'example.org?x',
        'exa mple.org',
        'exam%70le.org',
        'a\\b',
        '[::1',
        '[:::7]',
        '[2001:db8::7]x',
        '0‥',
        'example.org..',
        '127.1',
        '0x7f000001',
        '256.1.1.1',
        '\u202Eexample.org/x',
    ])
        it(`refuses ${JSON.stringify(typed)}`, () => assert.equal(typedServerName(typed), undefined));
    it('are read as names by the grammar, and those as themselves', () => {
        fc.assert(
            fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.domain(), fc.ipV4(), fc.ipV6()), (typed) => {
                const name = typedServerName(typed);
                if (name === undefined) return;
                assert.ok(isServerName(name), name);
                assert.match(name, /^[\u0021-\u007e]+$/u);
                assert.equal(typedServerName(name), name);
            }),
        );
    });
    it('are read the same wherever a person is typed or linked', () => {
        const [typed, meant] = ['@alice:München.example', '@alice:xn--mnchen-3ya.example'];
        assert.equal(personTyped(typed, '@me:example.org'), meant);
        assert.deepEqual(parseJoinLink(typed), { kind: 'person', userId: meant });
        const link = { target: { room: '!a:b.org', via: [] } };
        const answer = (text: string) => signInRows(text, link, undefined)[0]?.answer;
        assert.deepEqual(answer(typed), { kind: 'signIn', homeserver: meant });
        assert.deepEqual(answer('alice@münchen.example'), { kind: 'signIn', homeserver: meant });
        assert.deepEqual(answer('MÜNCHEN.example.'), { kind: 'signIn', homeserver: 'xn--mnchen-3ya.example' });
        for (const text of ['#team:münchen.example', 'https://matrix.to/#/%23team:m%C3%BCnchen.example'])
            assert.deepEqual(parseJoinLink(text), {
                kind: 'room',
                target: { room: '#team:xn--mnchen-3ya.example', via: [] },
            });
    });
    it('do not change the name of a person or a room', () => {
        assert.equal(typedUserId('@Alice.B=c/d+e:Example.org'), '@Alice.B=c/d+e:example.org');
        assert.equal(parseUserId('@a:[:::7]'), undefined);
        const room = { kind: 'room', target: { room: '#Team:Example.org', via: [] } };
        assert.deepEqual(parseJoinLink('#Team:Example.org'), room);
    });
});
