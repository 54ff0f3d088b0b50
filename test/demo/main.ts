/** `npm run demo`: two people at two real VS Code windows, one sharing, the other watching. See options.ts. */
import { globSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame } from 'playwright-core';
import { acceptInvite, invite, linkRoom, shareScreen, signIn, startSession } from '../e2e/support/flows.ts';
import { openPerson, type Person } from '../e2e/support/person.ts';
import { advancingPicture } from '../e2e/support/picture.ts';
import { findHushFrame, pageData } from '../e2e/support/workbench.ts';
import { startEditorPage } from '../stack/editorPage.ts';
import { packageVsix } from '../stack/packageVsix.ts';
import { shutDown } from '../stack/processes.ts';
import { createProgress, type Progress } from '../stack/progress.ts';
import { ensureLiveKit } from '../stack/install/liveKit.ts';
import { startStack } from '../stack/stack.ts';
import { demoTransport, namesSfu, wantsSfu } from './mediaServer.ts';
import { parseOptions, USAGE, UsageError, type DemoOptions, type Person as Account } from './options.ts';

const OUT = fileURLToPath(new URL('../../out/demo', import.meta.url));
const ROOM = 'pair-demo';
/** Of the shared page, px. */
const SHARED = { width: 1280, height: 720 };

interface Place {
    readonly homeserver: string;
    readonly roomId: string | undefined;
    readonly sharer: Account | undefined;
    readonly viewer: Account | undefined;
    readonly viewerId: string | undefined;
    /** Setting of both windows; undefined leaves it as it is. */
    readonly transport: 'livekit' | 'mesh' | undefined;
}

interface Result {
    ok: boolean;
    transport: 'livekit' | 'mesh';
    /** How the picture travelled, as the viewer's tab says. */
    path?: string;
    e2ee: boolean;
    captured?: 'webview' | 'loopback';
    frame?: { width: number; height: number };
    framesDecoded?: number;
    /** From the viewer's click to the first decoded frame. */
    timeToFirstFrameMs?: number;
    viewers?: string[];
    screenshots: string[];
    error?: string;
}

/** Servers of our own with two accounts, or the ones that were named. */
async function place(options: DemoOptions, progress: Progress): Promise<Place> {
    const { remote } = options;
    if (remote) {
        const somebody = remote.sharer ?? remote.viewer;
        const sfu = options.transport === undefined && somebody && (await namesSfu(remote.homeserver, somebody));
        return { ...remote, viewerId: remote.viewer?.user, transport: demoTransport(options, sfu === true) };
    }
    const sfu = await wantsSfu(
        options,
        () => ensureLiveKit(progress),
        (sentence) => progress.part('Demo').say(sentence),
    );
    const stack = await startStack({ progress, sfu });
    const [sharer, viewer] = await Promise.all([
        stack.createAccount('alice', { displayName: 'Alice' }),
        stack.createAccount('bob', { displayName: 'Bob' }),
    ]);
    return {
        homeserver: stack.baseUrl,
        roomId: undefined,
        sharer: { user: sharer.userId, password: sharer.password },
        viewer: { user: viewer.userId, password: viewer.password },
        viewerId: viewer.userId,
        transport: demoTransport(options, sfu),
    };
}

class Demo {
    readonly options: DemoOptions;
    readonly progress: Progress;
    readonly result: Result;
    place!: Place;
    vsix = '';
    sharer: Person | undefined;
    viewer: Person | undefined;

    constructor(options: DemoOptions, progress: Progress) {
        this.options = options;
        this.progress = progress;
        this.result = { ok: false, transport: options.transport ?? 'livekit', e2ee: false, screenshots: [] };
    }

    step(text: string): void {
        this.progress.part('Demo').say(text);
    }

    async open(role: 'sharer' | 'viewer', account: Account, capture?: { tab: string }): Promise<Person> {
        const { options, place: where } = this;
        const left = role === 'sharer';
        const person = await openPerson({
            vsix: this.vsix,
            workspace: ROOM,
            headless: options.headless,
            network: options.remote ? 'any' : 'loopback',
            ...(capture ? { capture } : {}),
            args: options.headless ? [] : ['--window-size=960,900', `--window-position=${left ? 0 : 960},0`],
            settings: {
                'hush.capture.location': options.capture === 'loopback' ? 'browser' : 'auto',
                // Accounts that exist may have an identity that this new device is not part of: the demo shows the picture.
                ...(options.remote ? { 'hush.trust.shareWith': 'everyone' } : {}),
                ...(where.transport === undefined ? {} : { 'hush.transport': where.transport }),
                ...options.settings,
            },
        });
        await signIn(person.workbench, {
            homeserver: where.homeserver,
            user: account.user,
            password: account.password,
        });
        if (where.roomId !== undefined) await linkRoom(person.workbench, where.roomId);
        return person;
    }

    /** Both into one room: the sharer starts a session and invites, the viewer accepts. */
    async meet(): Promise<void> {
        const { sharer, viewer, place: where } = this;
        if (!sharer || !viewer || where.roomId !== undefined || where.viewerId === undefined) return;
        this.step('starting a session, inviting, accepting');
        await startSession(sharer.workbench, ROOM);
        await invite(sharer.workbench, where.viewerId);
        await acceptInvite(viewer.workbench, ROOM);
    }

