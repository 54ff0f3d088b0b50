import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { parseUserId } from '../../../src/core/base/identifiers.ts';
import { serverOfLink, signInRows } from '../../../src/core/account/signInRows.ts';
import type { RoomLink } from '../../../src/core/rooms/joinLink.ts';

const LINK: RoomLink = { target: { room: '!pair', via: ['via.org'] }, from: '@alice:team.org' };

function signsInAs(typed: string, suggested?: string, link = LINK): string[] {
    return signInRows(typed, link, suggested).flatMap(({ answer }) =>
        answer?.kind === 'signIn' ? [answer.homeserver] : [],
    );
}

describe('what a newcomer with a link is offered', () => {
    it('a user ID is the whole answer', () => {
        assert.deepEqual(signsInAs('@ann:example.org', 'other.org'), ['@ann:example.org']);
        assert.deepEqual(signsInAs(' @ann:localhost:8448 '), ['@ann:localhost:8448']);
    });

    it('a name alone is one on the server that the person used before, or of the link', () => {
        assert.deepEqual(signsInAs('ann'), ['@ann:team.org']);
        assert.deepEqual(signsInAs('@Ann'), ['@ann:team.org']);
        assert.deepEqual(signsInAs('ann', 'mine.org'), ['@ann:mine.org', '@ann:team.org']);
        assert.deepEqual(signsInAs('ann', 'https://mine.org'), ['@ann:team.org'], 'an address is no name of a server');
    });

    it('a server or an address signs in there; what has a dot may be either', () => {
        assert.deepEqual(signsInAs('https://matrix.example.org'), ['https://matrix.example.org']);
        assert.deepEqual(signsInAs('example.org'), ['example.org', '@example.org:team.org']);
        assert.deepEqual(signsInAs('localhost:8448'), ['localhost:8448']);
    });

    it('reads text like a mail address as a user ID', () => {
        assert.deepEqual(signsInAs('Ann@example.org'), ['@ann:example.org']);
    });

    it('says what is expected when the text is none of these', () => {
        for (const typed of ['ann smith', '@', '@ann:', 'a@b@c']) {
            const rows = signInRows(typed, { target: { room: '!pair', via: [] } }, undefined);
            assert.deepEqual(signsInAs(typed, undefined, { target: { room: '!pair', via: [] } }), [], typed);
            assert.ok(
                rows.some(({ label, answer }) => answer === undefined && label.includes('@you:example.org')),
                typed,
            );
        }
    });

    it('an account is offered on the server of the link and on another, whatever is typed', () => {
        fc.assert(
            fc.property(fc.string({ maxLength: 40 }), (typed) => {
                const create = signInRows(typed, LINK, undefined).flatMap(({ answer }) =>
                    answer?.kind === 'create' ? [answer.homeserver] : [],
                );
                assert.deepEqual(create, ['team.org', undefined]);
                for (const who of signsInAs(typed)) assert.ok(!who.startsWith('@') || parseUserId(who), who);
            }),
        );
    });

    it('the server of a link is that of who made it, else one that is in the room', () => {
        const { target } = LINK;
        assert.equal(serverOfLink(LINK), 'team.org');
        assert.equal(serverOfLink({ target }), 'via.org');
        assert.equal(serverOfLink({ target: { room: '#pair:alias.org', via: [] } }), 'alias.org');
        assert.equal(serverOfLink({ target: { room: '!pair', via: [] } }), undefined);
    });
});
