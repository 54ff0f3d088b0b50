/** Rooms and their people, through what two people see and click in real VS Code windows. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../stack/eventually.ts';
import { fillPath } from './support/fileDialog.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { acceptInvite, linkRoom } from './support/flows.ts';
import { matrixHttp, type MatrixHttp, type StateEvent } from './support/matrixHttp.ts';
import { openPair, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';

/** Of those who made a room together; in versions before 12 they are admins. */
const EQUAL = /^(?:Creator|Admin)/u;

describe('rooms and their people', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let pair: Pair;
    let alice: Person;
    let bob: Person;
    /** For VS Code, to the room that is called so in the end. */
    let workshopLink: string;
    /** Name of Bob as the tree has it. */
    let bobName: string;
    const clipboard = ({ workbench }: Person): Promise<string> =>
        workbench.page.evaluate(() => navigator.clipboard.readText());

    before(async () => {
        pair = await openPair('mesh');
        ({ alice, bob } = pair);
        bobName = pair.accounts.bob.userId.slice(1).split(':')[0]?.replace('bob-', 'Bob ') ?? '';
        for (const { context } of [alice, bob]) await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('lists everybody with their role, and a role is given from there', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: People in This Room…');
        const list = workbench.asking(`People in ${pair.room}`);
        await list.getByText('Creator · you').waitFor();
        await keepPicture(alice, 'rooms-people');
        await workbench.pick(bobName);
        await workbench.asking(pair.accounts.bob.userId).getByText('Ban from Room…').waitFor();
        await keepPicture(alice, 'rooms-person');
        await workbench.pick('Change Role…');
        await workbench.asking(`Role of ${bobName}`).waitFor();
        await keepPicture(alice, 'rooms-role');
        await workbench.pick('Moderator');
        await workbench.asking(`People in ${pair.room}`).getByText('Moderator').waitFor();
        await workbench.page.keyboard.press('Escape');

        await bob.workbench.command('Hush: People in This Room…');
        await bob.workbench.asking(`People in ${pair.room}`).getByText('Moderator · you').waitFor();
        await bob.workbench.pick('Creator');
        await bob.workbench.asking('Not for you here').waitFor();
        await bob.workbench.asking('They created this room: nobody is above them.').waitFor();
        await keepPicture(bob, 'rooms-not-for-you');
        await bob.workbench.page.keyboard.press('Escape');
        await bob.workbench.page.keyboard.press('Escape');
    });

    it('a link shows where it leads; who asks to join is let in with a click', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: Create Room…');
        await workbench.answer('Create Room (1/3)', 'Open house');
        await workbench.asking('Create Room (2/3)').waitFor();
        await keepPicture(alice, 'rooms-create');
        await workbench.pick('Private, with requests');
        await workbench.pick('Any homeserver');
        await workbench.clickNotification('The room “Open house” is ready', 'Copy Join Link…');
        await workbench.asking('Join Link to Open house').waitFor();
        await keepPicture(alice, 'rooms-link');
        await workbench.pick('VS Code link');
        await workbench.statusBar('The link is in the clipboard').waitFor();
        const link = (workshopLink = await clipboard(alice));
        assert.match(link, /^vscode:\/\/hush\.hush\/join\/!/u);

        await bob.workbench.command('Hush: Join by Link…');
        await bob.workbench.answer('Join by Link', link);
        const question = bob.workbench.dialog('Join Open house?');
        await question.getByText('It is end-to-end encrypted.').waitFor();
        await keepPicture(bob, 'rooms-join');
        assert.equal(await bob.workbench.row('Open house').count(), 0, 'nothing is done before the click');
        await question.getByRole('button', { name: 'Ask with a Message…' }).click();
        await bob.workbench.answer('Ask to Join Open house', 'Bob, from the other team');
        await bob.workbench.row(/Open house.*you asked to join/su).waitFor();

        await workbench.seeNotification(/asks to join Open house: “Bob, from the other team”/u);
        await workbench.row(/asks to join/u).waitFor();
        await keepPicture(alice, 'rooms-knock');
        await workbench.clickNotification(/asks to join Open house/u, 'Let In');
        await bob.workbench.row(/Open house(?!.*(?:asked|invitation))/su).waitFor();
        await bob.workbench.seeNotification('You are in Open house now.');
        assert.equal(await bob.workbench.notification(/invites you to Open house/u).count(), 0, 'he has asked');
    });

    it('a link that VS Code itself is opened with asks in the same way', async () => {
        const link = await clipboard(alice);
        await bob.workbench.command('Developer: Open URL');
        await bob.workbench.answer(/URL/u, link);
        await bob.workbench.dialog(/Hush/u).getByRole('button', { name: 'Open', exact: true }).click();
        await bob.workbench.seeNotification('You are in Open house already.');
    });

    it('settings show what they are, and why one may not change them', async () => {
        await bob.workbench.command('Hush: Room Settings…');
        await bob.workbench.pick('Open house');
        await bob.workbench
            .asking('Settings of Open house')
            .getByText('This room asks for level 50; you have 0.')
            .first()
            .waitFor();
        await keepPicture(bob, 'rooms-settings-member');
        await bob.workbench.page.keyboard.press('Escape');

        const { workbench } = alice;
        await workbench.command('Hush: Room Settings…');
        await workbench.pick('Open house');
        await workbench.asking('Settings of Open house').waitFor();
        await keepPicture(alice, 'rooms-settings');
        await workbench.pick('Name');
        await workbench.answer('Of the room, as everybody sees it', 'Workshop');
        await bob.workbench.row('Workshop').waitFor();
        await workbench.asking('Settings of').waitFor();
        await workbench.page.keyboard.press('Escape');
    });

    it('a room among equals is encrypted from its first event and closed to other homeservers', async () => {
        const { workbench } = alice;
        const { baseUrl, serverName } = pair.world.stack;
        await workbench.command('Hush: Create Room…');
        await workbench.answer('Create Room (1/3)', 'Equals');
        await workbench.pick('Private, among equals');
        await workbench.pick(`Only ${serverName}`);
        await workbench.asking('Create Room: among equals').waitFor();
        await workbench.pick(bobName);
        await keepPicture(alice, 'rooms-equals');
        await workbench.page.keyboard.press('Enter');
        await workbench.seeNotification('The room “Equals” is ready');
        await acceptInvite(bob.workbench, 'Equals');
        await bob.workbench.command('Hush: People in This Room…');
        await bob.workbench.pick('Equals');
        await bob.workbench.asking('People in Equals').getByText(EQUAL).first().waitFor();
        assert.equal(await bob.workbench.asking('People in Equals').getByText(EQUAL).count(), 2);
        await bob.workbench.page.keyboard.press('Escape');

        const http = await matrixHttp(baseUrl, pair.accounts.alice);
        const equals = await roomNamed(http, 'Equals');
        const content = (type: string) => equals.state.find((event) => event.type === type)?.content;
        assert.equal(content('m.room.create')?.['m.federate'], false);
        assert.equal(content('m.room.encryption')?.['algorithm'], 'm.megolm.v1.aes-sha2');
    });

    it('every setting of a room is changed from the list, and stays there to be read', async () => {
        const { workbench, folder } = alice;
        const { serverName } = pair.world.stack;
        const change = async (setting: string, answer: () => Promise<void>, now: string): Promise<void> => {
            const list = workbench.asking('Settings of Equals');
            await list.waitFor();
            await workbench.pick(setting);
            await answer();
            await list.getByText(now).first().waitFor();
        };
        await writeFile(join(folder, 'room.png'), await workbench.page.screenshot());
        await workbench.command('Hush: Room Settings…');
        await workbench.pick('Equals');
        await change('Topic', () => workbench.answer('What the room is about', 'Tea at four'), 'Tea at four');
        const picture = (): Promise<void> =>
            fillPath(workbench.asking('Picture of the room'), folder, join(folder, 'room.png'));
        await change('Picture', picture, 'set');
        const drawn = workbench.asking('Settings of Equals').locator('[style*="data:image/"]');
        await drawn.first().waitFor();
        const address = `#equals-${Date.now().toString(36)}:${serverName}`;
        await change('Address', () => workbench.answer(/Empty removes it/u, address), address);
        const joining = 'People read what is written from when they join.';
        await change('History', () => workbench.pick(joining), joining);
        const link = 'Everybody who has the link gets in.';
        await change('Who gets in', () => workbench.pick(link), link);
        await keepPicture(alice, 'rooms-settings-changed');
        await workbench.page.keyboard.press('Escape');
    });

    it('an ID, an address, a matrix.to and a matrix: link lead into it; who leaves has forgotten it', async () => {
        const { workbench } = bob;
        const http = await matrixHttp(pair.world.stack.baseUrl, pair.accounts.bob);
        const { roomId, state } = await roomNamed(http, 'Equals');
        const address = state.find(({ type }) => type === 'm.room.canonical_alias')?.content['alias'];
        assert.ok(typeof address === 'string');
        const copied = async (kind: string, looks: RegExp): Promise<string> => {
            await alice.workbench.menuAction('Equals', 'Copy Join Link…');
            await alice.workbench.asking('Join Link to Equals').waitFor();
            await alice.workbench.pick(kind);
            // The status bar may still say so of the link before.
            return eventually(
                async () => {
                    const link = await clipboard(alice);
                    return looks.test(link) && link;
                },
                async () => `a link like ${looks.source}, not ${await clipboard(alice)}`,
            );
        };
        const leave = async (): Promise<void> => {
            await workbench.menuAction('Equals', 'Leave Room…');
            await workbench.dialog('Leave Equals?').getByRole('button', { name: 'Leave', exact: true }).click();
            await workbench.row('Equals').waitFor({ state: 'detached' });
        };
        await leave();
        await workbench.statusBar('You left Equals').waitFor();
        await assert.rejects(http.state(roomId), 'a room that is left and not forgotten can still be read');
        for (const link of [
            roomId,
            address,
            await copied('matrix.to link', /^https:\/\/matrix\.to\/#\/%23equals-/u),
            await copied('Matrix URI', /^matrix:r\/equals-/u),
        ]) {
            await workbench.command('Hush: Join by Link…');
            await workbench.answer('Join by Link', link);
            const question = workbench.dialog('Join Equals?');
            await question.getByText('Tea at four').waitFor();
            await question.getByText('Everybody who has the link gets in.').waitFor();
            await question.getByRole('button', { name: 'Join', exact: true }).click();
            await workbench.row('Equals').waitFor();
            await leave();
        }
    });

    it('a restricted room lets in members of the room that it names', async () => {
        const { workbench } = alice;
        await workbench.menuAction('Equals', 'Room Settings…');
        await workbench.asking('Settings of Equals').waitFor();
        await workbench.pick('Who gets in');
        await workbench.pick('Members of another room that it names get in, and who is invited.');
        await workbench.asking('Members of Which Rooms Get In?').waitFor();
        await workbench.pick(pair.room);
        await workbench.page.keyboard.press('Enter');
        await workbench.asking('Settings of Equals').getByText('Members of another room').waitFor();
        await workbench.page.keyboard.press('Escape');
        await bob.workbench.command('Hush: Join by Link…');
        await bob.workbench.answer('Join by Link', await clipboard(alice));
        const question = bob.workbench.dialog('Join Equals?');
        await question.getByText('Members of another room that it names get in').waitFor();
        await question.getByRole('button', { name: 'Join', exact: true }).click();
        await bob.workbench.row('Equals').waitFor();
    });

    it('who is banned reads why; a ban is listed with its reason, and lifted', async () => {
        const { workbench } = alice;
        await workbench.command('Hush: People in This Room…');
        await workbench.pick('Workshop');
        const list = workbench.asking('People in Workshop');
        await list.getByText(bobName).waitFor();
        await workbench.pick(bobName);
        await workbench.pick('Ban from Room…');
        await workbench.answer(`Ban ${bobName} from Workshop`, 'too loud');
        await bob.workbench.seeNotification(/banned you from Workshop: “too loud”/u);
        await bob.workbench.row('Workshop').waitFor({ state: 'detached' });
        await list.getByText('“too loud”').waitFor();
        await keepPicture(alice, 'rooms-banned');
        await workbench.pick(bobName);
        await workbench.pick('Lift Ban…');
        await workbench.answer(`Lift the Ban of ${bobName}`, '');
        await list.waitFor(); // it comes back when that is done
        await list.getByText('“too loud”').waitFor({ state: 'detached' });
        await workbench.page.keyboard.press('Escape');
    });

    it('a request to join is withdrawn, denied with a reason, and an invitation declined', async () => {
        const { workbench } = alice;
        const knock = async (): Promise<void> => {
            await bob.workbench.command('Hush: Join by Link…');
            await bob.workbench.answer('Join by Link', workshopLink);
            await bob.workbench.dialog('Join Workshop?').getByRole('button', { name: 'Ask with a Message…' }).click();
            await bob.workbench.answer('Ask to Join Workshop', 'sorry');
            await bob.workbench.row(/Workshop.*you asked to join/su).waitFor();
        };
        await knock();
        await workbench.row('asks to join').waitFor();
        await bob.workbench.inlineAction('you asked to join', 'Withdraw Request');
        await bob.workbench.row('Workshop').waitFor({ state: 'detached' });
        await workbench.row('asks to join').waitFor({ state: 'detached' });
        await knock();
        await workbench.inlineAction('asks to join', 'Deny…');
        await workbench.answer(`Deny ${bobName}`, 'next week');
        await bob.workbench.seeNotification(/request to join Workshop was denied by .*: “next week”/u);
        await workbench.inlineAction('Workshop', 'Invite Teammate…');
        await workbench.answer('Invite Teammate', pair.accounts.bob.userId);
        await bob.workbench.inlineAction(/Workshop.*invitation from/su, 'Decline');
        await bob.workbench.row('Workshop').waitFor({ state: 'detached' });
    });

    it('an upgraded room is followed with a click, and the workspace with it', async () => {
        const http = await matrixHttp(pair.world.stack.baseUrl, pair.accounts.alice);
        const invite = [pair.accounts.bob.userId];
        const roomId = await http.createRoom({ name: 'Oldtown', encrypted: true, version: '11', invite });
        await acceptInvite(bob.workbench, 'Oldtown');
        const { workbench } = alice;
        await linkRoom(workbench, roomId);
        await workbench.row(/Oldtown.*this workspace/su).waitFor();
        await workbench.command('Hush: Upgrade Room…');
        await workbench.pick('Oldtown');
        await workbench.asking('Upgrade Room (now version 11)').waitFor();
        await keepPicture(alice, 'rooms-upgrade');
        await workbench.pick('Version 12');
        const question = workbench.dialog('Replace Oldtown (version 11) by a room of version 12?');
        await question.getByRole('button', { name: 'Upgrade' }).click();
        await workbench.seeNotification('Oldtown goes on in a room of version 12.');
        await workbench.row(/Oldtown.*this workspace/su).waitFor();
        const oneOldtown = async (person: Person): Promise<void> => {
            const shown = async (): Promise<string[]> =>
                (await person.workbench.rowTexts()).filter((text) => text.includes('Oldtown'));
            await eventually(
                async () => (await shown()).length === 1,
                async () => `one Oldtown, not ${(await shown()).join(' and ')}`,
            );
        };
        await oneOldtown(alice);
        assert.equal(
            await workbench.notification('was replaced by a newer room').count(),
            0,
            'she has done it herself',
        );

        await bob.workbench.row(/Oldtown.*invitation from/su).waitFor();
        await keepPicture(bob, 'rooms-replaced');
        await bob.workbench.clickNotification('Oldtown was replaced by a newer room', 'Continue There');
        await bob.workbench.row(/Oldtown(?!.*(?:invitation|replaced))/su).waitFor();
        await bob.workbench.row(/invitation from|replaced/u).waitFor({ state: 'detached' });
        await oneOldtown(bob);
    });

    it('who is removed is told why, and who is ignored is silent until one listens again', async () => {
        const { workbench } = alice;
        await workbench.menuAction(bobName, 'Remove from Room…');
        await workbench.answer(`Remove ${bobName}`, 'wrong room');
        await bob.workbench.seeNotification(/removed you from .*: “wrong room”/u);
        await keepPicture(bob, 'rooms-removed');

        await bob.workbench.command('Hush: Ignored People…');
        await bob.workbench.pick('Ignore somebody by user ID…');
        await bob.workbench.answer('Ignore Somebody', pair.accounts.alice.userId);
        await bob.workbench
            .dialog('kept away from all of your devices')
            .getByRole('button', { name: 'Ignore' })
            .click();
        await bob.workbench.asking('Ignored People').getByText(pair.accounts.alice.userId).waitFor();
        await workbench.command('Hush: Invite Teammate…');
        await workbench.answer('Invite Teammate', pair.accounts.bob.userId);
        await workbench.row(/invited$/u).waitFor();
        await keepPicture(bob, 'rooms-ignored');
        assert.equal(await bob.workbench.row('invitation from').count(), 0);
        await bob.workbench.pick(pair.accounts.alice.userId);
        await bob.workbench.row('invitation from').waitFor();
        await bob.workbench.page.keyboard.press('Escape');
    });
});

async function roomNamed(
    http: MatrixHttp,
    name: string,
): Promise<{ readonly roomId: string; readonly state: readonly StateEvent[] }> {
    for (const roomId of await http.joinedRooms()) {
        const state = await http.state(roomId);
        if (state.some(({ type, content }) => type === 'm.room.name' && content['name'] === name))
            return { roomId, state };
    }
    throw new Error(`no room ${name}`);
}
