import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as codicons from '../../../src/webview/ui/codicons.ts';
import { CODICONS, pathsOf } from '../../stack/codicons.ts';

describe('the icons of the pages', () => {
    it('are the codicons of the installed package', () => {
        const installed = Object.entries(CODICONS).map(([name, codicon]) => [name, pathsOf(codicon)]);
        assert.deepEqual({ ...codicons }, Object.fromEntries(installed));
    });
});
