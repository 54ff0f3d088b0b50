/** SIGKILL of the sharer's extension host in the middle of a share: nothing lingers, nothing is lost. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { login, request } from '../stack/accounts.ts';
import { picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';

describe('when the extension host is killed while sharing', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    before(async () => {
        pair = await openPair();
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('the teammate sees the share end within 20 s', async () => {
        const { alice, bob } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        await advancingPicture(await viewShare(bob.workbench), SHARED.width);
        const [pid] = await alice.server.extensionHostPids();
        assert.ok(pid);
        process.kill(pid, 'SIGKILL');
        const killed = Date.now();
        await bob.workbench.hushFrame('view', 'ended', 25_000);
        const took = Date.now() - killed;
        assert.ok(took < 20_000, `it took ${took} ms`);
        await bob.workbench.row('’s screen').waitFor({ state: 'detached' });
    });

    it('the capture stopped with it: no page goes on sending', async () => {
        const { alice } = pair;
        const capturing = await Promise.all(
            alice.workbench.page
                .frames()
                .map((frame) =>
                    frame
                        .evaluate(() =>
                            [...document.querySelectorAll('video')].some(
                                (v) => v.srcObject instanceof MediaStream && v.srcObject.active,
                            ),
                        )
                        .catch(() => false),
                ),
        );
        assert.ok(!capturing.includes(true), 'a page still captures the screen');
    });

    it('the same device comes back and shares again, readable at once', async () => {
        const { alice, bob, accounts, world } = pair;
        await alice.workbench.row(pair.room).waitFor();
        await shareScreen(alice.workbench, alice.context, 'webview');
        const frame = await viewShare(bob.workbench);
        await advancingPicture(frame, SHARED.width);
        const probe = await login(world.stack.baseUrl, accounts.alice);
        const { devices } = await request(
            `${world.stack.baseUrl}/_matrix/client/v3/devices`,
            undefined,
            probe.accessToken,
        );
        const names = (devices as { display_name: string | null }[]).map((d) => d.display_name ?? '');
        assert.equal(names.filter((name) => name.startsWith('Hush on')).length, 1, names.join());
    });
});
