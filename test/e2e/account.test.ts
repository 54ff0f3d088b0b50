/** The account as VS Code shows it, what the palette offers with and without one, and what closing the window leaves. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { eventually } from '../stack/eventually.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, signIn, startSession } from './support/flows.ts';
import { offered } from './support/palette.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld, type World } from './support/world.ts';

/** Without an account. */
const ALWAYS = ['Hush: Set Up LiveKit Server…', 'Hush: Show Diagnostics', 'Hush: Show Log'];
const MEMBER = 'org.matrix.msc3401.call.member';

/** Less than the delayed leave takes, which is for crashes. */
const LEAVES_WITHIN_MS = 8_000;

describe('the account in VS Code', function () {
    this.timeout(120_000);
    stopAtFirstFailure();
    let world: World;
    let dave: Person;
    let account: Account;
    let editor: EditorPage;
    before(async () => {
        world = await sharedWorld();
        editor = await startEditorPage();
        account = await world.stack.createAccount(`dave-${Date.now().toString(36)}`, { displayName: 'Dave' });
        dave = await openPerson({
            vsix: world.vsix,
            env: world.env,
            workspace: 'account',
            capture: { tab: editor.title },
        });
        await (await dave.context.newPage()).goto(editor.url);
        await dave.workbench.page.bringToFront();
        await dave.workbench.openSidebar();
        await dave.workbench.sidebar('Sign in with your Matrix account').waitFor();
    });
    afterEach(picturesOfFailure(() => ({ dave })));
    after(async () => {
        await dave?.stop();
        await editor?.stop();
    });

    it('signed out, the palette offers to sign in, and nothing that needs an account', async () => {
        assert.deepEqual(
            await offered(dave),
            [...ALWAYS, 'Hush: Create Account…', 'Hush: Join by Link…', 'Hush: Sign In…'].toSorted(),
        );
    });

    it('signed in, it offers what can be done now', async () => {
        await signIn(dave.workbench, {
            homeserver: world.stack.baseUrl,
            user: account.userId,
            password: account.password,
        });
        const now = await offered(dave);
        for (const command of [
            ...ALWAYS,
            'Hush: Share Screen',
            'Hush: Start Session for This Workspace…',
            'Hush: Sign Out',
            'Hush: Sign Out Everywhere',
            'Hush: Switch Account…',
            'Hush: Manage Devices…',
            'Hush: Copy My ID',
            'Hush: Start Session and Copy Link',
        ])
            assert.ok(now.includes(command), command);
        for (const command of [
            'Hush: Sign In…',
            'Hush: Stop Sharing',
            'Hush: Leave Session',
            'Hush: Unlink Workspace from Room',
            'Hush: Join',
            'Hush: Create Account…',
            'Hush: View Share…',
            'Hush: Leave Room…',
            'Hush: Send Snapshot…',
        ]) {
            assert.ok(!now.includes(command), command);
        }
    });

    it('the Accounts menu shows who is signed in, and with what', async () => {
        const { page } = dave.workbench;
        await page.locator('.activitybar').getByRole('button', { name: 'Accounts' }).click();
        await page.locator('.monaco-menu', { hasText: `${account.userId} (Hush)` }).waitFor();
        await keepPicture(dave, 'accounts-menu');
        await page.keyboard.press('Escape');
    });

    it('closing the window ends the share at once: no membership is left', async () => {
        const { workbench, context } = dave;
        await startSession(workbench, 'account');
        await shareScreen(workbench, context, 'webview');
        const http = await matrixHttp(world.stack.baseUrl, account);
        const [room] = await http.joinedRooms();
        const memberships = async (): Promise<number> =>
            (await http.state(room ?? '')).filter(
                ({ type, content }) => type === MEMBER && Object.keys(content).length > 0,
            ).length;
        assert.equal(await memberships(), 1);
        await workbench.page.goto('about:blank');
        const closed = Date.now();
        await eventually(
            async () => (await memberships()) === 0,
            'the membership to go with the window, and not by its expiry',
            LEAVES_WITHIN_MS,
        );
        console.log(`      gone ${Date.now() - closed} ms after the window`);
    });
});
