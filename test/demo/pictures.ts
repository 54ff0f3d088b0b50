/**
 * `npm run pictures`: the pictures of the README and of the walkthrough, taken of the product as it is, each in a light and
 * a dark theme. Two people at two real VS Codes do what the pictures show; media/pictures/ is written anew.
 */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acceptInvite, invite, shareScreen, signIn, startSession } from '../e2e/support/flows.ts';
import { openPerson, type Person } from '../e2e/support/person.ts';
import { sheet } from '../e2e/support/sheets.ts';
import { Workbench } from '../e2e/support/workbench.ts';
import { eventually } from '../stack/eventually.ts';
import { packageVsix } from '../stack/packageVsix.ts';
import { shutDown } from '../stack/processes.ts';
import { startKeyring } from '../stack/keyring.ts';
import { createProgress } from '../stack/progress.ts';
import { STACK_PARTS, startStack } from '../stack/stack.ts';
import { ANN, BEN, FILES, SERVER, TALK, WORKSPACE } from './scene.ts';

const OUT = fileURLToPath(new URL('../../media/pictures', import.meta.url));
const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern' } as const;
type Theme = keyof typeof THEMES;

/** The folder of the window that is shared, which stands in its title. */
const SHARED = 'src';
const VIEWPORT = { width: 1_280, height: 800 };
const SETTINGS = {
    'window.autoDetectColorScheme': false,
    'breadcrumbs.enabled': false,
    'editor.minimap.enabled': false,
};

async function main(): Promise<void> {
    const progress = createProgress(STACK_PARTS + 4);
    const part = progress.part('Pictures');
    const vsix = await packageVsix(progress);
    // So that Ann's second window finds her sign-in.
    const keyring = await startKeyring(progress);
    const env = 'env' in keyring ? keyring.env : {};
    await mkdir(OUT, { recursive: true });
    for (const theme of ['light', 'dark'] as const) {
        // Accounts of its own each time: the second device of an account is not verified, and is shown nothing.
        const stack = await startStack({ progress, synapse: { serverName: SERVER } });
        const [ann, ben] = await Promise.all([
            stack.createAccount(ANN.localpart, { displayName: ANN.displayName }),
            stack.createAccount(BEN.localpart, { displayName: BEN.displayName }),
        ]);
        part.say(`${theme}: two people meet`);
        const open = (person: object): Promise<Person> =>
            openPerson({
                vsix,
                env,
                workspace: WORKSPACE,
                viewport: VIEWPORT,
                files: FILES,
                settings: { ...SETTINGS, 'workbench.colorTheme': THEMES[theme] },
                ...person,
            });
        const [hers, his] = await Promise.all([open({ capture: { tab: SHARED } }), open({})]);
        try {
            await scenes(theme, hers, his, { homeserver: stack.baseUrl, ann, ben });
        } finally {
            await Promise.all([hers.stop(), his.stop()]);
            await stack.stop();
        }
    }
    part.say(`written to ${OUT}`);
}

interface Accounts {
    readonly homeserver: string;
    readonly ann: { readonly userId: string; readonly password: string };
    readonly ben: { readonly userId: string; readonly password: string };
}

async function scenes(theme: Theme, hers: Person, his: Person, { homeserver, ann, ben }: Accounts): Promise<void> {
    await hers.workbench.openSidebar();
    await hers.workbench.sidebar('Sign in with your Matrix account').waitFor();
    await hers.workbench.page.locator('.activitybar .badge').filter({ visible: true }).waitFor({ state: 'hidden' });
    await take(hers, `welcome-${theme}`);
    for (const [person, account] of [
        [hers, ann],
        [his, ben],
    ] as const)
        await signIn(person.workbench, { homeserver, user: account.userId, password: account.password });
    await startSession(hers.workbench, WORKSPACE);
    await invite(hers.workbench, ben.userId);
    await acceptInvite(his.workbench, WORKSPACE);
    await quiet(hers.workbench);
    // A browser does not share the tab that asks: Ann shows her other window.
    const code = new Workbench(await hers.context.newPage());
    await code.page.setViewportSize(VIEWPORT);
    await code.open(hers.server.url(join(hers.folder, SHARED)));
    await openFile(code, 'pipeline.ts');
    await hers.workbench.page.bringToFront();
    await openFile(hers.workbench, 'stage.ts');
    await shareScreen(hers.workbench, hers.context, 'webview');
    await hers.workbench.tab('stage.ts').click();
    await his.workbench.row('’s screen').click();
    const view = await his.workbench.hushFrame('view', 'live');
    const width = () => view.evaluate(() => document.querySelector('video')?.videoWidth ?? 0);
    await eventually(async () => (await width()) > 0, 'the picture at the viewer');
    await quiet(code);
    await his.workbench.page.bringToFront();
    for (const [who, text] of TALK) await say(who === 'ann' ? hers.workbench : his.workbench, text);
    await quiet(hers.workbench);
    await quiet(his.workbench);
    await take(his, `viewer-${theme}`);
    await hers.workbench.statusBar('Sharing').click();
    await hers.workbench.asking('You Share Your Screen').waitFor();
    await take(hers, `sharing-${theme}`);
    await hers.workbench.pick('Who Can See This');
    await sheet(hers.workbench, /^Who can see your screen$/u, /Ben/u);
    await take(hers, `audience-${theme}`);
    await hers.workbench.command('Hush: Leave Session');
}

/** Writes the message and waits until it was sent; the page shows it without its Markdown. */
async function say(workbench: Workbench, text: string): Promise<void> {
    const chat = await workbench.hushFrame('chat');
    const box = chat.locator('.composer textarea');
    await box.fill(text);
    await box.press('Enter');
    await chat
        .locator('.message.sent', { hasText: text.replaceAll('`', '').slice(0, 12) })
        .last()
        .waitFor();
}

async function openFile(workbench: Workbench, name: string): Promise<void> {
    await workbench.page.keyboard.press('Control+P');
    await workbench.quickInput.locator('input').fill(name);
    await workbench.pick(name);
    await workbench.tab(name).waitFor();
}

async function quiet(workbench: Workbench): Promise<void> {
    await workbench.clearNotifications();
    await workbench.page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height - 60);
}

/** Renamed when it is whole: whoever packages meanwhile gets the old one. */
async function take({ workbench }: Person, name: string): Promise<void> {
    const file = join(OUT, `${name}.png`);
    await workbench.page.screenshot({ path: `${file}.tmp`, type: 'png', animations: 'disabled' });
    await rename(`${file}.tmp`, file);
}

try {
    await main();
} catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
} finally {
    await shutDown();
}
