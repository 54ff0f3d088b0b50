import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inviteRows } from '../../../src/extension/rooms/inviteRows.ts';

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

    it('what can be neither says what is wanted', () => {
        assert.deepEqual(offered('Carol Smith', [], []), ['hint']);
        assert.deepEqual(offered('@carol:', [], []), ['hint']);
        assert.deepEqual(offered('', [], []), []);
    });

    it('nobody is offered twice, and oneself never', () => {
        assert.deepEqual(offered('x y', [BOB], [BOB, { userId: SELF, name: 'Alice' }]), ['known @bob:hs.org', 'hint']);
    });
});
