/** What a person meets when they mistype, are refused, or share a room with somebody who sends rubbish: a sentence and a way on. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready } from './support/flows.ts';
import { untilLogged } from './support/hostLog.ts';
import { deactivate, matrixHttp, type MatrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { pageData, PATIENCE } from './support/workbench.ts';
import { sharedWorld, type World } from './support/world.ts';

const MEMBER = 'org.matrix.msc3401.call.member';

describe('on a bad day', function () {
    this.timeout(120_000);
    stopAtFirstFailure();
    let world: World;
    let alice: Person;
    let mallory: MatrixHttp;
    let website: Server;
    let editor: EditorPage;
    let accounts: Readonly<Record<'alice' | 'mallory' | 'gone' | 'admin', Account>>;

    before(async () => {
        world = await sharedWorld();
        const { stack, vsix, env } = world;
        const id = Date.now().toString(36);
        editor = await startEditorPage();
        website = createServer((_, answer) => answer.end('<!doctype html><title>A website</title>'));
        await new Promise<void>((done) => website.listen(0, '127.0.0.1', done));
        const [one, two, gone, admin] = await Promise.all([
            stack.createAccount(`bad-alice-${id}`, { displayName: 'Alice' }),
            stack.createAccount(`bad-mallory-${id}`, { displayName: 'Mallory' }),
            stack.createAccount(`bad-gone-${id}`),
            stack.createAccount(`bad-admin-${id}`, { admin: true }),
        ]);
        accounts = { alice: one, mallory: two, gone, admin };
        await deactivate(stack.baseUrl, admin, gone);
        mallory = await matrixHttp(stack.baseUrl, two);
        alice = await openPerson({ vsix, env, workspace: 'bad-days', capture: { tab: editor.title } });
        await alice.context.addInitScript(refuseFirstCapture);
        const shared = await alice.context.newPage();
        await shared.goto(editor.url);
        await alice.workbench.page.bringToFront();
        await alice.workbench.openSidebar();
    });
    afterEach(picturesOfFailure(() => ({ alice })));
    after(async () => {
        await alice?.stop();
        await editor?.stop();
        website?.close();
    });

    it('an unknown server: what was typed stays, to be mended', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: Sign In…');
        await workbench.answer(/homeserver/iu, 'no-such-server.invalid');
        await workbench.asking('no-such-server.invalid cannot be reached').waitFor();
        await keepPicture(alice, 'unknown-server');
        assert.equal(await workbench.quickInput.locator('input').inputValue(), 'no-such-server.invalid');
    });

    it('a web server that is not Matrix', async () => {
        const { workbench } = alice;
        const { port } = website.address() as AddressInfo;
        await workbench.answer('cannot be reached', `http://127.0.0.1:${port}`);
        await workbench.asking(`127.0.0.1:${port} is not a Matrix homeserver`).waitFor();
        await keepPicture(alice, 'not-matrix');
    });

    it('an account that was deactivated: said once, and the welcome is back', async () => {
        const { workbench } = alice;
        await workbench.answer('not a Matrix homeserver', world.stack.baseUrl);
        await workbench.answer(/user name/iu, accounts.gone.userId);
        await workbench.answer(/Password of/u, accounts.gone.password);
        await workbench.seeNotification('This account has been deactivated');
        await keepPicture(alice, 'deactivated');
        await workbench.quickInput.waitFor({ state: 'hidden' });
        await workbench.sidebar('Sign in with your Matrix account').waitFor();
        await workbench.clearNotifications();
    });

    it('a wrong password: it is asked again, an arrow leads back to the name, and the right one signs in', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: Sign In…');
        await workbench.answer(/homeserver/iu, world.stack.baseUrl);
        await workbench.answer(/user name/iu, accounts.alice.userId);
        await workbench.answer(/Password of/u, 'not my password');
        const { userId } = accounts.alice;
        const { host } = new URL(world.stack.baseUrl);
        await workbench
            .asking(
                `${host} knows no account ${userId} with this password. Type the password again, or go back with the arrow above`,
            )
            .waitFor();
        await keepPicture(alice, 'wrong-password');
        assert.equal(await workbench.quickInput.locator('input').getAttribute('type'), 'password');
        await workbench.quickInput.getByRole('button', { name: 'Back' }).click();
        await workbench.asking('Your user name on').waitFor();
        assert.equal(await workbench.quickInput.locator('input').inputValue(), accounts.alice.userId);
        await workbench.page.keyboard.press('Enter');
        await workbench.answer(/Password of/u, accounts.alice.password);
        await ready(workbench);
        await workbench.clearNotifications();
    });

    it('a room that is not encrypted is shown as such, and no screen is shared in it', async () => {
        const { workbench } = alice;
        await invitedRoom({ name: 'Plain', encrypted: false });
        // The notification outlives the invitation that was accepted in the tree; the next test sees that the room stayed.
        await workbench.clickNotification('invites you to Plain', 'Decline');
        assert.match(await workbench.row('Plain').innerText(), /not encrypted/u);
        assert.deepEqual(await workbench.inlineActions('Plain'), ['Invite Teammate…']);
        await workbench.tooltip('Plain', 'You cannot share, watch, chat or link a workspace here');
        await keepPicture(alice, 'not-encrypted-tooltip');
        await workbench.command('Hush: Share Screen');
        await workbench.pick('Plain');
        await workbench.clickNotification(
            'Plain is not encrypted, so Hush does not share a screen in it',
            'Start Session',
        );
        await workbench.asking('Start Session').waitFor();
        await keepPicture(alice, 'not-encrypted');
        await workbench.statusBar('share').waitFor({ state: 'hidden' });
        await workbench.clearNotifications();
    });

    it('a room that forbids calls says who can change that; then sharing begins', async () => {
        const { workbench } = alice;
        const roomId = await invitedRoom({
            name: 'Guarded',
            encrypted: true,
            powerLevels: { events: { [MEMBER]: 100 } },
        });
        assert.ok(await workbench.row('Plain').isVisible(), 'declining an accepted invitation left the room');
        assert.deepEqual(await workbench.inlineActions('Guarded'), ['Invite Teammate…']);
        const why = 'This room asks for level 100; you have 0.';
        await workbench.tooltip('Guarded', `You cannot share or watch screens here. ${why}`);
        await workbench.command('Hush: Share Screen');
        await workbench.asking(why).waitFor();
        await keepPicture(alice, 'not-possible-in');
        await workbench.pick('Guarded');
        await workbench.seeNotification(`You may not start calls in Guarded, nor watch what is shared there. ${why}`);
        await keepPicture(alice, 'calls-forbidden');
        await workbench.clearNotifications();
        await mallory.sendState(roomId, 'm.room.power_levels', '', { events: { [MEMBER]: 0 } });
        await mallory.sendState(roomId, 'm.room.name', '', { name: 'Open' });
        await workbench.row('Open').waitFor();
        await workbench.inlineAction('Open', 'Share Screen');
        await workbench.hushFrame('share', /choose|failed/u);
    });

    it('a refused capture shares nothing and offers to choose again', async () => {
        const { workbench } = alice;
        const page = await workbench.hushFrame('share', /choose|failed/u);
        const choose = page.getByRole('button', { name: /^Choose/u });
        if ((await pageData(page))?.['hushState'] === 'choose') await choose.click();
        await workbench.hushFrame('share', 'failed');
        await page.getByText('No screen was chosen, so nothing is shared.').waitFor();
        await keepPicture(alice, 'capture-refused');
        await choose.click();
        await workbench.hushFrame('share', 'live');
        await workbench.command('Hush: Stop Sharing');
        await workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
    });

    it('a name alone invites at one’s own server; nobody by that name: said before anybody is invited', async () => {
        const { workbench } = alice;
        await workbench.inlineAction('Open', 'Invite Teammate…');
        await workbench.asking('Invite Teammate').locator('input').fill('nobody-at-all');
        await workbench.asking('Invite Teammate').getByText('Nobody has the ID @nobody-at-all:').waitFor();
        await workbench.asking('Invite Teammate').getByText('Copy a join link instead…').waitFor();
        assert.equal(await workbench.asking('Invite Teammate').getByText('Invite @nobody-at-all:').count(), 0);
        await keepPicture(alice, 'invite-nobody');
        await workbench.page.keyboard.press('Enter');
        assert.equal(await workbench.asking('Invite Teammate').count(), 1, 'nobody is invited by Enter');
        await workbench.asking('Invite Teammate').locator('input').fill(accounts.admin.localpart);
        await workbench.pick(`Invite @${accounts.admin.localpart}:`);
        await workbench.row(/invited$/u).waitFor();
    });

    it('malformed state of others changes no row, tells nobody, and is noted in the log', async () => {
        const { workbench } = alice;
        const roomId = await invitedRoom({ name: 'Messy', encrypted: true, powerLevels: { events: { [MEMBER]: 0 } } });
        await workbench.clearNotifications();
        const before = await workbench.rowTexts();
        const key = (device: string): string => `_${accounts.mallory.userId}_${device}_m.call`;
        const valid = {
            application: 'm.call',
            call_id: '',
            scope: 'm.room',
            focus_active: { type: 'livekit', focus_selection: 'oldest_membership' },
        };
        await mallory.sendState(roomId, MEMBER, key('ONE'), {
            application: 5,
            call_id: {},
            device_id: ['ONE'],
            expires: 'soon',
            foci_preferred: 7,
        });
        await mallory.sendState(roomId, MEMBER, key('TWO'), {
            ...valid,
            device_id: 'TWO',
            foci_preferred: 'none',
            expires: -1,
        });
        await mallory.sendState(roomId, MEMBER, accounts.mallory.userId, { memberships: 'all of them' });
        await mallory.sendState(roomId, 'com.hush.livekit.session', '', { version: 'one', livekit_service_url: 5 });
        await mallory.sendState(roomId, 'com.hush.workspace', '', { version: 1, salt: 5, hash: null });
        const foci = [{ type: 'livekit', livekit_service_url: 'http://evil.example', livekit_alias: roomId }];
        await mallory.sendState(roomId, MEMBER, key(mallory.deviceId), {
            ...valid,
            device_id: mallory.deviceId,
            foci_preferred: foci,
            expires: 14_400_000,
            'com.hush.shares': { version: 1, shares: [{ id: '<b>', started_ts: 'now' }] },
        });
        await untilLogged(alice.server, /Ignored com\.hush\.shares of @bad-mallory/u);
        await workbench.row(/Messy.*1 in the session/su).waitFor(); // the rest of it is as it should be
        await mallory.sendState(roomId, MEMBER, key(mallory.deviceId), {});
        await mallory.sendState(roomId, 'm.room.name', '', { name: 'Messier' });
        await workbench.row('Messier').waitFor();
        await keepPicture(alice, 'malformed-state');
        assert.deepEqual(
            (await workbench.rowTexts()).map((text) => text.replace('Messier', 'Messy')),
            before,
        );
        assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
        await workbench.inlineAction('Messier', 'Share Screen');
        const page = await workbench.hushFrame('share', /choose|failed/u);
        await untilLogged(alice.server, /Ignored com\.hush\.livekit\.session/u);
        await page.getByRole('button', { name: /^Choose/u }).waitFor();
    });

    /** Made by Mallory; Alice accepts in the tree. */
    async function invitedRoom(options: {
        name: string;
        encrypted: boolean;
        powerLevels?: Readonly<Record<string, unknown>>;
    }): Promise<string> {
        const { workbench } = alice;
        const roomId = await mallory.createRoom({ ...options, invite: [accounts.alice.userId] });
        await workbench.row(`invitation from`).waitFor();
        await workbench.inlineAction(options.name, 'Join');
        await workbench.row(new RegExp(`${options.name}(?!.*invitation)`, 'u')).waitFor({ timeout: PATIENCE });
        return roomId;
    }
});

/** Runs in the browser before each document: the person closes the picker the first time, and chooses after that. */
function refuseFirstCapture(): void {
    const { prototype } = MediaDevices;
    const real = prototype.getDisplayMedia;
    let refused = false;
    prototype.getDisplayMedia = function (options) {
        if (refused) return real.call(this, options);
        refused = true;
        return Promise.reject(new DOMException('Permission denied by user', 'NotAllowedError'));
    };
}
