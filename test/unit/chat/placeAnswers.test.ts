/** Questions of the chat page about files: one search at a time, and none in folders that are left out. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createPlaceAnswers } from '../../../src/core/chat/placeAnswers.ts';
import { excludeGlob } from '../../../src/extension/chat/searchExcludes.ts';

describe('questions about files', () => {
    it('are answered one after another, also after a failure', async () => {
        let [running, most] = [0, 0];
        const answers: [string[], string[]][] = [];
        const errors: unknown[] = [];
        const ask = createPlaceAnswers({
            async find(paths) {
                most = Math.max(most, ++running);
                await new Promise(setImmediate);
                running--;
                if (paths[0] === 'bad') throw new Error('no');
                return [...paths];
            },
            answer: (asked, found) => void answers.push([asked, found]),
            onError: (error) => void errors.push(error),
        });
        await Promise.all([['a'], ['bad'], ['b'], ['c']].map(ask));
        assert.equal(most, 1);
        assert.equal(errors.length, 1);
        assert.deepEqual(answers, [
            [['a'], ['a']],
            [['bad'], []],
            [['b'], ['b']],
            [['c'], ['c']],
        ]);
    });

    it('leave out what the settings for files and for the search leave out', () => {
        assert.equal(excludeGlob(undefined, {}), undefined);
        assert.equal(excludeGlob({ '**/.git': true }, { '**/.git': true }), '**/.git');
        assert.equal(
            excludeGlob(
                { '**/.git': true, '**/a': false },
                { '**/node_modules': true, '**/*.js': { when: '$(basename).ts' } },
            ),
            '{**/.git,**/node_modules}',
        );
        assert.equal(
            excludeGlob({ '**/*.{js,map}': true, 'a,b': true }),
            '{**/*.js,**/*.map,a[,]b}',
            'no nested braces',
        );
        assert.equal(excludeGlob({ '{a,{b,c}}': true }), '{a,b,c}');
        assert.equal(excludeGlob({ 'a}': true, '': true }, 5, null, 'x'), undefined);
    });
});
