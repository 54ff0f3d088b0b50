/** The flows of people through the user interface of Hush. */
import type { BrowserContext, Frame } from 'playwright-core';
import { hushLogs, untilSettings } from './hostLog.ts';
import type { Person } from './person.ts';
import { findHushFrame, pageData, PATIENCE, type Workbench } from './workbench.ts';

export interface Credentials {
    /** The first text that is typed: a server or its URL. */
    readonly homeserver: string;
    readonly user: string;
    readonly password: string;
}

/** Signs in and waits until the tree replaces the welcome view. */
export async function signIn(workbench: Workbench, who: Credentials): Promise<void> {
    await workbench.openSidebar();
    await workbench.command('Hush: Sign In…');
    await workbench.answer(/homeserver/iu, who.homeserver);
    await workbench.answer(/user name/iu, who.user);
    await workbench.answer(/Password/u, who.password);
    await ready(workbench);
}

/** Waits until the account is ready: the palette then lists commands that need an account. */
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

/** Maps the workspace to a room by its ID. Accepts the invitation first if there is one. */
export async function linkRoom(workbench: Workbench, roomId: string): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        // The palette lists the command once we have joined a room.
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

/** Starts a share. Clicks the page's button if the browser needs a click. Resolves when the share is live. */
export async function shareScreen(
    workbench: Workbench,
    context: BrowserContext,
    capture: 'webview' | 'loopback',
): Promise<Frame> {
    await workbench.command('Hush: Share Screen');
    const frames = (): Frame[] =>
        capture === 'webview' ? workbench.page.frames() : context.pages().flatMap((p) => p.frames());
    // Right after a gesture of the person, the browser's picker opens at once. Otherwise the page shows a button first.
    const frame = await findHushFrame(frames, 'share', /choose|picking|starting|live/u);
    if ((await pageData(frame))?.['hushState'] === 'choose')
        await frame.getByRole('button', { name: /^Choose/u }).click();
    return findHushFrame(frames, 'share', 'live');
}

/** Opens a share from the palette and waits for its picture. `pick`: the choice if there are several shares. */
export async function viewShare(workbench: Workbench, pick?: string): Promise<Frame> {
    await workbench.command('Hush: View Share…');
    if (pick !== undefined) {
        await workbench.page.locator('.quick-input-widget:visible', { hasText: 'View Share' }).waitFor();
        await workbench.pick(pick);
    }
    return workbench.hushFrame('view', 'live');
}

/** Changes settings (undefined: the default) and reloads, because an open window does not watch the server's file. */
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

/** Stops the share in the menu of Hush's status bar item. */
export async function stopFromStatusBar(workbench: Workbench): Promise<void> {
    await workbench.statusBar('Sharing').click();
    await workbench.asking('You Share Your Screen').waitFor();
    await workbench.pick('Stop Sharing');
}
