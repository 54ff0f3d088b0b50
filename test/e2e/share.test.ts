/** The main job, in two real VS Code windows, through real Synapse and LiveKit. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { request, login } from '../stack/accounts.ts';
import { eventually } from '../stack/eventually.ts';
import { changeSettings, shareScreen, ready, stopFromStatusBar, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { offered } from './support/palette.ts';
import { pageData } from './support/workbench.ts';

/** Black and white stay this far apart after encoding, of 255. */
const MARKER_TOLERANCE = 96;

describe('sharing a screen', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    before(async () => {
        pair = await openPair();
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('from the palette, captured in the webview: the teammate is told, and sees it in the tree', async () => {
        const { alice, bob } = pair;
        const frame = await shareScreen(alice.workbench, alice.context, 'webview');
        assert.equal((await pageData(frame))?.['hushE2ee'], 'on');
        await bob.workbench.row('’s screen').waitFor();
        await alice.workbench.statusBar('Sharing').waitFor();
        const told = await bob.workbench.seeNotification(/is sharing a screen in/u);
        await told.getByRole('button', { name: 'View Share' }).waitFor();
    });

    it('one click in the tree opens it in a tab, decrypted and moving', async () => {
        const { bob, alice } = pair;
        await bob.workbench.row('’s screen').click();
        const frame = await bob.workbench.hushFrame('view', 'live');
        await bob.workbench.tab('’s screen').waitFor();
        const [, now] = await advancingPicture(frame, SHARED.width);
        assert.deepEqual([now.width, now.height], [SHARED.width, SHARED.height]);
        assert.ok(now.markerError < MARKER_TOLERANCE, `not the shared picture: ${now.markerError}`);
        assert.equal((await pageData(frame))?.['hushE2ee'], 'on');
        await frame.locator('#app[data-hush-playout=immediate]').waitFor({ state: 'attached' });
        await alice.workbench.statusBar(/Sharing ·\s+1/u).waitFor();
    });

    it('a click in the status bar ends nothing: it shows what can be done, and the palette offers no second share', async () => {
        const { alice } = pair;
        const { workbench } = alice;
        await workbench.command('File: New Untitled Text File'); // in front of the sharing tab
        await workbench.tab('Untitled').waitFor();
        await workbench.statusBar('Sharing').click();
        const menu = workbench.asking('You Share Your Screen');
        for (const entry of ['Stop Sharing', 'Who Can See This', 'Show the Sharing Tab'])
            await menu.getByText(entry, { exact: true }).waitFor();
        await keepPicture(alice, 'status-menu-sharing');
        await workbench.pick('Show the Sharing Tab');
        await workbench.page.locator('.tab.active', { hasText: 'Sharing in' }).waitFor();
        const now = await offered(alice);
        assert.ok(now.includes('Hush: Stop Sharing') && !now.includes('Hush: Share Screen'), now.join());
        await workbench.statusBar(/Sharing ·\s+1/u).waitFor();
    });

    it('the tab goes on when it was hidden', async () => {
        const { bob } = pair;
        const frame = await bob.workbench.hushFrame('view', 'live');
        await bob.workbench.command('File: New Untitled Text File');
        await bob.workbench.tab('Untitled').waitFor();
        await bob.workbench.tab('’s screen').click();
        await advancingPicture(frame, SHARED.width);
    });

    it('the tab comes back live after a window reload', async () => {
        const { bob } = pair;
        await bob.workbench.page.reload();
        await ready(bob.workbench);
        // Which tab was in front is written late by VS Code in a browser; a tab behind another comes alive when shown.
        await bob.workbench.tab('’s screen').click();
        const frame = await bob.workbench.hushFrame('view', 'live');
        const [, now] = await advancingPicture(frame, SHARED.width);
        assert.ok(now.markerError < MARKER_TOLERANCE);
    });

    it('the status bar stops it, and the viewer is told', async () => {
        const { alice, bob } = pair;
        await stopFromStatusBar(alice.workbench);
        await bob.workbench.hushFrame('view', 'ended');
        await bob.workbench.row('’s screen').waitFor({ state: 'detached' });
        await alice.workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
        await gone(pair);
    });

    it('from the loopback page in the browser; closing that page ends the share', async () => {
        const { alice, bob } = pair;
        await changeSettings(alice, { 'hush.capture.location': 'browser' });
        const page = (await shareScreen(alice.workbench, alice.context, 'loopback')).page();
        assert.ok(page !== alice.workbench.page, 'captured in the webview');
        assert.ok(!page.url().includes('#'), 'the token stayed in the address');
        await advancingPicture(await viewShare(bob.workbench), SHARED.width);
        await page.close();
        await bob.workbench.hushFrame('view', 'ended');
        await alice.workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
    });

    it('leaving the session takes the membership and the tab away', async () => {
        const { alice, bob } = pair;
        await changeSettings(alice, { 'hush.capture.location': undefined });
        await shareScreen(alice.workbench, alice.context, 'webview');
        await viewShare(bob.workbench);
        await bob.workbench.command('Hush: Leave Session');
        await bob.workbench.tab('’s screen').waitFor({ state: 'detached' });
        await alice.workbench.statusBar(/Sharing ·\s+0/u).waitFor();
        await alice.workbench.command('Hush: Stop Sharing');
        await alice.workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
        await gone(pair);
    });

    it('signing out leaves no device and no membership behind', async () => {
        const { alice, accounts, world } = pair;
        await alice.workbench.command('Hush: Sign Out');
        await alice.workbench.page.getByRole('button', { name: 'Sign Out', exact: true }).click();
        await alice.workbench.page.locator('.sidebar', { hasText: 'Sign in with your Matrix account' }).waitFor();
        const probe = await login(world.stack.baseUrl, accounts.alice);
        const { devices } = await request(
            `${world.stack.baseUrl}/_matrix/client/v3/devices`,
            undefined,
            probe.accessToken,
        );
        const names = (devices as { display_name: string | null }[]).map((d) => d.display_name ?? '');
        assert.deepEqual(
            names.filter((name) => name.startsWith('Hush on')),
            [],
        );
    });
});

/** The share is over on the screen before its memberships have left the server. */
async function gone(pair: Pair): Promise<void> {
    await eventually(async () => (await memberships(pair)) === 0, 'every membership to be left', 10_000);
}

/** Live call memberships in the pair's room, as the server has them. */
async function memberships({ world, accounts }: Pair): Promise<number> {
    const { baseUrl } = world.stack;
    const { accessToken } = await login(baseUrl, accounts.bob);
    const { joined_rooms: rooms } = await request(`${baseUrl}/_matrix/client/v3/joined_rooms`, undefined, accessToken);
    const [room] = rooms as string[];
    const answer = await fetch(`${baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(room ?? '')}/state`, {
        headers: { Authorization: `Bearer ${accessToken}` },
    });
    const state = (await answer.json()) as { type: string; content: object }[];
    return state.filter((e) => e.type === 'org.matrix.msc3401.call.member' && Object.keys(e.content).length > 0).length;
}
