/** What rooms and people do not allow, and answers that come too late or slowly, in two real VS Code windows. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { startFaultProxy, type FaultProxy } from '../integration/support/faultProxy.ts';
import { unlisted } from '../stack/endpointTable.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { acceptInvite } from './support/flows.ts';
import { matrixHttp, type MatrixHttp } from './support/matrixHttp.ts';
import { openPair, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';
import { sharedWorld } from './support/world.ts';

const FREE = { events: { 'org.matrix.msc3401.call.member': 0 } };

describe('rooms and their people: what is refused', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    /** Between Alice and the homeserver. */
    let proxy: FaultProxy;
    let pair: Pair;
    let alice: Person;
    let bob: Person;
    /** Another client of Alice’s. */
    let other: MatrixHttp;
    let doors: string;
    const link = async (room: string, dialog: string): Promise<ReturnType<Person['workbench']['dialog']>> => {
        await bob.workbench.command('Hush: Join by Link…');
        await bob.workbench.answer('Join by Link', room);
        return bob.workbench.dialog(dialog);
    };
    const copied = (): Promise<string> => bob.workbench.page.evaluate(() => navigator.clipboard.readText());

    before(async () => {
        const { stack } = await sharedWorld();
        proxy = await startFaultProxy(stack.baseUrl);
        pair = await openPair('mesh', [{ baseUrl: proxy.url, createAccount: stack.createAccount }, stack]);
        ({ alice, bob } = pair);
        other = await matrixHttp(stack.baseUrl, pair.accounts.alice);
        await bob.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        await pair?.stop();
        await proxy?.stop();
    });

    it('a person’s tooltip says why each thing is missing from their menu', async () => {
        const { workbench } = bob;
        await workbench.tooltip(/^Alice/u, 'You cannot change their role. They created this room');
        await workbench.tooltip(
            /^Alice/u,
            'You cannot remove them or ban them. This room asks for level 50; you have 0.',
        );
        await keepPicture(bob, 'refused-person');
        await workbench.tooltip(/^Bob/u, 'You cannot change your role. This room asks for level 100; you have 0.');
        await workbench.row(/^Alice/u).click({ button: 'right' });
        const menu = workbench.page.locator('.monaco-menu');
        await menu.getByRole('menuitem', { name: 'Ignore' }).waitFor();
        for (const name of ['Change Role…', 'Remove from Room…', 'Ban from Room…'])
            assert.equal(await menu.getByRole('menuitem', { name }).count(), 0, name);
        await workbench.page.keyboard.press('Escape');
    });

    it('a room that lets others invite has no button for it; the palette says why, and who may', async () => {
        const { workbench } = bob;
        const powerLevels = { ...FREE, invite: 50 };
        await other.createRoom({ name: 'Closed', encrypted: true, invite: [pair.accounts.bob.userId], powerLevels });
        await acceptInvite(workbench, 'Closed');
        assert.deepEqual(await workbench.inlineActions('Closed'), ['Share Screen']);
        const why = 'This room asks for level 50; you have 0.';
        await workbench.tooltip('Closed', `You cannot invite. ${why}`);
        await workbench.tooltip('Closed', `A workspace that you link here is linked for you alone. ${why}`);
        await keepPicture(bob, 'refused-room');
        await workbench.command('Hush: Invite Teammate…');
        await workbench.asking('Not possible').waitFor();
        await workbench.pick('Closed');
        await workbench.clickNotification(`You may not invite people to Closed. ${why}`, 'People in This Room…');
        await workbench.asking('People in Closed').getByText('Creator').waitFor();
        await workbench.page.keyboard.press('Escape');
    });

    it('who is turned away from a restricted room is offered no request that it does not take', async () => {
        const { workbench } = bob;
        const secret = await other.createRoom({ name: 'Secret', encrypted: true });
        const inner = await other.createRoom({ name: 'Inner', encrypted: true });
        const allow = [{ type: 'm.room_membership', room_id: secret }];
        await other.sendState(inner, 'm.room.history_visibility', '', { history_visibility: 'world_readable' });
        await other.sendState(inner, 'm.room.join_rules', '', { join_rule: 'restricted', allow });
        const question = await link(inner, 'Join Inner?');
        await question.getByText('Members of another room that it names get in').waitFor();
        await question.getByRole('button', { name: 'Join', exact: true }).click();
        const told = await workbench.seeNotification(
            'This room lets in only who is invited, or who belongs to another',
        );
        await keepPicture(bob, 'refused-restricted');
        assert.equal(await told.getByRole('button', { name: 'Ask to Join…' }).count(), 0);
        await told.getByRole('button', { name: 'Copy My ID' }).click();
        await workbench.statusBar(`${pair.accounts.bob.userId} is in the clipboard`).waitFor();
        assert.equal(await copied(), pair.accounts.bob.userId);
        assert.equal(await workbench.row('Inner').count(), 0);
    });

    it('a room that says nothing of itself may be asked, and leads on when it refuses that too', async () => {
        const { workbench } = bob;
        const hidden = await other.createRoom({ name: 'Hidden', encrypted: true });
        const question = await link(hidden, `Join ${hidden}?`);
        await question.getByRole('button', { name: 'Join', exact: true }).click();
        await workbench.clickNotification('This room lets in only who is invited', 'Ask to Join…');
        await workbench.answer('Ask to Join', 'please');
        const told = await workbench.seeNotification('This room does not take requests to join');
        await told.getByRole('button', { name: 'Copy My ID' }).waitFor();
        await workbench.clearNotifications();
    });

    it('a request that was withdrawn, or answered elsewhere, is not answered from an old notification', async () => {
        const { workbench } = alice;
        doors = await other.createRoom({ name: 'Doors', encrypted: true, powerLevels: FREE });
        await other.sendState(doors, 'm.room.join_rules', '', { join_rule: 'knock' });
        const knock = async (): Promise<void> => {
            await (await link(doors, 'Join Doors?')).getByRole('button', { name: 'Ask with a Message…' }).click();
            await bob.workbench.answer('Ask to Join Doors', 'me');
            await workbench.seeNotification(/asks to join Doors/u);
            await workbench.row('asks to join').waitFor();
        };
        await knock();
        await bob.workbench.inlineAction('you asked to join', 'Withdraw Request');
        await workbench.row('asks to join').waitFor({ state: 'detached' });
        await workbench.clickNotification(/asks to join Doors/u, 'Let In');
        const gone = await workbench.seeNotification('does not ask to join Doors any more');
        await gone.getByRole('button', { name: 'Invite Teammate…' }).waitFor();
        await keepPicture(alice, 'refused-knock');
        await workbench.clearNotifications();
        await knock();
        await other.invite(doors, pair.accounts.bob.userId);
        await workbench.row('asks to join').waitFor({ state: 'detached' });
        // His window waits for the answer, and takes it.
        await bob.workbench.row(/Doors(?!.*(?:asked|invitation))/su).waitFor();
        await workbench.clickNotification(/asks to join Doors/u, 'Deny…');
        await workbench.seeNotification('was let in meanwhile, and is in Doors');
        await workbench.clearNotifications();
    });

    it('what a slow server is asked to do to a person is said until it answers', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: People in This Room…');
        await workbench.pick('Doors');
        const list = workbench.asking('People in Doors');
        await list.getByText('Bob').first().waitFor();
        await workbench.pick('Bob');
        await workbench.pick('Change Role…');
        const release = proxy.holdAnswers(({ method, path }) => method === 'PUT' && path.includes('power_levels'));
        await workbench.pick('Moderator');
        await workbench.notification(/Changing the role of Bob/u).waitFor();
        await keepPicture(alice, 'refused-slow');
        release();
        await list.getByText('Moderator').waitFor();
        await workbench.page.keyboard.press('Escape');
    });

    it('a server that does not say who is in a room keeps nobody in it', async () => {
        const { workbench } = alice;
        const release = proxy.holdAnswers(({ path }) => path.includes('/members'));
        await workbench.menuAction('Hidden', 'Leave Room…');
        const question = workbench.dialog('Leave Hidden?');
        await question.getByText('Your homeserver did not say who else is in it.').waitFor();
        await keepPicture(alice, 'refused-leave');
        await question.getByRole('button', { name: 'Leave', exact: true }).click();
        await workbench.row('Hidden').waitFor({ state: 'detached' });
        release();
    });

    it('all that this window asked of the homeserver is in the table of docs/matrix.md', () => {
        assert.ok(proxy.seen.length > 50);
        assert.deepEqual(unlisted(proxy.seen), []);
    });
});
