import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { knockFate, letsAsk } from '../../../src/core/rooms/roomWords.ts';

describe('a request to join', () => {
    it('is offered where the rule may take one, and nowhere else', () => {
        for (const rule of ['knock', 'knock_restricted', undefined, 'org.example.new']) assert.ok(letsAsk(rule), rule);
        for (const rule of ['invite', 'restricted', 'public', 'private']) assert.ok(!letsAsk(rule), rule);
    });

    it('says what became of it when it cannot be answered any more', () => {
        const fates = (['join', 'invite', 'ban', 'knock', undefined] as const).map((now) => knockFate('Bob', 'R', now));
        assert.match(fates[0] ?? '', /let in meanwhile, and is in R/u);
        assert.match(fates[1] ?? '', /let in meanwhile, and has not come/u);
        assert.match(fates[2] ?? '', /banned from R/u);
        assert.match(fates[4] ?? '', /withdrawn, or somebody denied it/u);
        assert.equal(new Set(fates).size, 5);
    });
});
