/** A folder that nobody has trusted yet: Hush is there, and what the folder itself sets about it counts only afterwards. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { shareScreen, signIn, startSession } from './support/flows.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { logText, untilLogged } from './support/hostLog.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld } from './support/world.ts';

/** What a folder could do to whoever opens it, if VS Code let it. */
const HOSTILE = {
    'hush.homeserver': 'https://evil.example.org',
    'hush.livekit.serviceUrl': 'https://evil.example.org/sfu',
    'hush.trust.shareWith': 'everyone',
    'hush.transport': 'mesh',
    'hush.capture.location': 'browser',
};

describe('a restricted folder', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let person: Person;
    let account: Account;
    let baseUrl: string;
    let editor: EditorPage;
    before(async () => {
        const { stack, vsix, env } = await sharedWorld();
        ({ baseUrl } = stack);
        account = await stack.createAccount(`restricted-${Date.now().toString(36)}`);
        editor = await startEditorPage();
        person = await openPerson({
            vsix,
            env,
            workspace: 'cloned',
            workspaceTrust: true,
            files: { '.vscode/settings.json': JSON.stringify(HOSTILE) },
            capture: { tab: editor.title },
        });
        await (await person.context.newPage()).goto(editor.url);
        await person.workbench.page.bringToFront();
    });
    afterEach(picturesOfFailure(() => ({ person })));
    after(async () => {
        await person?.stop();
        await editor?.stop();
    });

    it('shows Hush, and lets the person sign in and start a session', async () => {
        const { workbench } = person;
        await workbench.statusBar('Restricted Mode').waitFor();
        await workbench.openSidebar();
        const welcome = workbench.page.locator('.sidebar .welcome-view-content');
        await welcome.getByRole('button', { name: 'Sign In' }).waitFor();
        await workbench.command('Hush: Sign In…');
        const asked = workbench.asking(/homeserver/iu).locator('input');
        await asked.waitFor();
        assert.equal(await asked.inputValue(), ''); // the folder suggests no server
        await workbench.page.keyboard.press('Escape');
        await signIn(workbench, { homeserver: baseUrl, user: account.userId, password: account.password });
        await startSession(workbench, 'cloned');
        await keepPicture(person, 'restricted');
    });

    it('takes nothing from the settings of the folder', async () => {
        const said = await settingsOf(person);
        assert.ok(said.length > 0);
        assert.deepEqual(new Set(said), new Set(['{}']));
    });

    it('takes its harmless settings once it is trusted, and never servers or trust', async () => {
        const { workbench, server } = person;
        await workbench.command('Workspaces: Manage Workspace Trust');
        const trust = workbench.page.locator('.workspace-trust-editor').getByRole('button', { name: /^Trust/u });
        await trust.first().click();
        await workbench.statusBar('Restricted Mode').waitFor({ state: 'hidden' });
        await untilLogged(server, /settings: \{.*"hush\.transport":"mesh".*\}/u);
        const last = JSON.parse((await settingsOf(person)).at(-1) ?? '{}') as object;
        assert.deepEqual(last, { 'hush.transport': 'mesh', 'hush.capture.location': 'browser' });
    });

    it('shares a screen after that', async () => {
        const { workbench, context } = person;
        await workbench.row('cloned').waitFor();
        await shareScreen(workbench, context, 'loopback');
        await workbench.statusBar(/Sharing ·/u).waitFor();
    });
});

/** Each time Hush said which settings differ from the defaults, as JSON. */
async function settingsOf({ server }: Person): Promise<string[]> {
    return [...(await logText(server, 'Hush.log')).matchAll(/ settings: (\{.*\})$/gmu)].map(([, json]) => json ?? '');
}
