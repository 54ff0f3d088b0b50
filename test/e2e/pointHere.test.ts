/** Pointing in code, between two clones in two real VS Code windows: shown, opened, kept, gone, refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame, Page } from 'playwright-core';
import { POINTER_KEY } from '../../src/core/chat/codePointer.ts';
import { eventually } from '../stack/eventually.ts';
import { skip } from '../stack/skip.ts';
import { setLook, untilLook } from './support/axe.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready, signIn } from './support/flows.ts';
import { openPair, type Pair } from './support/pair.ts';
import { openPerson, type Person } from './support/person.ts';
import { sendContents } from './support/sendContents.ts';

const LINES = Array.from({ length: 60 }, (_, i) => `export const value${i + 1} = ${i + 1};`);

function git(folder: string, ...args: readonly string[]): void {
    const { status, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
}

/** What VS Code draws behind the lines of the editors of a window. */
function drawnNames(page: Page): Promise<string[]> {
    return page.evaluate(() =>
        [...document.querySelectorAll('.monaco-editor .view-line span')]
            .flatMap((span) => [getComputedStyle(span, '::after').content])
            .filter((content) => content.includes('points here'))
            .map((content) => content.replaceAll(/["\u00a0]/gu, '')),
    );
}

describe('pointing in code', function () {
    this.timeout(240_000);
    stopAtFirstFailure();
    let pair: Pair;
    let bob: Frame;
    let restricted: Person | undefined;
    const open = async ({ workbench }: Person, file: string): Promise<void> => {
        await workbench.command('Go to File...');
        await workbench.quickInput.locator('input').fill(file);
        await workbench.pick(file);
        await workbench.tab(file).waitFor();
        await workbench.command('View: Focus Active Editor Group');
    };
    /** Selects the lines in the editor in front. */
    const select = async ({ workbench }: Person, from: number, to: number): Promise<void> => {
        await workbench.command('Go to Line/Column...');
        await workbench.quickInput.locator('input').fill(`:${from}`);
        await workbench.page.keyboard.press('Enter');
        await workbench.statusBar(`Ln ${from}, Col 1`).waitFor();
        for (let line = from; line <= to; line++) await workbench.page.keyboard.press('Shift+ArrowDown');
        if (to >= from) await workbench.statusBar(/selected/u).waitFor();
    };
    const point = async ({ workbench }: Person): Promise<void> => {
        await workbench.page.keyboard.press('Control+Alt+h');
        await workbench.page.keyboard.press('h');
    };
    const untilDrawn = ({ workbench }: Person, count: number): Promise<unknown> =>
        eventually(
            async () => (await drawnNames(workbench.page)).length === count,
            async () => `${count} names in ${JSON.stringify(await drawnNames(workbench.page))}`,
        );

    before(async function () {
        if (spawnSync('git', ['--version']).status !== 0) skip(this, 'Git is not installed');
        pair = await openPair('mesh');
        const { alice, bob: his } = pair;
        for (const file of ['values.ts', 'other.ts']) writeFileSync(join(alice.folder, file), `${LINES.join('\n')}\n`);
        writeFileSync(join(dirname(alice.folder), 'outside.ts'), 'export {};\n');
        for (const { folder } of [alice, his]) {
            git(folder, 'init', '--quiet', '--initial-branch=main');
            git(folder, 'config', 'user.name', 'x');
            git(folder, 'config', 'user.email', 'x@example.org');
        }
        git(alice.folder, 'add', '.');
        git(alice.folder, 'commit', '--quiet', '-m', 'start');
        git(his.folder, 'fetch', '--quiet', alice.folder, 'main');
        git(his.folder, 'reset', '--quiet', '--hard', 'FETCH_HEAD');
        for (const { workbench } of [alice, his]) {
            await workbench.page.reload();
            await ready(workbench);
        }
        bob = await his.workbench.hushFrame('chat', 'open');
        await open(alice, 'values.ts');
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob, ...(restricted ? { restricted } : {}) })));
    after(async () => {
        await restricted?.stop();
        await pair?.stop();
    });

    it('the selected lines show in the other’s editor with the name, and are gone after a while', async () => {
        const { alice, bob: his } = pair;
        await open(his, 'values.ts');
        await select(alice, 12, 18);
        await point(alice);
        await alice.workbench.statusBar('The others see values.ts:12-18').waitFor();
        await untilDrawn(his, 1);
        assert.match((await drawnNames(his.workbench.page))[0] ?? '', /^Alice \S+ points here$/u);
        await his.workbench.statusBar(/Alice \S+ points at values\.ts:12/u).waitFor();
        assert.deepEqual(await drawnNames(alice.workbench.page), [], 'nothing is drawn for the one who points');
        await keepPicture(his, 'pointing-shown');
        const place = bob.locator('.message.sent', { hasText: 'points at' }).locator('button.file');
        await place.filter({ hasText: 'values.ts:12-18' }).waitFor();
        await untilDrawn(his, 0);
        await his.workbench.statusBar(/points at/u).waitFor({ state: 'detached' });
        await place.last().click();
        await his.workbench.statusBar(/Ln 18/u).waitFor();
    });

    it('a file that is not open is one click away, and what is kept stays until it is removed', async () => {
        const { alice, bob: his } = pair;
        await his.workbench.command('View: Close All Editors');
        await select(alice, 30, 29);
        await alice.workbench.command('Hush: Point Here');
        await his.workbench.statusBar(/points at values\.ts:30/u).click();
        await his.workbench.statusBar('Ln 30, Col 1').waitFor();
        await untilDrawn(his, 1);
        await his.workbench.command('Hush: Keep Pointers');
        for (const look of ['dark', 'light', 'high-contrast-dark', 'high-contrast-light'] as const) {
            await setLook(his, look);
            await untilLook(bob, look);
            await keepPicture(his, `pointing-${look}`);
        }
        await setLook(his, 'light');
        await untilLook(bob, 'light');
        await untilDrawn(his, 1);
        await his.workbench.command('Hush: Remove Pointers');
        await untilDrawn(his, 0);
    });

    it('says in the hover when the other has another commit', async () => {
        const { alice, bob: his } = pair;
        git(his.folder, 'commit', '--quiet', '--allow-empty', '-m', 'ahead');
        await his.workbench.command('Git: Refresh');
        await open(his, 'values.ts');
        await select(alice, 31, 33);
        await point(alice);
        await untilDrawn(his, 1);
        await his.workbench.command('Hush: Keep Pointers');
        // VS Code shows no hover behind the end of a line.
        await his.workbench.page.locator('.view-line span', { hasText: 'value32' }).last().hover();
        const hover = his.workbench.page.locator('.monaco-hover:visible', { hasText: 'points here' });
        await hover.getByText(/Their commit differs/u).waitFor();
        await keepPicture(his, 'pointing-hover');
        await hover.getByRole('link', { name: 'Remove' }).click();
        await untilDrawn(his, 0);
    });

    it('a file outside of the repository is refused with the reason', async () => {
        const { alice } = pair;
        const { workbench, server, folder } = alice;
        symlinkSync(join(dirname(folder), 'outside.ts'), join(folder, 'linked.ts'));
        await open(alice, 'linked.ts');
        await workbench.command('Hush: Point Here');
        await workbench.seeNotification('This file is not in the session’s repository');
        await keepPicture(alice, 'pointing-outside');
        await workbench.clearNotifications();
        assert.ok(server);
        await workbench.command('File: New Untitled Text File');
        await workbench.command('Hush: Point Here');
        await workbench.seeNotification('This file is not in the session’s repository');
        await workbench.clearNotifications();
    });

    it('what a hostile member points at is text: steps upwards, absolute paths, links out, git’s own folder', async () => {
        const { bob: his, world, accounts, room } = pair;
        symlinkSync(join(dirname(his.folder), 'outside.ts'), join(his.folder, 'linked.ts'));
        writeFileSync(join(dirname(his.folder), 'outside.ts'), 'secret\n');
        const paths = ['../outside.ts', join(dirname(his.folder), 'outside.ts'), '.git/config', 'linked.ts'];
        const message = (path: string, at: number) => ({
            msgtype: 'm.text',
            body: `points at attempt ${at}`,
            [POINTER_KEY]: { version: 1, path, from: 1, to: 1, commit: null },
        });
        await sendContents(world.stack, accounts.alice, room, paths.map(message));
        for (const at of paths.keys()) {
            await bob.locator('.message.sent', { hasText: `points at attempt ${at}` }).waitFor();
            assert.equal(await his.workbench.statusBar(/points at/u).count(), 0);
        }
        await open(his, 'linked.ts');
        assert.deepEqual(await drawnNames(his.workbench.page), []);
        assert.equal(await his.workbench.statusBar(/points at/u).count(), 0);
        // The same sender is heard with a path that is right, and what they call themselves is text.
        await sendContents(world.stack, accounts.alice, room, [message('other.ts', 9)]);
        await his.workbench.statusBar(/points at other\.ts:1/u).waitFor();
        await his.workbench.command('Hush: Remove Pointers');
    });

    it('a restricted workspace points at nothing, and says how to trust it', async () => {
        const { world, accounts, room } = pair;
        const { stack, vsix, env } = world;
        restricted = await openPerson({ vsix, env, workspace: room, workspaceTrust: true });
        const { workbench } = restricted;
        await signIn(workbench, {
            homeserver: stack.baseUrl,
            user: accounts.bob.userId,
            password: accounts.bob.password,
        });
        await workbench.row(room).waitFor();
        await workbench.hushFrame('chat', 'open');
        await open(restricted, 'hello.ts');
        await workbench.command('Hush: Point Here');
        await workbench.clickNotification('this workspace is in Restricted Mode', 'Manage Workspace Trust');
        await workbench.page.locator('.workspace-trust-editor').waitFor();
    });
});
