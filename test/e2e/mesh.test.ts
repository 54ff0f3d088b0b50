/** A share from device to device, and its move to the media server and back, in two real VS Code windows. */
import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../stack/eventually.ts';
import { skip } from '../stack/skip.ts';
import { changeSettings, shareScreen, stopFromStatusBar, viewShare } from './support/flows.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { pageData } from './support/workbench.ts';

describe('sharing a screen from device to device', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    before(async () => {
        pair = await openPair('auto');
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('shows the sharer’s picture in the viewer’s tab, though there is a media server; both say that it is direct and encrypted', async () => {
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

    it('moves to the media server when somebody joins with another client, and back; the picture stays in the same tab', async () => {
        const { alice, bob, accounts, world } = pair;
        const frame = await bob.workbench.hushFrame('view', 'live');
        const element = await matrixHttp(world.stack.baseUrl, accounts.bob);
        const [roomId = ''] = await element.joinedRooms();
        const stateKey = `_${accounts.bob.userId}_${element.deviceId}_m.call`;
        // As Element Call writes it.
        await element.sendState(roomId, 'org.matrix.msc3401.call.member', stateKey, {
            application: 'm.call',
            call_id: '',
            scope: 'm.room',
            device_id: element.deviceId,
            expires: 14_400_000,
            focus_active: { type: 'livekit', focus_selection: 'oldest_membership' },
            foci_preferred: [
                { type: 'livekit', livekit_service_url: world.stack.authoriser?.url, livekit_alias: roomId },
            ],
            'm.call.intent': 'video',
        });
        await alice.workbench.statusBar(/Sharing ·.*via SFU/u).waitFor();
        await bob.workbench.row('watching · via SFU').waitFor();
        const states = await advancing(frame, 'sfu');
        await keepPicture(bob, 'moved-to-sfu');
        await element.sendState(roomId, 'org.matrix.msc3401.call.member', stateKey, {});
        // It waits half a minute, so that a share does not swing between the two.
        await bob.workbench.row('watching · direct').waitFor({ timeout: 60_000 });
        states.push(...(await advancing(frame, 'direct')));
        assert.deepEqual([...new Set(states)], ['live']);
        await alice.workbench.statusBar(/Sharing ·.*direct/u).waitFor();
    });

    it('ends at the viewer when the sharer stops', async () => {
        const { alice, bob } = pair;
        await stopFromStatusBar(alice.workbench);
        await bob.workbench.hushFrame('view', 'ended');
        await bob.workbench.row('’s screen').waitFor({ state: 'detached' });
    });

    it('goes through the homeserver’s relay for a person who must not reveal an address', async function () {
        const { alice, bob, world } = pair;
        if (world.noRelay !== undefined) skip(this, world.noRelay);
        await changeSettings(alice, { 'hush.mesh.relayOnly': true, 'hush.transport': 'mesh' });
        await shareScreen(alice.workbench, alice.context, 'webview');
        const frame = await viewShare(bob.workbench);
        await advancingPicture(frame, SHARED.width);
        // The picture may be there before the candidate that names the relay.
        const path = async (): Promise<string | undefined> => (await pageData(frame))?.['hushPath'];
        await eventually(
            async () => (await path()) === 'relayed',
            async () => `a relay, not ${await path()}`,
            10_000,
        );
        await alice.workbench.statusBar(/Sharing ·\s+1 · relayed/u).waitFor();
        await keepPicture(bob, 'relayed');
        await stopFromStatusBar(alice.workbench);
        await bob.workbench.hushFrame('view', 'ended');
        await changeSettings(alice, { 'hush.mesh.relayOnly': undefined, 'hush.transport': undefined });
    });

    it('forgets a viewer whose device went away without goodbye, and closes the connection', async () => {
        const { alice, bob } = pair;
        const share = await shareScreen(alice.workbench, alice.context, 'webview');
        await advancingPicture(await viewShare(bob.workbench), SHARED.width);
        await alice.workbench.statusBar(/Sharing ·\s+1 · direct/u).waitFor();
        const [pid] = await bob.server.extensionHostPids();
        assert.ok(pid);
        process.kill(pid, 'SIGKILL');
        await alice.workbench.statusBar(/Sharing ·\s+0/u).waitFor();
        await share.waitForSelector('#app[data-hush-viewers="0"][data-hush-path=""]');
    });
});

/** The picture goes on this way; what the tab said meanwhile. */
async function advancing(frame: Frame, path: string): Promise<string[]> {
    await frame.waitForSelector(`#app[data-hush-path="${path}"]`);
    await advancingPicture(frame, SHARED.width);
    return [(await pageData(frame))?.['hushState'] ?? ''];
}
