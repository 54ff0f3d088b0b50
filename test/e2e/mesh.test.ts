/** A share that needs no media server, in two real VS Code windows. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { changeSettings, shareScreen, viewShare } from './support/flows.ts';
import { picturesOfFailure } from './support/failure.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { pageData } from './support/workbench.ts';

describe('sharing a screen from device to device', function () {
    this.timeout(180_000);
    this.bail(true);
    let pair: Pair;
    before(async () => {
        pair = await openPair();
        await changeSettings(pair.alice, { 'hush.transport': 'mesh' });
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('shows the sharer’s picture in the viewer’s tab, and both say that it is direct and encrypted', async () => {
        const { alice, bob } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        const frame = await viewShare(bob.workbench);
        const [, now] = await advancingPicture(frame, SHARED.width);
        assert.deepEqual([now.width, now.height], [SHARED.width, SHARED.height]);
        const data = await pageData(frame);
        assert.deepEqual([data?.['hushE2ee'], data?.['hushPath']], ['on', 'direct']);
        await alice.workbench.statusBar(/Sharing ·\s+1 · direct/u).waitFor();
        await bob.workbench.row('watching · direct').waitFor();
    });

    it('shows it again in a tab that was closed and opened again', async () => {
        const { bob } = pair;
        await bob.workbench.command('View: Close Editor');
        await bob.workbench.tab('’s screen').waitFor({ state: 'detached' });
        await advancingPicture(await viewShare(bob.workbench), SHARED.width);
    });

    it('ends at the viewer when the sharer stops', async () => {
        const { alice, bob } = pair;
        await alice.workbench.statusBar('Sharing').click();
        await bob.workbench.hushFrame('view', 'ended');
        await bob.workbench.row('’s screen').waitFor({ state: 'detached' });
    });
});
