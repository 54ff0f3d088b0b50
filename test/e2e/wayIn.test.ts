/** The way in: from an empty profile to the first picture, in real windows, with the clicks and questions counted. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { parseJoinLink } from '../../src/core/rooms/joinLink.ts';
import type { Account } from '../stack/accounts.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { allowLink, clipboardHas, Effort, openLink } from './support/effort.ts';
import { eventually } from '../stack/eventually.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready } from './support/flows.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { advancingPicture } from './support/picture.ts';
import { SHARED } from './support/pair.ts';
import { sharedWorld, type World } from './support/world.ts';
import { findHushFrame, pageData } from './support/workbench.ts';

/** What the way in may cost: `npm run test:e2e -- --grep="the way in"` prints what it does. */
const MAX = { clicks: 4, questions: 3 };
/** Of the browser's own picker: what to share, and Share. The test's browser answers it by itself. */
const IN_PICKER = 2;

describe('the way in', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let world: World;
    let editor: EditorPage;
    let alice: Person;
    let bob: Person | undefined;
    let accounts: { readonly alice: Account; readonly bob: Account; readonly carol: Account };
    const room = `way-${Date.now().toString(36)}`;
    let link: string;
    /** Who comes after Bob has left, and a link to another room of Alice's. */
    let carol: Person | undefined;
    let second: string;

    const open = async (capture?: { readonly tab: string }): Promise<Person> => {
        const { vsix, env } = world;
        const settings = { 'hush.transport': 'mesh' };
        const person = await openPerson({ vsix, env, workspace: room, settings, ...(capture ? { capture } : {}) });
        await person.context.grantPermissions(['clipboard-read', 'clipboard-write']);
        return person;
    };

    before(async () => {
        world = await sharedWorld();
        const id = Date.now().toString(36);
        const account = (name: string): Promise<Account> =>
            world.stack.createAccount(`${name.toLowerCase()}-${id}`, { displayName: `${name} ${id}` });
        accounts = { alice: await account('Alice'), bob: await account('Bob'), carol: await account('Carol') };
        editor = await startEditorPage();
        alice = await open({ tab: editor.title });
        const shared = await alice.context.newPage();
        await shared.setViewportSize(SHARED);
        await shared.goto(editor.url);
        await alice.workbench.page.bringToFront();
    });
    afterEach(picturesOfFailure(() => ({ alice, ...(bob ? { bob } : {}) })));
    after(async () => {
        await bob?.stop();
        await alice?.stop();
        await editor?.stop();
    });

    it('the first person shares from an empty profile, and has a link for the next', async () => {
        const { workbench } = alice;
        const effort = await Effort.begin(workbench);
        const { page } = workbench;
        await effort.click('Hush in the activity bar', page.locator('.activitybar [aria-label="Hush"]').first());
        await workbench.sidebar('A homeserver holds your account').waitFor();
        await keepPicture(alice, 'way-welcome');
        const button = (name: RegExp) =>
            page.locator('.sidebar').getByRole('button', { name }).filter({ visible: true }).first();
        await effort.click('Sign In', button(/^Sign In$/u));
        await workbench.asking('A homeserver holds your account').waitFor();
        await keepPicture(alice, 'way-homeserver');
        await effort.answer(/homeserver/u, accounts.alice.userId);
        await effort.answer('Password', accounts.alice.password);
        await ready(workbench);
        await effort.click('Share Screen', button(/^Share Screen/u));
        await workbench.asking('Start Session').waitFor();
        const name = workbench.quickInput.locator('input');
        assert.equal(await name.inputValue(), room, 'the name is filled in');
        await keepPicture(alice, 'way-session');
        await effort.answer('Start Session');
        const frame = await findHushFrame(() => page.frames(), 'share', /choose|picking|starting|live/u);
        if ((await pageData(frame))?.['hushState'] === 'choose')
            await effort.click('Choose…', frame.getByRole('button', { name: /^Choose/u }));
        await findHushFrame(() => page.frames(), 'share', 'live');
        const told = await workbench.seeNotification('A join link is in the clipboard');
        await told.getByRole('button', { name: 'Invite Teammate…' }).waitFor();
        await keepPicture(alice, 'way-live');
        console.log(await effort.report('the first person', IN_PICKER));
        const questions = await effort.questions();
        assert.ok(effort.clicks.length <= MAX.clicks, effort.clicks.join());
        assert.ok(questions.length <= MAX.questions, questions.join());
        link = await clipboardHas(workbench, /^vscode:\/\/hush\.hush\/join\//u);
        const parsed = parseJoinLink(link);
        assert.ok(parsed.kind === 'room');
        assert.equal(parsed.from, accounts.alice.userId);
        assert.doesNotMatch(link, new RegExp(room, 'u'), 'a link says nothing of the workspace');
    });

    it('the invited one opens the link in an empty profile, is let in, and sees the picture', async () => {
        bob = await open();
        const { workbench } = bob;
        await openLink(workbench, link);
        const allow = await allowLink(workbench);
        const effort = await Effort.begin(workbench);
        effort.elsewhere('the link');
        await effort.click('Open', allow);
        await workbench.asking(`Sign In to Join the Session of ${accounts.alice.userId}`).waitFor();
        await keepPicture(bob, 'way-join');
        await effort.answer('Sign In to Join', accounts.bob.userId);
        await effort.answer('Password', accounts.bob.password);
        await workbench.seeNotification(`You asked to join ${room}`);
        await keepPicture(bob, 'way-asked');
        const letIn = await Effort.begin(alice.workbench);
        const asks = await alice.workbench.seeNotification(/asks to join/u);
        await keepPicture(alice, 'way-asks');
        await letIn.click('Let In', asks.getByRole('button', { name: 'Let In' }));
        const frame = await workbench.hushFrame('view', 'live');
        await advancingPicture(frame, SHARED.width);
        await keepPicture(bob, 'way-picture');
        console.log(await effort.report('the invited one', 0));
        console.log(await letIn.report('the first person, to let them in', 0));
        const questions = await effort.questions();
        assert.ok(effort.clicks.length <= MAX.clicks, effort.clicks.join());
        assert.ok(questions.length <= MAX.questions, questions.join());
        assert.equal(letIn.clicks.length, 1);
        assert.deepEqual(await letIn.questions(), []);
        assert.equal(await workbench.notification('invites you to').count(), 0, 'who asked needs no invitation');
    });

    it('a reload in the middle of the sign-in loses nothing: the link goes on where it was', async () => {
        await bob?.stop();
        bob = carol = await open();
        const { workbench } = carol;
        await openLink(workbench, link);
        await (await allowLink(workbench)).click();
        const effort = await Effort.begin(workbench);
        await effort.answer('Sign In to Join', accounts.carol.userId);
        await workbench.asking(`Password of ${accounts.carol.userId}`).waitFor();
        await workbench.page.reload();
        const again = await Effort.begin(workbench);
        await again.answer('Sign In to Join', accounts.carol.userId);
        await again.answer('Password', accounts.carol.password);
        await workbench.seeNotification(`You asked to join ${room}`);
        await alice.workbench.clickNotification(/Carol .*asks to join/u, 'Let In');
        await advancingPicture(await workbench.hushFrame('view', 'live'), SHARED.width);
    });

    it('a link for another editor is copied, and that editor remembered', async () => {
        const { workbench } = alice;
        const http = await matrixHttp(world.stack.baseUrl, accounts.alice);
        const roomId = await http.createRoom({ name: 'Second', encrypted: true });
        await workbench.row('Second').waitFor();
        const copy = async (...picks: string[]): Promise<void> => {
            await workbench.menuAction('Second', 'Copy Join Link…');
            await workbench.asking('Join Link to Second').waitFor();
            for (const pick of picks) await workbench.pick(pick);
        };
        await workbench.clearNotifications();
        await copy('VS Code link');
        await clipboardHas(workbench, /^vscode:\/\/hush\.hush\/join\/!/u);
        const closed = await workbench.seeNotification('Second lets in only who is invited');
        await keepPicture(alice, 'way-closed');
        await closed.getByRole('button', { name: 'Let People Ask' }).click();
        await eventually(
            async () =>
                (await http.state(roomId)).some(
                    ({ type, content }) => type === 'm.room.join_rules' && content['join_rule'] === 'knock',
                ),
            'the room to take requests',
        );
        await copy('Another editor…', 'VSCodium');
        await clipboardHas(workbench, /^vscodium:\/\/hush\.hush\/join\/!/u);
        await copy('VSCodium link');
        await copy('Link for any editor');
        const text = await clipboardHas(workbench, /Hush: Join by Link….*: https:\/\/matrix\.to\/#\/!?/u);
        assert.equal(parseJoinLink(text).kind, 'room', 'the whole line can be pasted');
        await copy('Another editor…', 'VS Code');
        second = await clipboardHas(workbench, /^vscode:\/\/hush\.hush\/join\/!/u);
    });

    it('whoever is signed in is asked once, also right after a start with the homeserver away', async () => {
        assert.ok(carol);
        const { workbench } = carol;
        await world.stack.synapse.halt();
        await workbench.page.reload();
        await openLink(workbench, second);
        await (await allowLink(workbench)).click();
        await workbench.seeNotification('Getting ready to join…');
        assert.equal(await workbench.asking('Sign In').count(), 0, 'she is signed in');
        await world.stack.synapse.restart();
        const question = workbench.dialog('Join Second?');
        await question.getByText(`The link says it is from ${accounts.alice.userId}.`).waitFor();
        await question.getByText(`You join as ${accounts.carol.userId}.`).waitFor();
        await question.getByText(`Server: ${world.stack.serverName}, yours.`).waitFor();
        await keepPicture(carol, 'way-confirm');
        await question.getByRole('button', { name: 'Ask to Join', exact: true }).click();
        // No notification tells of what came while there was no connection; the row does.
        await alice.workbench.row(/Carol .*asks to join/u).waitFor();
        await workbench.openSidebar();
        await workbench.row(/Second.*you asked to join/su).waitFor();
    });

    it('somebody who is not there is not invited; who is meant, and a link, are offered', async () => {
        const { workbench } = alice;
        await workbench.inlineAction('Second', 'Invite Teammate…');
        const ask = workbench.asking('Invite Teammate');
        await ask.locator('input').fill(`${accounts.bob.localpart}x`);
        await ask.getByText(`Nobody has the ID @${accounts.bob.localpart}x:`).waitFor();
        await ask.getByText('Did you mean Bob').waitFor();
        await keepPicture(alice, 'way-nobody');
        assert.equal(await ask.getByText('Invite @').count(), 0);
        await ask.locator('input').fill('x y');
        await workbench.pick('Copy a join link instead…');
        await workbench.asking('Join Link to Second').waitFor();
        await workbench.page.keyboard.press('Escape');
        await workbench.command('Hush: Copy My ID');
        await clipboardHas(workbench, new RegExp(`^${accounts.alice.userId}$`, 'u'));
        await workbench.menuAction(/you(?: · sharing)?$/u, 'Copy My ID');
    });

    it('Start Session and Copy Link gives the link of the session that is there, or of a new one', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: Start Session and Copy Link');
        await workbench.seeNotification(`A join link to the session “${room}” is in the clipboard`);
        assert.equal(await clipboardHas(workbench, /^vscode:/u), link);
        assert.ok(carol);
        await carol.workbench.clearNotifications();
        await carol.workbench.command('Hush: Start Session and Copy Link');
        // No question: the workspace's name is the session's.
        await carol.workbench.seeNotification(/A join link to the session “[^”]+” is in the clipboard/u);
        await clipboardHas(carol.workbench, /^vscode:\/\/hush\.hush\/join\/.*carol/u);
    });
});
