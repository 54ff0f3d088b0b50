/** What a person meets when servers limit, lack something or go away: a sentence, a way on, and recovery without their doing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { eventually } from '../stack/eventually.ts';
import { startAuthoriser, startStack, type Authoriser, type Stack } from '../stack/stack.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { changeSettings, ready, shareScreen, startSession } from './support/flows.ts';
import { openPerson, type Person } from './support/person.ts';
import { pageData } from './support/workbench.ts';
import { sharedWorld, type World } from './support/world.ts';

const GENEROUS = { per_second: 1_000, burst_count: 1_000 };
/** One wrong password, then four seconds of patience. */
const STRICT = { per_second: 0.25, burst_count: 1 };
const ROOM = 'bad-network';

describe('when servers do not play along', function () {
    this.timeout(150_000);
    stopAtFirstFailure();
    let world: World;
    let stack: Stack;
    let carol: Person;
    let account: Account;
    let editor: EditorPage;
    let authoriser: Authoriser | undefined;
    let offline: string;

    before(async () => {
        world = await sharedWorld();
        stack = await startStack({
            sfu: false,
            synapse: { config: { rc_login: { address: GENEROUS, account: GENEROUS, failed_attempts: STRICT } } },
        });
        account = await stack.createAccount('carol', { displayName: 'Carol' });
        offline = `No connection to ${stack.serverName}. Hush keeps trying.`;
        editor = await startEditorPage();
        carol = await openPerson({ vsix: world.vsix, env: world.env, workspace: ROOM, capture: { tab: editor.title } });
        await (await carol.context.newPage()).goto(editor.url);
        await carol.workbench.page.bringToFront();
        await carol.workbench.openSidebar();
    });
    afterEach(picturesOfFailure(() => ({ carol })));
    after(async () => {
        await carol?.stop();
        await editor?.stop();
        await authoriser?.stop();
        await stack?.stop();
    });

    it('a server that wants a pause: the sentence says how long, and after that it works', async () => {
        const { workbench } = carol;
        await workbench.command('Hush: Sign In…');
        await workbench.answer(/homeserver/iu, stack.baseUrl);
        await workbench.answer(/user name/iu, 'carol');
        await workbench.answer(/Password of/u, 'wrong');
        await workbench.answer('knows no account carol with this password', account.password);
        const pause = workbench.asking('The server asks for a pause: too many requests. Try again in');
        await pause.waitFor();
        await keepPicture(carol, 'rate-limited');
        const seconds = Number(/in (\d+) seconds?\./u.exec(await pause.innerText())?.[1]);
        assert.ok(seconds > 0 && seconds <= 5, `${seconds} s`);
        await workbench.page.waitForTimeout(seconds * 1_000); // what the sentence promises is tested: no more and no less
        await workbench.answer('asks for a pause', account.password);
        await ready(workbench);
    });

    it('no media server: the sentence says where one is looked for; with one in the settings the share begins', async () => {
        const { workbench } = carol;
        await startSession(workbench, ROOM);
        await changeSettings(carol, { 'hush.transport': 'livekit' }); // left to itself, Hush shares directly then
        await workbench.clearNotifications();
        await workbench.command('Hush: Share Screen');
        const told = await workbench.seeNotification('This room has no media server:');
        await told.getByRole('button', { name: 'Open Settings' }).waitFor();
        await keepPicture(carol, 'no-media-server');
        await workbench.statusBar('share').waitFor({ state: 'hidden' });
        const { livekit } = world.stack;
        assert.ok(livekit);
        authoriser = await startAuthoriser({ homeservers: [stack.synapse], livekit });
        await changeSettings(carol, { 'hush.livekit.serviceUrl': authoriser.url });
        await shareScreen(workbench, carol.context, 'webview');
    });

    it('the homeserver goes away while sharing: it is said, the picture goes on, and it comes back', async () => {
        const { workbench } = carol;
        const frame = await workbench.hushFrame('share', 'live');
        await stack.synapse.halt();
        await workbench.sidebar(offline).waitFor();
        await keepPicture(carol, 'homeserver-away');
        await framesSent(frame);
        await stack.synapse.restart();
        await workbench.sidebar(offline).waitFor({ state: 'hidden' });
        await workbench.row('Your screen').waitFor();
        await framesSent(frame);
        assert.equal((await pageData(frame))?.['hushState'], 'live');
    });

    it('a media server that hangs for a while: the share says so and goes on by itself', async () => {
        const { workbench } = carol;
        const { livekit } = world.stack;
        assert.ok(livekit);
        livekit.freeze();
        await workbench.statusBar('Sharing: reconnecting…').waitFor();
        await keepPicture(carol, 'media-server-away');
        livekit.thaw();
        await workbench.statusBar(/Sharing ·/u).waitFor();
        await framesSent(await workbench.hushFrame('share', 'live'));
    });

    it('a media server that was restarted has forgotten the share: it ends with a sentence, and one click shares again', async () => {
        const { workbench } = carol;
        const { livekit } = world.stack;
        assert.ok(livekit);
        await livekit.halt();
        await workbench.statusBar('Sharing: reconnecting…').waitFor();
        await livekit.restart();
        const told = await workbench.seeNotification('The connection to the media server was lost.');
        await keepPicture(carol, 'media-server-lost');
        await workbench.row('Your screen').waitFor({ state: 'detached' });
        await told.getByRole('button', { name: 'Try Again' }).click();
        const frame = await workbench.hushFrame('share', /choose|live/u);
        if ((await pageData(frame))?.['hushState'] === 'choose')
            await frame.getByRole('button', { name: /^Choose/u }).click();
        await framesSent(await workbench.hushFrame('share', 'live'));
    });

    it('no network at start: the rooms are there, it is said, and it connects by itself', async () => {
        const { workbench } = carol;
        await workbench.command('Hush: Stop Sharing');
        await workbench.statusBar('Sharing').waitFor({ state: 'hidden' });
        await stack.synapse.halt();
        await workbench.page.reload();
        await workbench.openSidebar();
        await workbench.row(ROOM).waitFor();
        await workbench.sidebar(offline).waitFor();
        await keepPicture(carol, 'no-network-at-start');
        // What the stores remember of the last run is not said to go on.
        await workbench.row('Your screen').waitFor({ state: 'detached' });
        await stack.synapse.restart();
        await workbench.sidebar(offline).waitFor({ state: 'hidden' });
        await shareScreen(workbench, carol.context, 'webview');
    });
});

/** Resolves when the share has sent more frames than it has now. */
async function framesSent(frame: Frame): Promise<void> {
    const sent = async (): Promise<number> => Number((await pageData(frame))?.['hushFramesSent'] ?? 0);
    const before = await sent();
    await eventually(async () => (await sent()) > before, `more frames to be sent than ${before}`);
}
