/** Work in one repository waits for the work before it; other repositories do not wait. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createRepositoryTurns } from '../../../src/extension/changes/repositoryTurns.ts';

describe('turns in a repository', () => {
    it('follow each other, also after a failure, and hold up no other repository', async () => {
        const inTurn = createRepositoryTurns();
        const said: string[] = [];
        const gate = Promise.withResolvers<void>();
        const first = inTurn('/a', async () => {
            await gate.promise;
            said.push('first');
            throw new Error('first failed');
        });
        const second = inTurn('/a', async () => void said.push('second'));
        const third = inTurn('/a', async () => said.push('third'));
        await inTurn('/b', async () => void said.push('other'));
        assert.deepEqual(said, ['other']);
        gate.resolve();
        await assert.rejects(first, /first failed/u);
        await second;
        assert.equal(await third, 4);
        assert.deepEqual(said, ['other', 'first', 'second', 'third']);
    });
});