    async share(person: Person, url: string): Promise<Frame> {
        const shared = await person.context.newPage();
        await shared.setViewportSize(SHARED);
        await shared.goto(url);
        await person.workbench.page.bringToFront();
        this.step(`sharing (capture on the ${this.options.capture} page)`);
        const frame = await shareScreen(person.workbench, person.context, this.options.capture);
        this.result.captured = this.options.capture;
        this.result.e2ee = (await pageData(frame))?.['hushE2ee'] === 'on';
        return frame;
    }

    async watch(person: Person): Promise<Frame> {
        this.step('opening the share in a tab');
        const { workbench } = person;
        const frames = (): readonly Frame[] => workbench.page.frames();
        // The palette lists the command once somebody shares.
        await workbench
            .row('’s screen')
            .waitFor({ timeout: 120_000 })
            .catch((cause: unknown) => {
                throw new Error('Nobody shared a screen within two minutes.', { cause });
            });
        await workbench.command('Hush: View Share…');
        const clicked = Date.now();
        const frame = await findHushFrame(frames, 'view', 'live', 120_000);
        this.result.timeToFirstFrameMs = Date.now() - clicked;
        const [, now] = await advancingPicture(frame, SHARED.width);
        this.result.frame = { width: now.width, height: now.height };
        this.result.framesDecoded = now.framesDecoded;
        const data = await pageData(frame);
        this.result.e2ee = data?.['hushE2ee'] === 'on';
        if (data?.['hushPath']) {
            this.result.path = data['hushPath'];
            this.result.transport = data['hushPath'] === 'sfu' ? 'livekit' : 'mesh';
        }
        // Only our own test page has the marker; somebody else's screen is what it is.
        if (this.sharer && now.markerError > 96)
            throw new Error('The viewer shows another picture than the one that is shared.');
        return frame;
    }

    async screenshot(person: Person, name: string): Promise<void> {
        await mkdir(OUT, { recursive: true });
        const path = join(OUT, `${name}.png`);
        await person.workbench.page.bringToFront();
        await person.workbench.page.screenshot({ path });
        this.result.screenshots.push(join('out', 'demo', `${name}.png`));
        // What Hush logged, beside the picture; it is redacted where it is written.
        for (const file of globSync('**/*Hush.log', { cwd: person.server.logsDir })) {
            await copyFile(join(person.server.logsDir, file), join(OUT, `${name}.log`));
        }
    }

    /** Waits `seconds`, adding everybody whom the share's page lists. */
    async hold(seconds: number, shareFrame: Frame | undefined): Promise<void> {
        const seen = new Set<string>();
        for (const end = Date.now() + seconds * 1_000; ;) {
            for (const id of (await shareFrame?.evaluate(viewersListed).catch(() => [])) ?? []) seen.add(id);
            if (Date.now() >= end) break;
            await new Promise((resolve) => setTimeout(resolve, Math.min(500, Math.max(1, end - Date.now()))));
        }
        if (shareFrame) this.result.viewers = [...seen].toSorted();
    }

    async run(): Promise<void> {
        const { options } = this;
        [this.place, this.vsix] = await Promise.all([place(options, this.progress), packageVsix(this.progress)]);
        const { sharer, viewer } = this.place;
        const editor = sharer ? await startEditorPage() : undefined;
        this.step('opening VS Code and signing in');
        if (sharer && editor) {
            this.sharer = await this.open('sharer', sharer, options.headless ? { tab: editor.title } : undefined);
        }
        if (viewer) this.viewer = await this.open('viewer', viewer);
        await this.meet();
        const shareFrame = this.sharer && editor ? await this.share(this.sharer, editor.url) : undefined;
        if (this.viewer) await this.watch(this.viewer);
        await this.hold(options.hold ?? (options.only === 'sharer' ? 30 : 2), shareFrame);
        if (options.headless) {
            if (this.sharer) await this.screenshot(this.sharer, 'sharer');
            if (this.viewer) await this.screenshot(this.viewer, 'viewer');
        } else if (options.hold === undefined) {
            this.step('both windows are open: press Ctrl-C here to end');
            await new Promise((resolve) => this.sharer?.browser.on('disconnected', resolve));
        }
        this.result.ok = this.result.e2ee;
    }
}

/** Runs in the share's page: user IDs of the people it lists. */
function viewersListed(): string[] {
    return [...document.querySelectorAll<HTMLElement>('.people [title]:not(button)')].map((e) => e.title);
}

async function main(): Promise<void> {
    let options: DemoOptions;
    try {
        options = parseOptions(process.argv.slice(2), process.env);
    } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        console.error(`${error.message}\n\n${USAGE}`);
        process.exitCode = 2;
        return;
    }
    const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
    if (!options.headless && !display) {
        console.error('There is no display here: running as with --headless.');
        options = { ...options, headless: true };
    }
    const demo = new Demo(options, createProgress(options.remote ? 5 : 8));
    try {
        await demo.run();
    } catch (error) {
        demo.result.error = error instanceof Error ? error.message : String(error);
        for (const [name, person] of [
            ['sharer', demo.sharer],
            ['viewer', demo.viewer],
        ] as const) {
            for (const page of person?.context.pages() ?? []) console.error(`${name} has open: ${page.url()}`);
            if (person) await demo.screenshot(person, `${name}-failed`).catch(() => undefined);
        }
        console.error(error);
        process.exitCode = 1;
    } finally {
        await demo.viewer?.stop();
        await demo.sharer?.stop();
    }
    if (options.json) console.log(JSON.stringify(demo.result));
    await shutDown();
}

await main();
