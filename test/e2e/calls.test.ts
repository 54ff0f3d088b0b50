/** Calls with another Matrix client (MatrixCall, what Element uses), as a person at VS Code meets them. */
import { after, afterEach, before, describe, it } from 'mocha';
import type { Browser } from 'playwright-core';
import { openOtherClient, type OtherClient } from '../integration/support/matrixCallPage/otherClient.ts';
import type { TestClient } from '../integration/support/matrixCallPage/page.ts';
import type { Account } from '../stack/accounts.ts';
import { launchChromium } from '../stack/chromium.ts';
import { startEditorPage, type EditorPage } from '../stack/editorPage.ts';
import { keepLog, keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, signIn, startSession, stopFromStatusBar, invite } from './support/flows.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { SHARED } from './support/pair.ts';
import { openPerson, type Person } from './support/person.ts';
import { sharedWorld, type World } from './support/world.ts';

declare const client: TestClient;

describe('calls with another Matrix client', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let world: World;
    let frank: Person;
    let eve: OtherClient;
    let elsewhere: Browser | undefined;
    let editor: EditorPage;
    let accounts: { readonly frank: Account; readonly eve: Account };
    const name = `calls-${Date.now().toString(36)}`;
    before(async () => {
        world = await sharedWorld();
        const { stack, vsix, env } = world;
        accounts = {
            frank: await stack.createAccount(`frank-${name}`, { displayName: 'Frank' }),
            eve: await stack.createAccount(`eve-${name}`, { displayName: 'Eve' }),
        };
        editor = await startEditorPage();
        frank = await openPerson({
            vsix,
            env,
            workspace: name,
            capture: { tab: editor.title },
            settings: { 'hush.trust.shareWith': 'everyone' }, // nobody vouches for the other client’s device
        });
        const { workbench, context } = frank;
        const shared = await context.newPage();
        await shared.setViewportSize(SHARED);
        await shared.goto(editor.url);
        const { userId: user, password } = accounts.frank;
        await workbench.page.bringToFront();
        await signIn(workbench, { homeserver: stack.baseUrl, user, password });
        await startSession(workbench, name);
        await invite(workbench, accounts.eve.userId);
        // A browser of her own: pages of one browser on 127.0.0.1 share processes, whatever their ports.
        elsewhere = await launchChromium();
        eve = await openOtherClient(await elsewhere.newPage(), stack.baseUrl, accounts.eve, async (join) => {
            const [roomId = ''] = await (await matrixHttp(stack.baseUrl, accounts.frank)).joinedRooms();
            await join(roomId);
        });
        await workbench.page.bringToFront();
        await workbench.row('Eve').filter({ hasNotText: 'invited' }).waitFor();
    });
    afterEach(picturesOfFailure(() => ({ frank })));
    after(async () => {
        eve?.stop();
        await elsewhere?.close();
        if (frank) await keepLog(frank, name);
        await frank?.stop();
        await editor?.stop();
    });

    it('a call rings; taken, a tab shows the screen that is shared in it, and says when it is over', async () => {
        const { workbench } = frank;
        const [roomId = ''] = await (await matrixHttp(world.stack.baseUrl, accounts.eve)).joinedRooms();
        await eve.page.evaluate(([room, to]) => client.callRoom(room ?? '', to), [roomId, accounts.frank.userId]);
        await workbench.seeNotification('Eve calls you in');
        await keepPicture(frank, 'call-rings');
        await workbench.clickNotification('Eve calls you in', 'Show Their Screen');
        await workbench.hushFrame('view', 'notSharing');
        await eve.page.evaluate(() => client.share(true));
        await workbench.hushFrame('view', 'live');
        await eve.page.evaluate(() => client.hangUp());
        await workbench.hushFrame('view', 'ended');
        await workbench.command('View: Close All Editors');
    });

    it('declined, it ends at the caller', async () => {
        const { workbench } = frank;
        const [roomId = ''] = await (await matrixHttp(world.stack.baseUrl, accounts.eve)).joinedRooms();
        await eve.page.evaluate(([room, to]) => client.callRoom(room ?? '', to), [roomId, accounts.frank.userId]);
        await workbench.clickNotification('Eve calls you in', 'Decline');
        await eve.page.waitForFunction(() => client.state() === 'ended');
    });

    it('the command calls a teammate’s other clients with the shared screen; who answers is listed', async () => {
        const { workbench, context } = frank;
        await shareScreen(workbench, context, 'webview');
        await eve.page.evaluate(() => client.answerCalls(true));
        await workbench.command('Hush: Call Teammate’s Other Matrix Clients…');
        await workbench.pick('Eve');
        await eve.shown();
        await workbench.statusBar(/Sharing ·\s+1 · direct/u).waitFor();
    });

    it('their screen, shown back in that call, is one click away in a tab, beside our share', async () => {
        const { workbench } = frank;
        await eve.page.evaluate(() => client.share(true));
        await workbench.clickNotification('Eve shares a screen in your call', 'Show Their Screen');
        await workbench.hushFrame('view', 'live');
        await keepPicture(frank, 'screen-back');
        await eve.page.evaluate(() => client.share(false));
        await workbench.hushFrame('view', 'ended');
        await eve.shown();
        await stopFromStatusBar(workbench);
        await eve.page.waitForFunction(() => client.state() === 'ended');
    });
});
