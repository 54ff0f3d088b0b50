/** What VS Code itself shows of Hush: status bar, welcome, rows and their keys, palette. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Locator } from 'playwright-core';
import { login, request, type Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { eventually } from '../stack/eventually.ts';
import { shareScreen, signIn, startSession } from './support/flows.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { matrixHttp, type MatrixHttp } from './support/matrixHttp.ts';
import { offered } from './support/palette.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld, type World } from './support/world.ts';
import type { Workbench } from './support/workbench.ts';

const ROOM = 'surface';

describe('what VS Code shows of Hush', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let world: World;
    let dora: Person;
    let account: Account;
    let host: MatrixHttp;
    let editor: EditorPage;
    before(async () => {
        world = await sharedWorld();
        const id = Date.now().toString(36);
        account = await world.stack.createAccount(`dora-${id}`, { displayName: 'Dora' });
        host = await matrixHttp(
            world.stack.baseUrl,
            await world.stack.createAccount(`host-${id}`, { displayName: 'Hosta' }),
        );
        editor = await startEditorPage();
        const { vsix, env } = world;
        dora = await openPerson({ vsix, env, workspace: ROOM, capture: { tab: editor.title } });
        await (await dora.context.newPage()).goto(editor.url);
        await dora.workbench.page.bringToFront();
    });
    afterEach(picturesOfFailure(() => ({ dora })));
    after(async () => {
        await dora?.stop();
        await editor?.stop();
    });

    it('the status bar has Hush before anybody signed in, with a menu that leads there', async () => {
        const { workbench } = dora;
        await workbench.statusBar('Hush').click();
        const menu = workbench.asking('Create Account…');
        await menu.waitFor();
        await keepPicture(dora, 'status-menu-signed-out');
        await workbench.pick('Sign In…');
        await workbench.asking(/homeserver/iu).waitFor();
        await workbench.page.keyboard.press('Escape');
    });

    it('signed in and in no room, one place offers to share, to start and to join, and there is no empty chat', async () => {
        const { workbench } = dora;
        const { userId, password } = account;
        await signIn(workbench, { homeserver: world.stack.baseUrl, user: userId, password });
        const buttons = workbench.page.locator('.sidebar .welcome-view-content .monaco-button');
        await buttons.first().waitFor();
        assert.deepEqual(await buttons.allInnerTexts(), ['Share Screen', 'Start Session', 'Join by Link…']);
        const widths = await buttons.evaluateAll((all) => all.map((b) => Math.round(b.getBoundingClientRect().width)));
        assert.equal(new Set(widths).size, 1, widths.join());
        assert.equal(await workbench.page.locator('.sidebar .pane-header', { hasText: 'Chat' }).count(), 0);
        assert.equal(await workbench.page.locator('iframe.webview').count(), 0);
        await keepPicture(dora, 'welcome-no-room');
    });

    it('a session that is ready offers to share, to invite and the link', async () => {
        const { workbench } = dora;
        await startSession(workbench, ROOM);
        const told = await workbench.seeNotification('is ready');
        for (const name of ['Share Screen', 'Invite Teammate…', 'Copy Link'])
            await told.getByRole('button', { name, exact: true }).waitFor();
        await keepPicture(dora, 'session-ready');
        await workbench.statusBar(/Hush ·\s*1/u).waitFor();
        const pane = (title: string): Promise<number> =>
            workbench.page
                .locator('.sidebar .pane', { has: workbench.page.locator('.pane-header', { hasText: title }) })
                .evaluate((element) => element.getBoundingClientRect().height);
        await workbench.page.locator('.sidebar .pane-header', { hasText: 'Chat' }).waitFor();
        assert.ok((await pane('Chat')) > (await pane('Sessions')), 'the chat has the larger part');
        await workbench.clearNotifications();
    });

    it('the menu of the room has Invite Teammate…, and whatever its buttons do', async () => {
        const { workbench } = dora;
        const buttons = await workbench.inlineActions(ROOM);
        await workbench.row(ROOM).click({ button: 'right' });
        const menu = workbench.page.locator('.monaco-menu');
        await menu.getByRole('menuitem', { name: 'Invite Teammate…' }).waitFor();
        assert.deepEqual(buttons, ['Share Screen', 'Invite Teammate…']);
        for (const name of buttons) assert.equal(await menu.getByRole('menuitem', { name }).count(), 1, name);
        await keepPicture(dora, 'room-menu');
        await workbench.page.keyboard.press('Escape');
    });

    it('Invite asks whom, not where, when there is one room', async () => {
        const { workbench } = dora;
        await workbench.command('Hush: Unlink Workspace from Room');
        await workbench.row('this workspace').waitFor({ state: 'detached' });
        await workbench.command('Hush: Invite Teammate…');
        await workbench.quickInput.locator('input[placeholder^="Name or user ID"]').waitFor();
        await workbench.page.keyboard.press('Escape');
        await workbench.command('Hush: Link Workspace to Room…');
        await workbench.pick(ROOM);
        await workbench.row('this workspace').waitFor();
    });

    it('an invitation without its notification is joined by Enter on its row, and has a menu', async () => {
        const { workbench } = dora;
        const { page } = workbench;
        await host.createRoom({ name: 'Atrium', encrypted: true, invite: [account.userId] });
        await workbench.seeNotification('invites you to Atrium');
        await workbench.clearNotifications();
        await focusRow(workbench, /Atrium/u);
        await page.keyboard.press('Shift+F10');
        const menu = page.locator('.monaco-menu');
        for (const name of ['Join', 'Decline']) await menu.getByRole('menuitem', { name, exact: true }).waitFor();
        await keepPicture(dora, 'invitation-menu');
        await page.keyboard.press('Escape');
        await menu.waitFor({ state: 'detached' });
        await focusRow(workbench, /Atrium/u);
        await page.keyboard.press('Enter');
        await workbench.row(/Atrium(?!.*invitation)/su).waitFor();
        await workbench.row('invitation from').waitFor({ state: 'detached' });
    });

    it('a click on an invitation only chooses it', async () => {
        const { workbench } = dora;
        await host.createRoom({ name: 'Balcony', encrypted: true, invite: [account.userId] });
        await workbench.seeNotification('invites you to Balcony');
        await workbench.clearNotifications();
        await workbench.row('Balcony').click();
        await workbench.page.locator('.sidebar .monaco-list-row.selected', { hasText: 'Balcony' }).waitFor();
        await workbench.row(/Balcony.*invitation from/su).waitFor();
    });

    it('the palette joins and declines invitations that it asks for', async () => {
        const { workbench } = dora;
        await host.createRoom({ name: 'Cellar', encrypted: true, invite: [account.userId] });
        await workbench.row(/Cellar.*invitation/su).waitFor();
        await workbench.command('Hush: Decline Invitation…');
        await workbench.asking('Decline Invitation').getByText('Balcony', { exact: false }).waitFor();
        await workbench.pick('Cellar');
        await workbench.row('Cellar').waitFor({ state: 'detached' });
        await workbench.command('Hush: Join Invitation…');
        await workbench.asking('Join Invitation').getByText('from Hosta', { exact: false }).waitFor();
        await workbench.pick('Balcony');
        await workbench.row(/Balcony(?!.*invitation)/su).waitFor();
        await workbench.clearNotifications();
        assert.ok(!(await offered(dora)).includes('Hush: Join Invitation…'));
    });

    it('while sharing, the palette lists what can be done about it and nothing that cannot', async () => {
        const { workbench, context } = dora;
        const before = await offered(dora);
        await workbench.row('Balcony').waitFor();
        await shareScreen(workbench, context, 'webview');
        await workbench.statusBar(/Sharing ·/u).waitFor();
        await workbench.row('Your screen').waitFor();
        const now = await offered(dora);
        console.log(`      ${before.length} commands in a session, ${now.length} while sharing`);
        assert.deepEqual(
            now.filter((title) => !before.includes(title) && !/Call|Upgrade/u.test(title)),
            ['Hush: Leave Session', 'Hush: Pause Share', 'Hush: Stop Sharing', 'Hush: Who Can See This'],
        );
        assert.ok(!now.includes('Hush: Share Screen') && !now.includes('Hush: Create Account…'));
        assert.ok(now.length <= 32, now.join());
    });

    it('Enter on one’s own screen shows the menu of the share, and ends nothing', async () => {
        const { workbench } = dora;
        await focusRow(workbench, /Your screen/u);
        await workbench.page.keyboard.press('Enter');
        await workbench.asking('You Share Your Screen').getByText('Stop Sharing', { exact: true }).waitFor();
        await workbench.page.keyboard.press('Escape');
        await workbench.row('Your screen').waitFor();
        await workbench.statusBar(/Sharing ·/u).waitFor();
        await workbench.menuAction('Your screen', 'Stop Sharing');
        await workbench.row('Your screen').waitFor({ state: 'detached' });
        await workbench.statusBar(/Hush ·/u).waitFor();
    });

    it('Enter does not sign out while keys would be lost', async () => {
        const { workbench } = dora;
        await workbench.command('Hush: Sign Out');
        const question = workbench.dialog('can then never be read again');
        await question.locator('.monaco-button:focus', { hasText: 'Set Up Recovery…' }).waitFor();
        await question.getByRole('button', { name: 'Sign Out', exact: true }).waitFor();
        await keepPicture(dora, 'sign-out-question');
        await workbench.page.keyboard.press('Escape');
        await workbench.row(ROOM).waitFor();
    });

    it('a sign-in that the server ended: a wrong password names account and server, and leads to another account', async () => {
        const { workbench } = dora;
        const { baseUrl } = world.stack;
        const { accessToken } = await login(baseUrl, account);
        await request(`${baseUrl}/_matrix/client/v3/logout/all`, {}, accessToken);
        await workbench.page.locator('.sidebar').getByRole('button', { name: 'Sign In Again' }).waitFor();
        await workbench.statusBar('Hush').click();
        await workbench.asking('Sign In Again…').waitFor();
        await workbench.pick('Sign In Again…');
        await workbench.answer(/Password of/u, 'not my password');
        const { host } = new URL(baseUrl);
        const said = workbench.asking(`${host} knows no account ${account.userId} with this password.`);
        await said.getByText('choose another account above', { exact: false }).waitFor();
        await keepPicture(dora, 'wrong-password-again');
        await workbench.quickInput.getByRole('button', { name: 'Use Another Account…' }).click();
        await workbench.asking('Switch Account').getByText('Sign in with another account…', { exact: false }).waitFor();
        await workbench.page.keyboard.press('Escape');
    });
});

/** Puts the keyboard on a row of the tree, with the arrow keys. */
async function focusRow(workbench: Workbench, text: RegExp): Promise<void> {
    const { page } = workbench;
    await workbench.command('Hush: Focus on Sessions View');
    const focused: Locator = page.locator('.sidebar .monaco-list-row.focused');
    await page.keyboard.press('Home');
    await eventually(
        async () => {
            if (
                text.test(
                    (
                        await focused
                            .first()
                            .innerText()
                            .catch(() => '')
                    ).replaceAll('\n', ' '),
                )
            )
                return true;
            await page.keyboard.press('ArrowDown');
            return false;
        },
        `a row like ${String(text)} under the keyboard`,
    );
}
