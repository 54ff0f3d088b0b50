import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createShareUi } from '../../../src/webview/share/shareUi.ts';

describe('the page of a share', () => {
    const before = globalThis.document;
    beforeEach(() => {
        globalThis.document = new JSDOM('<div id="app"></div>').window.document;
    });
    afterEach(() => {
        globalThis.document = before;
    });
    const open = () => {
        const root = document.getElementById('app') ?? assert.fail('no page');
        const nothing = (): void => undefined;
        const ui = createShareUi(root, {
            choose: nothing,
            stop: nothing,
            act: nothing,
            openInBrowser: nothing,
            optimizeFor: () => undefined,
        });
        return { ui, line: () => root.querySelector('.line')?.textContent ?? '' };
    };
    it('says when no picture comes from what is shared, and when it comes again', () => {
        const { ui, line } = open();
        ui.phase('live');
        assert.match(line(), /^Live\./u);
        ui.asleep(true);
        assert.match(line(), /may be minimised/u);
        ui.asleep(false);
        assert.match(line(), /^Live\./u);
    });
    it('says it also when the share goes live or comes back meanwhile', () => {
        const { ui, line } = open();
        ui.asleep(true);
        ui.phase('starting');
        assert.doesNotMatch(line(), /minimised/u);
        for (const phase of ['live', 'reconnecting', 'live'] as const) ui.phase(phase);
        assert.match(line(), /minimised/u);
        ui.phase('held');
        assert.match(line(), /^Paused/u);
        ui.phase('ended', 'You stopped sharing in the browser.');
        assert.equal(line(), 'You stopped sharing in the browser.');
    });
});
