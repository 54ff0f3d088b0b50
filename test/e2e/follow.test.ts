/** Places in the code and following, between two real windows on clones of one repository. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { after, afterEach, before, describe, it } from 'mocha';
import { eventually } from '../stack/eventually.ts';
import { skip } from '../stack/skip.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import type { Workbench } from './support/workbench.ts';

const lines = (name: string): string =>
    Array.from({ length: 400 }, (_, i) => `export const ${name}${i + 1} = ${i + 1};`).join('\n');
const FILES = {
    'src/app.ts': lines('app'),
    'src/other.ts': lines('other'),
    'ignored.log': lines('log'),
    '.env': 'TOKEN=1\n',
    '.gitignore': '*.log\n',
};

/** Equal in each clone: the same author at the same time. */
function git(folder: string, ...args: readonly string[]): void {
    const at = '2026-01-01T00:00:00Z';
    const { status, stderr } = spawnSync(
        'git',
        ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args],
        { encoding: 'utf8', env: { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at } },
    );
    assert.equal(status, 0, stderr);
}

function prepare(folder: string): void {
    git(folder, 'init', '--quiet', '--initial-branch=main');
    git(folder, 'add', 'src', '.gitignore', 'hello.ts');
    git(folder, 'commit', '--quiet', '-m', 'first');
    git(folder, 'remote', 'add', 'origin', 'https://git.example.org/team/follow.git');
}

/** `file`: a name with a line, such as `app.ts:120`, or a whole path. */
async function goTo({ page, quickInput }: Workbench, file: string): Promise<void> {
    const name = file.split('/').at(-1)?.split(':')[0] ?? '';
    const chosen = async (): Promise<boolean> => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('F1');
        await quickInput.locator('input').fill(file, { timeout: 2_000 });
        await quickInput.locator('.monaco-list-row', { hasText: name }).first().click({ timeout: 5_000 });
        return true;
    };
    await eventually(() => chosen().catch(() => false), `a way to ${file}`);
    await quickInput.waitFor({ state: 'hidden' });
}

/** Some editor of the window shows this text. */
async function seen({ page }: Workbench, text: string): Promise<void> {
    await page.locator('.editor-instance .view-line', { hasText: text }).first().waitFor();
}

