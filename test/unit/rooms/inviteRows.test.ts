import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { inviteRows, personTyped } from '../../../src/extension/rooms/inviteRows.ts';
import { isNear } from '../../../src/extension/rooms/nearName.ts';

const SELF = '@alice:hs.org';
const BOB = { userId: '@bob:hs.org', name: 'Bob' };
const EVE = { userId: '@eve:else.org', name: 'Eve' };
const offered = (typed: string, known = [BOB], found = [EVE]) =>
    inviteRows(typed, SELF, known, found).map(({ kind, userId }) => `${kind} ${userId ?? ''}`.trim());

describe('whom an invitation can go to', () => {
    it('a name alone may be of one’s own homeserver, below those whom Hush knows', () => {
        assert.deepEqual(offered('carol'), ['known @bob:hs.org', 'found @eve:else.org', 'typed @carol:hs.org']);
        assert.deepEqual(offered('@Carol', [], []), ['typed @carol:hs.org']);
        assert.deepEqual(offered('bob', [BOB], []), ['known @bob:hs.org']);
        assert.deepEqual(offered('alice', [], []), []);
    });

    it('a whole user ID comes first', () => {
        assert.deepEqual(offered('@carol:else.org', [BOB], []), ['typed @carol:else.org', 'known @bob:hs.org']);
        assert.deepEqual(offered('@bob:hs.org', [BOB], []), ['known @bob:hs.org']);
    });

    it('says what is expected when the text is neither', () => {
        assert.deepEqual(offered('Carol Smith', [], []), ['hint']);
        assert.deepEqual(offered('@carol:', [], []), ['hint']);
        assert.deepEqual(offered('', [], []), []);
    });

    it('nobody is offered twice, and oneself never', () => {
        assert.deepEqual(offered('x y', [BOB], [BOB, { userId: SELF, name: 'Alice' }]), ['known @bob:hs.org', 'hint']);
    });

    it('somebody whom the homeserver does not know is not offered, but who is meant', () => {
        const nobody = { kind: 'nobody' } as const;
        const rows = inviteRows('@bop:hs.org', SELF, [BOB], [EVE], nobody);
        assert.deepEqual(
            rows.map(({ kind, text, userId }) => [kind, text, userId]),
            [
                ['similar', 'Did you mean Bob?', '@bob:hs.org'],
                ['nobody', 'Nobody has the ID @bop:hs.org', undefined],
                ['known', 'Bob', '@bob:hs.org'],
                ['found', 'Eve', '@eve:else.org'],
            ],
        );
        const twice = inviteRows('@bop:hs.org', SELF, [BOB], [BOB], nobody).filter(({ kind }) => kind === 'similar');
        assert.equal(twice.length, 1, 'known and found is one person');
        const found = inviteRows('@bop:hs.org', SELF, [], [BOB], nobody).map(({ kind }) => kind);
        assert.deepEqual(found, ['similar', 'nobody'], 'who is meant is not listed again');
        const alone = inviteRows('ben', SELF, [], [], nobody);
        assert.deepEqual(
            alone.map(({ kind, description }) => [kind, description]),
            [['nobody', 'No such name on your homeserver']],
        );
    });

    it('one whom it knows is offered by name, one whom it may not tell of with a word about that', () => {
        const [found] = inviteRows('carol', SELF, [], [], { kind: 'found', name: 'Carol' });
        assert.deepEqual(found, {
            kind: 'typed',
            text: 'Invite @carol:hs.org',
            description: 'Carol',
            userId: '@carol:hs.org',
        });
        const [unknown] = inviteRows('@carol:else.org', SELF, [], [], { kind: 'unknown' });
        assert.equal(unknown?.userId, '@carol:else.org');
        assert.match(unknown?.description ?? '', /does not say/u);
    });

    it('no row invites a person who is not there, whatever is typed', () => {
        const words = fc.oneof(
            fc.string({ maxLength: 20 }),
            fc.stringMatching(/^@[a-z]{1,8}:hs\.org$/u),
            fc.stringMatching(/^[a-z]{1,8}$/u),
        );
        fc.assert(
            fc.property(words, (typed) => {
                const person = personTyped(typed, SELF);
                const rows = inviteRows(typed, SELF, [BOB], [EVE], { kind: 'nobody' });
                for (const { userId } of rows)
                    assert.ok(userId === undefined || userId === BOB.userId || userId === EVE.userId, userId);
                if (person !== undefined && person !== BOB.userId && person !== EVE.userId)
                    assert.ok(rows.some(({ kind }) => kind === 'nobody'));
            }),
        );
    });
});

describe('a slip of the finger', () => {
    it('is a letter more, less, another, or two swapped', () => {
        for (const slip of ['bbob', 'bo', 'bop', 'obb']) assert.ok(isNear('bob', slip, 1), slip);
        for (const other of ['bert', 'b', 'boob2']) assert.ok(!isNear('bob', other, 1), other);
    });

    it('is the same both ways, and nothing to itself', () => {
        const names = fc.stringMatching(/^[ab]{0,6}$/u);
        fc.assert(
            fc.property(names, names, fc.integer({ min: 0, max: 3 }), (a, b, most) => {
                assert.equal(isNear(a, b, most), isNear(b, a, most));
                assert.ok(isNear(a, a, most));
            }),
        );
    });
});
