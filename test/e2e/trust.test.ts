/** Trust as people meet it: who can see a share, emoji verification, recovery, and a device that is not verified yet. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { changeSettings, shareScreen, signIn, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { press, sheet } from './support/sheets.ts';
import { pageData } from './support/workbench.ts';

describe('trust in VS Code', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    let recoveryKey = '';
    before(async () => {
        pair = await openPair();
        await changeSettings(pair.alice, { 'hush.transport': 'mesh' });
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('two new accounts share at once, and both see which device can see it', async () => {
        const { alice, bob } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        const frame = await viewShare(bob.workbench);
        await advancingPicture(frame, SHARED.width);
        await frame.getByText('1 device can see this').click();
        const told = await sheet(
            bob.workbench,
            /^Who can see the screen of Alice/u,
            /1 device can see this: verified/u,
        );
        assert.match(await told.locator('main').innerText(), /Bob .*\(you\) · Hush on .*, this device/u);
        await keepPicture(bob, 'trust-viewer-sheet');
        await alice.workbench.page.locator('.statusbar-item[id*="hush.audience"]').click();
        const own = await sheet(alice.workbench, /^Who can see your screen$/u, /direct since/u);
        assert.match(await own.locator('main').innerText(), /Hush on .*VS Code/u);
        await keepPicture(alice, 'trust-sharer-sheet');
    });

    it('two people verify each other by emoji, each with its name', async () => {
        const { alice, bob, accounts } = pair;
        await alice.workbench.command('Hush: Verify Teammate…');
        await alice.workbench.pick(accounts.bob.userId);
        await bob.workbench.clickNotification(/asks to verify each other by emoji/u, 'Verify');
        const [ours, theirs] = await Promise.all([
            sheet(alice.workbench, /^Verify Bob/u, /They Match/u),
            sheet(bob.workbench, /^Verify Alice/u, /They Match/u),
        ]);
        const names = (frame: typeof ours): Promise<string[]> => frame.locator('.emoji .name').allInnerTexts();
        assert.equal((await names(ours)).length, 7);
        assert.deepEqual(await names(ours), await names(theirs));
        await keepPicture(alice, 'trust-emoji');
        await press(ours, 'They Match');
        await press(theirs, 'They Match');
        await sheet(alice.workbench, /^Verify Bob/u, /have verified each other/u);
        await keepPicture(alice, 'trust-verified');
        const view = await bob.workbench.hushFrame('view', 'live');
        await view.locator('.device', { hasText: /· verified$/u }).waitFor({ state: 'attached' });
        await sheet(alice.workbench, /^Who can see your screen$/u, /1 device can see this: verified/u);
    });

    it('a sheet that loads takes no focus from a question that was opened meanwhile', async () => {
        const { workbench } = pair.alice;
        await workbench.command('Hush: Who Can See This');
        await workbench.command('View: Close Editor');
        await workbench.command('Hush: Who Can See This');
        await workbench.command('Hush: Set Up Recovery…');
        const question = workbench.asking('recommended');
        await question.waitFor();
        await sheet(workbench, /^Who can see your screen$/u);
        await question.locator('input:focus').waitFor();
        await workbench.page.keyboard.press('Escape');
        await question.waitFor({ state: 'hidden' });
    });

    it('a recovery key is shown once, with ways to keep it', async () => {
        const { bob } = pair;
        await bob.workbench.command('Hush: Set Up Recovery…');
        await bob.workbench.pick('recommended');
        const shown = await sheet(bob.workbench, /^Your recovery key$/u);
        recoveryKey = await shown.locator('code').innerText();
        assert.match(recoveryKey, /^(?:\w{4} ){11}\w{4}$/u);
        // A picture must not keep a key.
        await shown.locator('code').evaluate((code) => (code.textContent = code.textContent.replaceAll(/\w/gu, '•')));
        await keepPicture(bob, 'trust-recovery-key');
        await press(shown, 'I Have Kept It');
    });

    it('a new device of the same person is kept out, says why on both sides, and how to change that', async () => {
        const { alice, bob, accounts } = pair;
        await bob.workbench.command('Hush: Sign Out');
        await bob.workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Sign Out' }).click();
        await bob.workbench.sidebar('Sign in with your Matrix account').waitFor();
        const { userId: user, password } = accounts.bob;
        await signIn(bob.workbench, { homeserver: pair.world.stack.baseUrl, user, password });
        await (await bob.workbench.seeNotification(/This device is not verified yet/u)).waitFor();
        await bob.workbench.clearNotifications();
        await bob.workbench.row('’s screen').waitFor();
        await bob.workbench.command('Hush: View Share…');
        const frame = await bob.workbench.hushFrame('view');
        await frame.getByRole('heading', { name: 'This share is not open to this device' }).waitFor();
        assert.equal((await pageData(frame))?.['hushWithheld'], 'notCrossSigned');
        await keepPicture(bob, 'trust-withheld');
        await alice.workbench.clickNotification(/cannot see your screen/u, 'Who Can See This');
        await sheet(
            alice.workbench,
            /^Who can see your screen$/u,
            /Kept out[\s\S]*That device of Bob .* is unverified/u,
        );
        await keepPicture(alice, 'trust-kept-out');
    });

    it('it sees the picture as soon as it has the recovery key', async () => {
        const { bob } = pair;
        const frame = await bob.workbench.hushFrame('view');
        await press(frame, 'Verify This Device');
        await bob.workbench.pick('With your recovery key');
        await bob.workbench.answer('Recover with Recovery Key', 'EsTX not a key');
        await bob.workbench.asking(/mistyped or missing/u).waitFor();
        await bob.workbench.answer('Recover with Recovery Key', recoveryKey);
        await advancingPicture(await bob.workbench.hushFrame('view', 'live'), SHARED.width);
        const { alice } = pair;
        await sheet(alice.workbench, /^Who can see your screen$/u, /1 device can see this: verified/u);
        await bob.workbench.clearNotifications();
        await alice.workbench.command('Preferences: Toggle between Light/Dark Themes');
        await alice.workbench.page.locator('.monaco-workbench.vs-dark').waitFor();
        await keepPicture(alice, 'trust-sharer-sheet-dark');
    });

    it('a new identity stops the share to that person until it is acknowledged', async () => {
        const { alice, bob, accounts } = pair;
        await bob.workbench.command('Hush: Reset Encryption Identity…');
        const reset = bob.workbench.dialog('Reset your encryption identity?');
        await reset.getByRole('button', { name: 'Reset' }).waitFor();
        // Enter must not lose what cannot be brought back.
        await reset.locator('.monaco-button:focus', { hasText: 'Use Recovery Key' }).waitFor();
        await keepPicture(bob, 'trust-reset-question');
        await reset.getByRole('button', { name: 'Reset' }).click();
        await bob.workbench.answer('Your Account’s Password', accounts.bob.password);
        await bob.workbench.seeNotification(/Your identity is new/u);
        const frame = await bob.workbench.hushFrame('view');
        await frame.getByRole('heading', { name: 'Your encryption identity has changed' }).waitFor();
        await frame.getByText('1 device can see this').waitFor({ state: 'hidden' });
        await keepPicture(bob, 'trust-identity-changed');
        await alice.workbench.seeNotification(/The identity of Bob .* has changed since you last saw it/u);
        const kept = await sheet(alice.workbench, /^Who can see your screen$/u, /identity changed/u);
        await alice.workbench.statusBar(/Sharing ·\s+0/u).waitFor();
        await keepPicture(alice, 'trust-identity-changed-sharer');
        await press(kept, 'Acknowledge New Identity');
        const question = alice.workbench.dialog(`Is the new identity of ${accounts.bob.userId} really theirs?`);
        await question.getByRole('button', { name: 'Acknowledge' }).click();
        await advancingPicture(await bob.workbench.hushFrame('view', 'live'), SHARED.width);
        await sheet(alice.workbench, /^Who can see your screen$/u, /1 device can see this: cross-signed/u);
    });
});
