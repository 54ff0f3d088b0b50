import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { chosenFiles, installersOf } from '../../stack/chosenFiles.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const choose = (paths: readonly string[], only?: string) => chosenFiles(root, { paths, only });

describe('choosing what npm test runs', () => {
    it('takes every suite when nothing is said, and one by its name', () => {
        assert.deepEqual([...choose([]).keys()], ['unit', 'integration', 'e2e']);
        assert.deepEqual([...choose([], 'unit').keys()], ['unit']);
    });
    it('takes a file, or every test of a folder, of whichever suite', () => {
        const file = 'test/unit/stack/chosenFiles.test.ts';
        for (const path of [file, `./${file}`]) assert.deepEqual([...choose([path])], [['unit', [file]]]);
        assert.deepEqual([...choose(['test/unit/stack/', 'test/e2e/share.test.ts']).keys()], ['unit', 'e2e']);
    });
    it('says what it does not know', () => {
        assert.throws(() => choose(['test/unit/nothing.test.ts']), /no test file at "test\/unit\/nothing/u);
        assert.throws(() => choose([], 'units'), /--only is one of/u);
    });
    it('knows what a test needs by what it imports', () => {
        assert.deepEqual([...installersOf(root, ['test/unit/stack/chosenFiles.test.ts'])], []);
        assert.deepEqual([...installersOf(root, ['test/integration/matrixRtc.test.ts'])].includes('synapse'), true);
        assert.equal(installersOf(root, ['test/integration/accountsOfWindows.test.ts']).has('vsCodeServer'), false);
    });
});
