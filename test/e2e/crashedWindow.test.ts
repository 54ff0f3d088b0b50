/**
 * The window that holds the account crashes while its extension host lives on, as it does when a browser's renderer dies or
 * the connection to a remote VS Code is lost. Nothing that the host asks its window is answered then.
 */
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { Account } from '../stack/accounts.ts';
import { eventually } from '../stack/eventually.ts';
import { keepLog, picturesOfFailure } from './support/failure.ts';
import { ready, signIn } from './support/flows.ts';
import { logText, untilLogged } from './support/hostLog.ts';
import { matrixHttp, type MatrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { Workbench } from './support/workbench.ts';
import { sharedWorld, type World } from './support/world.ts';

/** A way to a port of this machine that can be cut, as a network is. */
async function cuttable(port: number): Promise<{ port: number; cut(): void; mend(): void; stop(): Promise<void> }> {
    const sockets = new Set<Socket>();
    let open = true;
    const server = createServer((near) => {
        if (!open) {
            near.destroy();
            return;
        }
        const far = createConnection(port, '127.0.0.1');
        for (const socket of [near, far]) {
            sockets.add(socket);
            socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
        }
        near.pipe(far).on('close', () => near.destroy());
        far.pipe(near).on('close', () => far.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const hangUp = (): void => {
        for (const socket of sockets) socket.destroy();
    };
    return {
        port: (server.address() as AddressInfo).port,
        cut() {
            open = false;
            hangUp();
        },
        mend: () => void (open = true),
        async stop() {
            hangUp();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

/** Ends the renderer of a window; the extension host on the server lives on. */
async function crash({ page }: Workbench): Promise<void> {
    const crashed = page.waitForEvent('crash');
    const session = await page.context().newCDPSession(page);
    session.send('Page.crash').catch(() => undefined); // the renderer that would answer is gone
    await crashed;
}

interface Scene {
    readonly person: Person;
    readonly account: Account;
    readonly teammate: MatrixHttp;
    /** Opens another window of the person; default: at the server itself. */
    open(port?: number, folder?: string): Promise<Workbench>;
    /** A teammate invites, and the person accepts in this window. */
    acceptAt(window: Workbench, room: string): Promise<void>;
}

let scenes = 0;

/** A person who is signed in; the account is held by the window of `person.workbench`. */
async function openScene(): Promise<Scene> {
    const { stack, vsix, env }: World = await sharedWorld();
    const id = `${Date.now().toString(36)}${++scenes}`;
    const account = await stack.createAccount(`crashed-${id}`);
    const teammate = await matrixHttp(stack.baseUrl, await stack.createAccount(`teammate-${id}`));
    const person = await openPerson({ vsix, env, workspace: 'first' });
    const { baseUrl: homeserver } = stack;
    await signIn(person.workbench, { homeserver, user: account.userId, password: account.password });
    return {
        person,
        account,
        teammate,
        async open(port = person.server.port, folder) {
            const window = new Workbench(await person.context.newPage());
            const url = person.server.url(folder ?? (await mkdtemp(join(tmpdir(), 'hush-window-'))));
            await window.open(url.replace(`:${person.server.port}/`, `:${port}/`));
            await ready(window);
            return window;
        },
        async acceptAt(window, room) {
            await window.page.bringToFront();
            await teammate.createRoom({ name: room, encrypted: true, invite: [account.userId] });
            await window.inlineAction(new RegExp(`${room}.*invitation`, 'u'), 'Join');
            await window.row(new RegExp(`${room}(?!.*invitation)`, 'u')).waitFor({ timeout: 20_000 });
        },
    };
}

describe('when the window that holds the account does not answer', function () {
    this.timeout(240_000);
    let scene: Scene | undefined;
    afterEach(picturesOfFailure(() => ({ person: scene?.person })));
    afterEach(async () => {
        if (scene) await keepLog(scene.person, 'silent-window');
        await scene?.person.stop();
        scene = undefined;
    });

    it('because it crashed: another window takes the account, and it has the account when it is opened again', async () => {
        scene = await openScene();
        const { person } = scene;
        const second = await scene.open();
        const hosts = await person.server.extensionHostPids();
        await crash(person.workbench);
        await untilLogged(person.server, /another window takes over the account/u);
        await untilLogged(person.server, /The account goes on after \d+ ms/u);
        assert.deepEqual(await person.server.extensionHostPids(), hosts, 'the host did not outlive its window');
        await scene.acceptAt(second, 'After the crash');
        const again = await scene.open(undefined, person.folder);
        await again.row('After the crash').waitFor();
    });

    it('because its connection is lost: another window takes the account, and it goes on when it is connected again', async () => {
        scene = await openScene();
        const { person } = scene;
        const link = await cuttable(person.server.port);
        try {
            const remote = await scene.open(link.port);
            // VS Code starts a host that was killed again; that window follows the remote one then.
            const [near] = await person.server.extensionHostPids();
            assert.ok(near);
            process.kill(near, 'SIGKILL');
            await untilLogged(person.server, /The account goes on after \d+ ms/u);
            const followed = /This window uses the account through another one/gu;
            await eventually(
                async () => ((await logText(person.server, 'Hush.log')).match(followed) ?? []).length === 2,
                'the first window to follow the remote one',
            );
            link.cut();
            await untilLogged(person.server, /another window takes over the account/u);
            await scene.acceptAt(person.workbench, 'While away');
            link.mend();
            await remote.page.bringToFront();
            await remote.row(/While away(?!.*invitation)/u).waitFor();
        } finally {
            await link.stop();
        }
    });
});
