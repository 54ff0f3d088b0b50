/** Two windows of one person: one device, everything in each, and the second goes on when the first is gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { login, request } from '../stack/accounts.ts';
import { skip } from '../stack/skip.ts';
import { picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { invite, ready, shareScreen, startSession, viewShare } from './support/flows.ts';
import { untilLogged } from './support/hostLog.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';
import { advancingPicture } from './support/picture.ts';
import { Workbench } from './support/workbench.ts';

const git = (...args: readonly string[]): boolean => spawnSync('git', args).status === 0;

/** A folder that Git takes for a clone of `remote`. */
async function clone(remote: string): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'hush-clone-'));
    assert.ok(git('init', '--quiet', folder) && git('-C', folder, 'remote', 'add', 'origin', remote));
    return folder;
}

describe('a second window of the same person', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    let second: Workbench;
    before(async () => {
        pair = await openPair();
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('has the session at once, without a sign-in and without a second device', async () => {
        const { bob, accounts, world, room } = pair;
        second = new Workbench(await bob.context.newPage());
        await second.open(bob.server.url(await mkdtemp(join(tmpdir(), 'hush-second-'))));
        await ready(second);
        await second.row(room).waitFor();
        const probe = await login(world.stack.baseUrl, accounts.bob);
        const { devices } = await request(
            `${world.stack.baseUrl}/_matrix/client/v3/devices`,
            undefined,
            probe.accessToken,
        );
        const names = (devices as { display_name: string | null }[]).map((d) => d.display_name ?? '');
        assert.equal(names.filter((name) => name.startsWith('Hush on')).length, 1, names.join());
    });

    it('watches a share', async () => {
        const { alice } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        await advancingPicture(await viewShare(second), SHARED.width);
        await alice.workbench.statusBar(/Sharing ·\s+1/u).waitFor();
    });

    it('goes on watching, with its tree, when the window that held the account is killed', async () => {
        const { alice, bob, room } = pair;
        const [owner] = await bob.server.extensionHostPids();
        assert.ok(owner);
        process.kill(owner, 'SIGKILL');
        await untilLogged(bob.server, /The account goes on after \d+ ms/u);
        await advancingPicture(await second.hushFrame('view', 'live'), SHARED.width);
        await second.row(room).waitFor();
        await alice.workbench.statusBar(/Sharing ·\s+1/u).waitFor();
    });

    it('a workspace of its own gets a session of its own, which a teammate with a clone is offered', async function () {
        if (!git('--version')) skip(this, 'Git is not installed');
        const { alice, bob, accounts } = pair;
        const open = async (person: Person): Promise<Workbench> => {
            const window = new Workbench(await person.context.newPage());
            await window.open(person.server.url(await clone('https://git.example.org/team/compiler.git')));
            await ready(window);
            return window;
        };
        const hers = await open(alice);
        await startSession(hers, 'compiler');
        await invite(hers, accounts.bob.userId);
        await second.page.bringToFront();
        await second.inlineAction(/compiler.*invitation/u, 'Join');
        await second.row(/compiler(?!.*invitation)/u).waitFor();
        const his = await open(bob);
        await his.clickNotification(/session for this repository: compiler/u, 'Use This Room');
        await his.row(/compiler.*this workspace/u).waitFor();
        // The other windows keep their own.
        await alice.workbench
            .row(/this workspace/u)
            .and(alice.workbench.row(pair.room))
            .waitFor();
        await Promise.all([hers.page.close(), his.page.close()]);
    });

    it('a share goes on when another window of the sharer, which held the account, is killed', async () => {
        const { alice, room } = pair;
        await alice.workbench.command('Hush: Stop Sharing');
        await second.row('’s screen').waitFor({ state: 'detached' });
        const hers = new Workbench(await alice.context.newPage());
        await hers.open(alice.server.url(await mkdtemp(join(tmpdir(), 'hush-second-'))));
        await ready(hers);
        await hers.command('Hush: Share Screen');
        await hers.pick(room);
        await hers.hushFrame('share', 'live');
        await second.page.bringToFront();
        await second.row('’s screen').waitFor();
        await advancingPicture(await viewShare(second), SHARED.width);
        const [owner] = await alice.server.extensionHostPids();
        assert.ok(owner);
        process.kill(owner, 'SIGKILL');
        await untilLogged(alice.server, /The account goes on after \d+ ms/u);
        await advancingPicture(await second.hushFrame('view', 'live'), SHARED.width);
        await hers.statusBar(/Sharing ·\s+1/u).waitFor();
        await hers.page.bringToFront();
        await hers.command('Hush: Stop Sharing');
        await second.row('’s screen').waitFor({ state: 'detached' });
        await hers.page.close();
    });

    it('signs out for both', async () => {
        const { bob } = pair;
        // VS Code starts the killed host again: that window comes back through the second.
        await ready(bob.workbench);
        await second.page.bringToFront();
        await second.command('Hush: Sign Out');
        await second.page.getByRole('button', { name: 'Sign Out', exact: true }).click();
        for (const workbench of [second, bob.workbench])
            await workbench.page.locator('.sidebar', { hasText: 'Sign in with your Matrix account' }).waitFor();
    });
});
