/** Calls between Hush and another Matrix client (matrix-js-sdk's MatrixCall, what Element uses for 1:1 calls), both ways. */
import { build } from 'esbuild';
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { CallToTake } from '../../src/extension/session/ports.ts';
import { login } from '../stack/accounts.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, until, untilRoom, type Person } from './support/matrixAccounts.ts';
import type { TestClient } from './support/matrixCallPage/page.ts';
import { launchPageBrowser, type PageBrowser } from './support/pageBrowser.ts';
import { choose, createHarness, type Harness } from './support/pageHarness.ts';

declare const client: TestClient;

describe('a call of another Matrix client', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let browser: PageBrowser;
    let harness: Harness;
    let server: Server;
    let hush: Person;
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
        const folder = await bundleClient();
        server = createServer((request, answer) => {
            const name = basename(request.url ?? '');
            const type = name.endsWith('.js')
                ? 'text/javascript'
                : name.endsWith('.wasm')
                  ? 'application/wasm'
                  : 'text/html';
            const file = name.endsWith('.wasm') ? join(folder, 'pkg', name) : join(folder, name);
            const body =
                type === 'text/html'
                    ? Promise.resolve('<!doctype html><script type="module" src="page.js"></script>')
                    : readFile(file);
            body.then(
                (text) => answer.setHeader('content-type', type).end(text),
                () => answer.writeHead(404).end(),
            );
        });
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
        [synapse, browser] = await Promise.all([startSynapse(), launchPageBrowser()]);
        harness = createHarness();
        hush = await newPerson(synapse, 'Alice');
        const account = await synapse.createAccount(`element${process.pid}`, { displayName: 'Eve' });
        otherId = account.userId;
        const { accessToken, deviceId } = await login(synapse.baseUrl, account);
        other = await browser.newPage();
        await other.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        await other.waitForFunction(() => 'client' in window);
        roomId = await hush.account.createSessionRoom({
            name: 'Talk',
            invite: [account.userId],
            workspaceLink: undefined,
        });
        await fetch(`${synapse.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/join`, {
            method: 'POST',
            headers: { Authorization: `Bearer ${accessToken}` },
            body: '{}',
        });
        await other.evaluate((options) => client.start(options), {
            baseUrl: synapse.baseUrl,
            userId: account.userId,
            deviceId,
            accessToken,
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
            else if (event.kind === 'over') over.push(event.call);
            else answered.push(event.userId);
            for (const check of changed) check();
        });
        calls.onPage((call, generation, message) => harness.host.send(call, generation, message));
        harness.host.onMessage((call, _generation, message) => {
            if (
                message.type === 'mesh.description' ||
                message.type === 'mesh.candidates' ||
                message.type === 'mesh.state' ||
                message.type === 'mesh.screen'
            )
                calls.pageSaid(message, call);
        });
    });
    after(async () => {
        harness?.dispose();
        await hush?.account.stop();
        await browser?.close();
        server?.close();
        await synapse?.stop();
    });

    it('rings here; taken, the screen it shares in the middle of the call is shown, stopped and shown again', async () => {
        await other.evaluate((room) => client.callRoom(room), roomId);
        await ringing(1);
        const view = await harness.open('view', await browser.newPage(), 'call1');
        await view.said('ready'); // what comes before is not kept for it
        view.send({ type: 'view.direct', identity: 'Eve' });
        hush.account.calls.accept(rings[0]?.callId ?? '', { call: 'call1', generation: 1 });
        await view.said('view.state', (m) => m.state === 'notSharing');
        await other.waitForFunction(() => client.state() === 'connected');
        for (let round = 0; round < 2; round++) {
            view.forget();
            await other.evaluate(() => client.share(true));
            await view.said('view.state', (m) => m.state === 'live');
            const stats = await view.said('stats', (m) => m.framesDecoded > 5);
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

    it('is called from here, answers, and shows our screen', async () => {
        await startShare();
        await other.evaluate(() => client.answerCalls());
        hush.account.calls.call({ roomId, shareId: 'share', userId: otherId });
        await shownThere();
        assert.deepEqual(answered, [otherId]);
        assert.equal(over.length, 1);
    });

    it('and shows its own screen back in that call: it is seen in a tab here, stopped, and seen again', async () => {
        for (const tab of ['back1', 'back2']) {
            const before = screens.length;
            await other.evaluate(() => client.share(true));
            await happened(() => screens.length > before, 'their screen');
            const view = await harness.open('view', await browser.newPage(), tab);
            await view.said('ready');
            view.send({ type: 'view.direct', identity: 'Eve' });
            hush.account.calls.accept(screens.at(-1)?.callId ?? '', { call: tab, generation: 1 });
            await view.said('view.state', (m) => m.state === 'live');
            const stats = await view.said('stats', (m) => m.framesDecoded > 5);
            assert.ok(Math.abs(stats.width / stats.height - 640 / 360) < 0.02, `${stats.width} × ${stats.height}`);
            await other.evaluate(() => client.share(false));
            await happened(() => over.includes(tab), 'its end');
            await shownThere(); // ours goes on
        }
        hush.account.calls.release('share');
        await other.waitForFunction(() => client.state() === 'ended');
    });

    it('crossing with ours: Hush yields, and our screen shows in their call', async () => {
        hush.account.calls.serve({ roomId, shareId: 'share' }, { call: 'share', generation: 1 });
        const before = rings.length;
        const { userId } = hush;
        await Promise.all([
            other.evaluate(([room, invitee]) => client.callRoom(room ?? '', invitee), [roomId, userId]),
            hush.account.calls.call({ roomId, shareId: 'share', userId: otherId }),
        ]);
        await shownThere();
        assert.equal(rings.length, before, 'nobody was asked');
        assert.ok(hush.lines.some((line) => line.includes('their call goes on with our screen')));
        hush.account.calls.release('share');
        await other.waitForFunction(() => client.state() === 'ended');
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
        hush.account.calls.serve({ roomId, shareId: 'share' }, { call: 'share', generation: 1 });
    };
    /** Our 1280 × 720 screen is decoded there, perhaps at a reduced size at first. */
    const shownThere = async (): Promise<void> => {
        for (const deadline = Date.now() + 20_000; ; await other.waitForTimeout(100)) {
            const screen = await other.evaluate(() => client.screen());
            if (screen && screen.width > 0 && Math.abs(screen.width / screen.height - 1280 / 720) < 0.02) return;
            if (Date.now() > deadline)
                throw new Error(`our screen is not shown there: ${await other.evaluate(() => client.state())}`);
        }
    };
});

/** matrix-js-sdk as a browser has it, with its crypto beside it. */
async function bundleClient(): Promise<string> {
    const outdir = await mkdtemp(join(tmpdir(), 'hush-client-'));
    await build({
        bundle: true,
        platform: 'browser',
        format: 'esm',
        target: 'chrome128',
        outdir,
        logLevel: 'error',
        define: { global: 'globalThis' },
        entryPoints: { page: 'test/integration/support/matrixCallPage/page.ts' },
    });
    await mkdir(join(outdir, 'pkg'));
    const wasm = createRequire(import.meta.url)
        .resolve('@matrix-org/matrix-sdk-crypto-wasm')
        .replace(/[^/\\]+$/u, 'pkg/matrix_sdk_crypto_wasm_bg.wasm');
    await cp(wasm, join(outdir, 'pkg', 'matrix_sdk_crypto_wasm_bg.wasm'));
    return outdir;
}
