/** The way in for who has no account yet: the link makes one, and leads on to the room. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { buildJoinLink } from '../../src/core/rooms/joinLink.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { allowLink, Effort, openLink } from './support/effort.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld } from './support/world.ts';

describe('the way in, without an account', function () {
    this.timeout(180_000);
    let synapse: Synapse;
    let newcomer: Person;
    before(async () => {
        const { vsix, env } = await sharedWorld();
        synapse = await startSynapse({ registration: true });
        newcomer = await openPerson({ vsix, env, workspace: 'new' });
    });
    afterEach(picturesOfFailure(() => ({ newcomer })));
    after(async () => {
        await newcomer?.stop();
        await synapse?.stop();
    });

    it('the link makes one on its server, and leads into the room', async () => {
        const account = await synapse.createAccount('alice');
        const http = await matrixHttp(synapse.baseUrl, account);
        const room = await http.createRoom({ name: 'Welcome', encrypted: true });
        await http.sendState(room, 'm.room.join_rules', '', { join_rule: 'public' });
        const link = buildJoinLink(
            'vscode',
            { target: { room, via: [synapse.serverName] }, from: account.userId },
            'vscode',
        );

        const { workbench } = newcomer;
        await openLink(workbench, link);
        const allow = await allowLink(workbench);
        const effort = await Effort.begin(workbench);
        effort.elsewhere('the link');
        await effort.click('Open', allow);
        await workbench.asking('Sign In to Join').waitFor();
        const row = workbench.quickInput.locator('.monaco-list-row', {
            hasText: `Create an account on ${synapse.serverName}`,
        });
        await effort.click('Create an account', row);
        await effort.answer('Create Account (1/3)', 'newcomer');
        await effort.answer('Create Account (2/3)', 'a password of hers, long');
        await effort.answer('Create Account (3/3)', 'a password of hers, long');
        await workbench.seeNotification('You are in Welcome now.');
        console.log(await effort.report('who has no account yet', 0));
        const questions = await effort.questions();
        await workbench.openSidebar();
        await workbench.row('Welcome').waitFor();
        await keepPicture(newcomer, 'way-new-account');
        assert.equal(questions.filter((text) => text.includes('homeserver')).length, 0, 'the link names the server');
        assert.ok(effort.clicks.length <= 3 && questions.length <= 5, questions.join());
    });
});
