/** Alice and Bob have their accounts on two homeservers; neither has a media server. In two real VS Code windows. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { startFederation, type Federation } from '../stack/federation.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { pageData } from './support/workbench.ts';

describe('people of two homeservers', function () {
    this.timeout(180_000);
    let federation: Federation;
    let pair: Pair;
    before(async () => {
        federation = await startFederation();
        pair = await openPair('auto', federation.servers);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        await pair?.stop();
        await federation?.stop();
    });

    it('share a screen and write to each other as if it were one', async () => {
        const { alice, bob } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        const view = await viewShare(bob.workbench);
        const [, now] = await advancingPicture(view, SHARED.width);
        assert.deepEqual([now.width, now.height], [SHARED.width, SHARED.height]);
        const data = await pageData(view);
        assert.deepEqual([data?.['hushE2ee'], data?.['hushPath']], ['on', 'direct']);
        await bob.workbench.command('Hush: Link Workspace to Room…');
        await bob.workbench.pick(pair.room);
        const chat = await bob.workbench.hushFrame('chat', 'open');
        const composer = chat.getByRole('textbox', { name: 'Message' });
        await composer.fill('I see it');
        await composer.press('Enter');
        await (
            await alice.workbench.hushFrame('chat', 'open')
        )
            .locator('.message.sent', { hasText: 'I see it' })
            .waitFor();
        await keepPicture(bob, 'federation');
    });
});
