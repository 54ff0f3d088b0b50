/** What people do with Hush, each through the user interface. */
import type { BrowserContext, Frame } from 'playwright-core';
import { hushLogs, untilSettings } from './hostLog.ts';
import type { Person } from './person.ts';
import { findHushFrame, pageData, PATIENCE, type Workbench } from './workbench.ts';

export interface Credentials {
    /** What is typed first: a server or its URL. */
    readonly homeserver: string;
    readonly user: string;
    readonly password: string;
}

/** Signs in and waits until the tree has taken the welcome's place. */
export async function signIn(workbench: Workbench, who: Credentials): Promise<void> {
    await workbench.openSidebar();
    await workbench.command('Hush: Sign In…');
    await workbench.answer(/homeserver/iu, who.homeserver);
    await workbench.answer(/user name/iu, who.user);
    await workbench.answer(/Password/u, who.password);
    await ready(workbench);
}

/** The account is ready: the palette offers what needs one. */
export async function ready(workbench: Workbench): Promise<void> {
    await workbench.openSidebar();
    const rooms = workbench.page.locator('.sidebar .monaco-list-row');
    const empty = workbench.page.locator('.sidebar', { hasText: 'You are signed in and in no room yet' });
    await rooms.or(empty).first().waitFor();
}

export async function startSession(workbench: Workbench, name: string): Promise<void> {
    await workbench.command('Hush: Start Session for This Workspace…');
    await workbench.answer('Start Session', name);
    await workbench.row(name).waitFor();
}

export async function invite(workbench: Workbench, userId: string): Promise<void> {
    await workbench.command('Hush: Invite Teammate…');
    await workbench.answer('Invite Teammate', userId);
    await workbench.row(/invited$/u).waitFor();
}

export async function acceptInvite(workbench: Workbench, roomName: string): Promise<void> {
    await workbench.clickNotification(new RegExp(`invites you to ${roomName}`, 'u'), 'Join');
    await workbench.row(new RegExp(`${roomName}(?!.*invitation)`, 'u')).waitFor();
}

/** Maps the workspace to a room chosen by its ID; accepts the invitation first where there is one. */
export async function linkRoom(workbench: Workbench, roomId: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        // The palette lists the command once there is a room to link: any, or one that is joined first.
        await workbench.page.locator('.sidebar .monaco-list-row').first().waitFor();
        const pending = workbench.row('invitation from');
        if (await pending.isVisible()) await workbench.inlineAction('invitation from', 'Join');
        try {
            await workbench.command('Hush: Link Workspace to Room…');
            const input = workbench.quickInput.locator('input');
            await input.fill(roomId);
            const row = workbench.quickInput.locator('.monaco-list-row', { hasText: roomId });
            await row.first().waitFor({ timeout: 5_000 });
            await row.first().click();
            await workbench.row('this workspace').waitFor();
            return;
        } catch (error) {
            if (Date.now() > deadline)
                throw new Error(`The account is not in the encrypted room ${roomId}.`, { cause: error });
            await workbench.page.keyboard.press('Escape');
        }
    }
}

/** Starts sharing and goes through the page's button where the browser wants one. Resolves when the share is live. */
export async function shareScreen(
    workbench: Workbench,
    context: BrowserContext,
    capture: 'webview' | 'loopback',
): Promise<Frame> {
    await workbench.command('Hush: Share Screen');
    const frames = (): Frame[] =>
        capture === 'webview' ? workbench.page.frames() : context.pages().flatMap((p) => p.frames());
    // With the person's gesture still fresh the browser's picker comes up at once; else the page shows a button first.
    const frame = await findHushFrame(frames, 'share', /choose|picking|starting|live/u);
    if ((await pageData(frame))?.['hushState'] === 'choose')
        await frame.getByRole('button', { name: /^Choose/u }).click();
    return findHushFrame(frames, 'share', 'live');
}

/** Opens a share from the palette and waits for its picture. `pick` chooses where several are offered. */
export async function viewShare(workbench: Workbench, pick?: string): Promise<Frame> {
    await workbench.command('Hush: View Share…');
    if (pick !== undefined) {
        await workbench.page.locator('.quick-input-widget:visible', { hasText: 'View Share' }).waitFor();
        await workbench.pick(pick);
    }
    return workbench.hushFrame('view', 'live');
}

/** Settings (undefined: the default) are read from the server's file, which an open window does not watch: it is loaded again. */
export async function changeSettings(
    { server, workbench }: Person,
    change: Readonly<Record<string, unknown>>,
): Promise<void> {
    const before = hushLogs(server);
    await server.changeSettings(change);
    await workbench.page.reload();
    await ready(workbench);
    await untilSettings(server, before, change);
}

/** Through the menu of Hush's item in the status bar. */
export async function stopFromStatusBar(workbench: Workbench): Promise<void> {
    await workbench.statusBar('Sharing').click();
    await workbench.asking('You Share Your Screen').waitFor();
    await workbench.pick('Stop Sharing');
}