describe('places in the code, and following', function () {
    this.timeout(240_000);
    stopAtFirstFailure();
    let pair: Pair;
    let alice: Workbench;
    let bob: Workbench;
    let viewer: Frame;
    before(async function () {
        if (spawnSync('git', ['--version']).status !== 0) skip(this, 'Git is not installed');
        pair = await openPair('mesh', undefined, { files: FILES, prepare });
        alice = pair.alice.workbench;
        bob = pair.bob.workbench;
        await shareScreen(alice, pair.alice.context, 'webview');
        viewer = await viewShare(bob);
        await advancingPicture(viewer, SHARED.width);
        await alice.clearNotifications();
        await bob.clearNotifications();
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    const lineWhen = async (is: RegExp): Promise<string> => {
        let last = '';
        return eventually(
            async () => {
                last = await viewer
                    .locator('.place')
                    .innerText({ timeout: 1_000 })
                    .catch(() => '(no line)');
                return is.test(last) && last;
            },
            () => `a line like ${String(is)}; last: ${last}`,
            30_000,
        );
    };
    const range = (line: string): number[] => (/ (\d+)-(\d+)/u.exec(line) ?? []).slice(1).map(Number);

    it('says where the sharer is, and how that stands to the viewer’s checkout', async () => {
        await goTo(alice, 'app.ts:120');
        const line = await lineWhen(/^src\/app\.ts \d+-\d+, same commit as you/u);
        const [from = 0, to = 0] = range(line);
        assert.ok(from <= 120 && to >= 120 && to - from < 100, line);
        await keepPicture(pair.bob, 'follow-line-light');
        await goTo(alice, 'app.ts:300');
        await eventually(
            async () => {
                const [first = 0, last = 0] = range(await lineWhen(/^src\/app\.ts/u));
                return first <= 300 && last >= 300;
            },
            'the lines around 300',
            30_000,
        );
    });

    it('opens the place in the viewer’s own checkout', async () => {
        await viewer.locator('button.place-text').click();
        await bob.tab('app.ts').waitFor();
        await bob.statusBar(/Ln 300/u).waitFor();
        await seen(bob, 'app300');
        assert.equal(await viewer.locator('.stage').isVisible(), true, 'the picture stays');
    });

    it('tells unsaved changes, and commits that the viewer has or lacks', async () => {
        await goTo(alice, 'app.ts:300');
        await alice.page.keyboard.type('// ');
        await lineWhen(/unsaved changes/u);
        await alice.page.keyboard.press('Control+S'); // the palette changes its list while it is clicked
        await lineWhen(/uncommitted changes/u);
        git(pair.alice.folder, 'commit', '--quiet', '-am', 'second');
        await lineWhen(/on a commit you do not have(?!.*changes)/u);
        git(pair.bob.folder, 'fetch', '--quiet', pair.alice.folder, 'main:refs/remotes/origin/main');
        await bob.command('Git: Refresh');
        await lineWhen(/1 commit ahead of you/u);
        await bob.command('Preferences: Toggle between Light/Dark Themes');
        await bob.page.locator('.monaco-workbench.vs-dark').waitFor();
        await keepPicture(pair.bob, 'follow-line-dark');
        await bob.command('Preferences: Toggle between Light/Dark Themes');
        await appendFile(join(pair.bob.folder, 'src/other.ts'), '\n// mine\n');
        git(pair.bob.folder, 'commit', '--quiet', '-am', 'mine');
        await lineWhen(/on another line of commits/u);
    });

    for (const file of ['ignored.log', '.env'])
        it(`tells nothing about ${file}`, async () => {
            await goTo(alice, 'app.ts:10');
            await lineWhen(/^src\/app\.ts 1-/u);
            await goTo(alice, join(pair.alice.folder, file)); // a search does not find what git ignores
            await lineWhen(/^Alice \S+ is in no file of the session’s repository/u);
        });

    it('follows the sharer, until the viewer clicks in the editor', async () => {
        await viewer.getByRole('button', { name: 'Follow', exact: true }).click();
        await bob.statusBar(/Following Alice/u).waitFor();
        await alice.statusBar(/Bob \S+ follows you/u).waitFor();
        await goTo(alice, 'other.ts:200');
        await bob.tab('other.ts').waitFor();
        await seen(bob, 'other200');
        await goTo(alice, 'other.ts:380');
        await seen(bob, 'other380');
        await keepPicture(pair.bob, 'follow-follows');
        await bob.statusBar(/Following Alice/u).waitFor();
        await bob.page.locator('.editor-instance .view-line', { hasText: 'other380' }).first().click();
        await bob.statusBar(/Following Alice/u).waitFor({ state: 'hidden' });
        await viewer.getByRole('button', { name: 'Follow', exact: true }).waitFor();
        await goTo(alice, 'app.ts:50');
        await lineWhen(/^src\/app\.ts/u);
        await seen(bob, 'other380');
    });

    it('lets the sharer follow a viewer, until Escape', async () => {
        await alice.command('Hush: Follow…');
        await alice.statusBar(/Following Bob/u).waitFor();
        await bob.statusBar(/Alice \S+ follows you/u).waitFor();
        await goTo(bob, 'other.ts:150');
        await seen(alice, 'other150');
        await alice.page.locator('.editor-group-container.active .tab.active').first().waitFor();
        await alice.command('View: Focus Active Editor Group');
        await alice.page.keyboard.press('Escape');
        await alice.statusBar(/Following Bob/u).waitFor({ state: 'hidden' });
    });
});
