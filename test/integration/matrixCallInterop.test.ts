/** Calls between Hush and another Matrix client (matrix-js-sdk's MatrixCall, what Element uses for 1:1 calls), both ways. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { CallToTake } from '../../src/core/session/callsPort.ts';
import type { SharePolicy } from '../../src/core/trust/shareTrust.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import { openOtherClient, type OtherClient } from './support/matrixCallPage/otherClient.ts';
import type { TestClient } from './support/matrixCallPage/page.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness, type Harness } from './support/pageHarness.ts';

declare const client: TestClient;

describe('a call of another Matrix client', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let browser: PageBrowser;
    let harness: Harness;
    let eve: OtherClient;
    let hush: Person;
    let policy: SharePolicy = 'crossSigned';
    let other: Page;
    let roomId = '';
    let otherId = '';
    const rings: CallToTake[] = [];
    const screens: CallToTake[] = [];
    const over: string[] = [];
    const answered: string[] = [];
    const changed = new Set<() => void>();
    const happened = (holds: () => boolean, what: string): Promise<void> =>
        until(
            holds,
            (check) => {
                changed.add(check);
                return { dispose: () => changed.delete(check) };
            },
            what,
        );
    const ringing = (n: number): Promise<void> => happened(() => rings.length === n, `${n} calls`);

    before(async () => {
        [synapse, browser] = await Promise.all([startSynapse(), launchPageBrowser()]);
        harness = createHarness();
        hush = await newPerson(synapse, 'Alice', { sharePolicy: () => policy });
        const account = await synapse.createAccount(`element${process.pid}`, { displayName: 'Eve' });
        otherId = account.userId;
        other = await browser.newPage();
        eve = await openOtherClient(other, synapse.baseUrl, account, async (join) => {
            roomId = await hush.account.createSessionRoom({
                name: 'Talk',
                invite: [account.userId],
                workspaceLink: undefined,
            });
            await join(roomId);
        });
        await untilRoom(
            hush.account,
            roomId,
            (r) => r.members.filter((m) => m.membership === 'join').length === 2,
            'both members',
        );
        const { calls } = hush.account;
        calls.onForeignCall((event) => {
            if (event.kind === 'ring') rings.push(event);
            else if (event.kind === 'screen') screens.push(event);
            else if (event.kind === 'over') over.push(event.pageId);
            else answered.push(event.userId);
            for (const check of changed) check();
        });
        calls.onPage((pageId, generation, message) => harness.host.send(pageId, generation, message));
        harness.host.onMessage((pageId, _generation, message) => {
            if (
                message.type === 'mesh.description' ||
                message.type === 'mesh.candidates' ||
                message.type === 'mesh.state' ||
                message.type === 'mesh.screen'
            )
                calls.handlePageMessage(message, pageId);
        });
    });
    after(async () => {
        harness?.dispose();
        await hush?.account.stop();
        await browser?.close();
        eve?.stop();
        await synapse?.stop();
    });

    it('rings here; taken, the screen it shares in the middle of the call is shown, stopped and shown again', async () => {
        await other.evaluate((room) => client.callRoom(room), roomId);
        await ringing(1);
        const view = await harness.open('view', await browser.newPage(), 'call1');
        await view.said('ready'); // what comes before is not kept for it
        view.send({ type: 'view.direct', identity: 'Eve' });
        hush.account.calls.accept(
            { roomId: rings[0]?.roomId ?? '', callId: rings[0]?.callId ?? '' },
            { pageId: 'call1', generation: 1 },
        );
        await view.said('view.state', (m) => m.state === 'notSharing');
        await other.waitForFunction(() => client.state() === 'connected');
        for (let round = 0; round < 2; round++) {
            view.forget();
            await other.evaluate(() => client.share(true));
            await view.said('view.state', (m) => m.state === 'live');
            const stats = await view.sampled((m) => m.framesDecoded > 5);
            assert.equal(stats.width / stats.height, 640 / 360); // its encoder begins at a reduced size
            view.forget();
            await other.evaluate(() => client.share(false));
            await view.said('view.state', (m) => m.state === 'notSharing');
        }
        await other.evaluate(() => client.hangUp());
        await happened(() => over.includes('call1'), 'the end of the call');
    });

    it('declined, it ends at the caller', async () => {
        await other.evaluate((room) => client.callRoom(room), roomId);
        await ringing(2);
        hush.account.calls.decline(rings[1]?.callId ?? '');
        await other.waitForFunction(() => client.state() === 'ended');
    });

    it('answers our call and does not get our screen: its owner has not verified it', async () => {
        await startShare();
        await other.evaluate(() => client.answerCalls(true));
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await happened(() => over.includes('share'), 'the end of the call');
        await other.waitForFunction(() => client.state() === 'ended');
        const seen = (await other.evaluate(() => client.screen()))?.width ?? 0;
        assert.ok(seen <= 2, `${seen} px wide`); // Chromium gives a video without a frame 2 × 2
        assert.deepEqual(answered, []);
    });

    it('is called from here, answers, and shows our screen, when it is shared with everyone', async () => {
        policy = 'everyone';
        hush.account.trust.policyChanged();
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await eve.shown();
        assert.deepEqual(answered, [otherId]);
        assert.equal(over.length, 2);
    });

    it('and shows its own screen back in that call: it is seen in a tab here, stopped, and seen again', async () => {
        for (const tab of ['back1', 'back2']) {
            const before = screens.length;
            await other.evaluate(() => client.share(true));
            await happened(() => screens.length > before, 'their screen');
            const view = await harness.open('view', await browser.newPage(), tab);
            await view.said('ready');
            view.send({ type: 'view.direct', identity: 'Eve' });
            hush.account.calls.accept({ roomId, callId: screens.at(-1)?.callId ?? '' }, { pageId: tab, generation: 1 });
            await view.said('view.state', (m) => m.state === 'live');
            const stats = await view.sampled((m) => m.framesDecoded > 5);
            assert.ok(Math.abs(stats.width / stats.height - 640 / 360) < 0.02, `${stats.width} × ${stats.height}`);
            await other.evaluate(() => client.share(false));
            await happened(() => over.includes(tab), 'its end');
            await eve.shown(); // ours goes on
        }
        hush.account.calls.release('share');
        await other.waitForFunction(() => client.state() === 'ended');
    });

    it('crossing with ours: Hush yields, and our screen shows in their call', async () => {
        // Else it may answer ours before it makes its own, and nothing crosses.
        await other.evaluate(() => client.answerCalls(false));
        hush.account.calls.publish({ roomId, shareId: 'share' }, { pageId: 'share', generation: 1 });
        const before = rings.length;
        const { userId } = hush;
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await other.evaluate(([room, invitee]) => client.callRoom(room ?? '', invitee), [roomId, userId]);
        await eve.shown();
        assert.equal(rings.length, before, 'nobody was asked');
        assert.ok(hush.lines.some((line) => line.includes('their call goes on with our screen')));
        hush.account.calls.release('share');
        await other.waitForFunction(() => client.state() === 'ended');
    });

    it('called while theirs rings here: theirs is taken, and our screen shows in it', async () => {
        hush.account.calls.publish({ roomId, shareId: 'share' }, { pageId: 'share', generation: 1 });
        const before = rings.length;
        await other.evaluate(([room, invitee]) => client.callRoom(room ?? '', invitee), [roomId, hush.userId]);
        await ringing(before + 1);
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await eve.shown();
        hush.account.calls.release('share');
        await other.waitForFunction(() => client.state() === 'ended');
    });

    it('called while theirs rings, from a device that may not have our screen: theirs is not taken', async () => {
        policy = 'crossSigned';
        hush.account.calls.publish({ roomId, shareId: 'share' }, { pageId: 'share', generation: 1 });
        const [before, got] = [rings.length, answered.length];
        await other.evaluate(([room, invitee]) => client.callRoom(room ?? '', invitee), [roomId, hush.userId]);
        await ringing(before + 1);
        const opened = new Promise<void>((resolve) =>
            hush.account.calls.onPage((_call, _generation, { type }) => {
                if (type === 'mesh.open') resolve();
            }),
        );
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await opened; // of our own call
        assert.equal(answered.length, got, 'their call was not answered');
        assert.equal(await other.evaluate(() => client.state()), 'invite_sent');
        hush.account.calls.release('share');
    });

    const startShare = async (): Promise<void> => {
        await browser.openSource();
        const page = await browser.newPage();
        const share = await harness.open('share', page, 'share');
        share.send({ type: 'share.capture', settings: { maxFrameRate: 30, contentHint: 'text', maxBitrate: 0 } });
        await choose(page, share);
        await share.said('capture.started');
        share.send({ type: 'share.direct' });
        await share.said('share.published');
        hush.account.calls.publish({ roomId, shareId: 'share' }, { pageId: 'share', generation: 1 });
    };
});
