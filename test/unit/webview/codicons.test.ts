import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { CODICON_PATHS } from '../../../src/webview/ui/codicons.ts';
import { CODICONS, pathsOf } from '../../stack/codicons.ts';

describe('the icons of the pages', () => {
    it('are the codicons of the installed package', () => {
        const installed = Object.entries(CODICONS).map(([name, codicon]) => [name, pathsOf(codicon)]);
        assert.deepEqual(Object.entries(CODICON_PATHS), installed);
    });
});
