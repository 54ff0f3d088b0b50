/** Pointing in code, between two clones in two real VS Code windows: shown, opened, kept, gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame, Page } from 'playwright-core';
import { eventually } from '../stack/eventually.ts';
import { skip } from '../stack/skip.ts';
import { setLook, untilLook } from './support/axe.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready } from './support/flows.ts';
import { openPair, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';

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
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
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
});
