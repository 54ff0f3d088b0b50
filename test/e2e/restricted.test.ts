/** A folder that nobody has trusted yet: Hush is there, and what the folder itself sets about it counts only afterwards. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'mocha';
import { WORKSPACE_TYPE } from '../../src/core/rooms/eventTypes.ts';
import { linkForRemote } from '../../src/core/workspace/workspaceHash.ts';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { shareScreen, signIn } from './support/flows.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { logText, untilLogged } from './support/hostLog.ts';
import { matrixHttp } from './support/matrixHttp.ts';
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

/** The room of the team. */
const TEAM = 'Team room';
const REMOTE = 'https://git.example.org/team/cloned.git';
/** The least that Git takes for a repository, with a remote by which the team's session is found. */
const CLONE = {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/config': `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = ${REMOTE}\n`,
    '.git/objects/info/packs': '',
    '.git/refs/heads/.keep': '',
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
        const team = await matrixHttp(baseUrl, account);
        const room = await team.createRoom({ name: TEAM, encrypted: true });
        await team.sendState(room, WORKSPACE_TYPE, 'git', { version: 1, ...linkForRemote(REMOTE, randomBytes) });
        editor = await startEditorPage();
        person = await openPerson({
            vsix,
            env,
            workspace: 'cloned',
            workspaceTrust: true,
            files: { '.vscode/settings.json': JSON.stringify(HOSTILE), ...CLONE },
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

    it('shows Hush, and lets the person sign in', async () => {
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
        await workbench.row(TEAM).waitFor();
        await keepPicture(person, 'restricted');
    });

    it('takes nothing from the settings of the folder', async () => {
        const said = await settingsOf(person);
        assert.ok(said.length > 0);
        assert.deepEqual(new Set(said), new Set(['{}']));
        // Nor from its repository: Git, which would run what that names, was not started.
        assert.equal(await person.workbench.notification('Your team has a session').count(), 0);
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

    it('offers the session of its repository once it is trusted, and not before', async () => {
        const { workbench } = person;
        await workbench.clickNotification(`Your team has a session for this repository: ${TEAM}`, 'Use This Room');
        await workbench.row('this workspace').waitFor();
    });

    it('shares a screen after that', async () => {
        const { workbench, context } = person;
        await shareScreen(workbench, context, 'loopback');
        await workbench.statusBar(/Sharing ·/u).waitFor();
    });
});

/** Each time Hush said which settings differ from the defaults, as JSON. */
async function settingsOf({ server }: Person): Promise<string[]> {
    return [...(await logText(server, 'Hush.log')).matchAll(/ settings: (\{.*\})$/gmu)].map(([, json]) => json ?? '');
}
