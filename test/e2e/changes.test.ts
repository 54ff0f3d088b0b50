/** Changes between two clones in two real VS Code windows: sent, reviewed, applied, undone, refused. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame, Locator } from 'playwright-core';
import { added } from '../unit/changes/patches.ts';
import { skip } from '../stack/skip.ts';
import { eventually } from '../stack/eventually.ts';
import { looks, setLook, untilLook, violationsIn } from './support/axe.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { ready, signIn } from './support/flows.ts';
import { openPair, type Pair } from './support/pair.ts';
import { openPerson, type Person } from './support/person.ts';
import { sendPatches } from './support/sendPatch.ts';

const LINES = Array.from({ length: 30 }, (_, i) => `export const value${i + 1} = ${i + 1};`);
const TEXT = `${LINES.join('\n')}\n`;
const edited = (line: number, to: string): string => TEXT.replace(`${LINES[line - 1]}\n`, `${to}\n`);

function git(folder: string, ...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout;
}

describe('changes from clone to clone', function () {
    this.timeout(240_000);
    stopAtFirstFailure();
    let pair: Pair;
    let bob: Frame;
    let restricted: Person | undefined;
    const path = (person: Person, name: string): string => join(person.folder, name);
    const read = (person: Person, name: string): string => readFileSync(path(person, name), 'utf8');
    const untilRead = (person: Person, name: string, text: string): Promise<unknown> =>
        // Git removes a file for a moment when it writes it.
        eventually(async () => existsSync(path(person, name)) && read(person, name) === text, `${name} to be changed`);
    /** The newest card, once it says this. */
    const card = (frame: Frame, text: string | RegExp): Locator =>
        frame.locator('.message.sent .changes', { hasText: text }).last();
    const press = (of: Locator, name: string): Promise<void> => of.getByRole('button', { name, exact: true }).click();
    /** No link of the session names a repository here, so Hush asks. */
    const apply = async (of: Locator): Promise<void> => {
        const { workbench } = pair.bob;
        await press(of, 'Apply');
        await workbench.asking('Which repository').waitFor();
        await workbench.pick(pair.room);
    };
    const send = async (pick: string, ...more: readonly string[]): Promise<void> => {
        const { workbench } = pair.alice;
        await workbench.command('Hush: Send Changes…');
        await workbench.asking('Send Changes').waitFor();
        await workbench.pick(pick);
        for (const next of more) {
            await workbench.asking('Send Last Commits').waitFor();
            await workbench.pick(next);
        }
        await workbench.dialog('Send these changes to').waitFor();
    };
    const agree = async ({ workbench }: Person, text: string, button: string): Promise<void> => {
        await workbench.dialog(text).getByRole('button', { name: button, exact: true }).click();
        await workbench.dialog(text).waitFor({ state: 'hidden' });
    };

    before(async function () {
        if (spawnSync('git', ['--version']).status !== 0) skip(this, 'Git is not installed');
        pair = await openPair('mesh');
        const { alice, bob: his } = pair;
        writeFileSync(path(alice, 'values.ts'), TEXT);
        for (const [person, name] of [
            [alice, 'Alice Ångström'],
            [his, 'Bob'],
        ] as const) {
            git(person.folder, 'init', '--quiet', '--initial-branch=main');
            git(person.folder, 'config', 'user.name', name);
            git(person.folder, 'config', 'user.email', 'x@example.org');
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
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob, ...(restricted ? { restricted } : {}) })));
    after(async () => {
        await restricted?.stop();
        await pair?.stop();
    });

    it('what will go is shown first, with a possible secret by name', async () => {
        const { alice } = pair;
        writeFileSync(path(alice, 'values.ts'), edited(3, 'export const value3 = "three";'));
        writeFileSync(path(alice, 'added.ts'), 'export {};\n');
        writeFileSync(path(alice, '.env'), 'TOKEN=1\n');
        await send('Working Tree');
        const question = alice.workbench.dialog('Send these changes to');
        for (const text of ['3 files, +3 −1', 'values.ts', 'added.ts', 'Possible secrets are among them: .env'])
            assert.ok((await question.innerText()).includes(text), text);
        await keepPicture(alice, 'changes-send');
        await agree(alice, 'Send these changes to', 'Cancel');
        assert.equal(await bob.locator('.changes').count(), 0);
        writeFileSync(path(alice, '.gitignore'), '.env\n');
    });

    it('the working tree arrives as a card; Review opens both sides', async () => {
        const { alice, bob: his } = pair;
        await send('Working Tree');
        await agree(alice, 'Send these changes to', 'Send');
        const shown = card(bob, '3 files, +3 −1');
        await shown.getByText('which you have').waitFor();
        await shown.getByText('added.ts').waitFor();
        await keepPicture(his, 'changes-card');
        await press(shown, 'Review');
        await his.workbench.tab(/Changes from Alice/u).waitFor();
        const lines = his.workbench.page.locator('.multiDiffEditor .view-line, .multi-diff-editor .view-line');
        await lines.filter({ hasText: '"three"' }).first().waitFor();
        await keepPicture(his, 'changes-review');
        assert.equal(read(his, 'values.ts'), TEXT, 'nothing is applied by itself');
    });

    it('Apply writes the files, and Undo takes them back', async () => {
        const { bob: his } = pair;
        const shown = card(bob, '3 files, +3 −1');
        await apply(shown);
        await shown.getByText('Applied here').waitFor();
        assert.equal(read(his, 'values.ts'), edited(3, 'export const value3 = "three";'));
        assert.ok(existsSync(path(his, 'added.ts')));
        await keepPicture(his, 'changes-applied');
        writeFileSync(path(his, 'added.ts'), 'mine\n');
        await press(shown, 'Undo');
        await his.workbench.seeNotification('These files have changed since: added.ts. Nothing was undone.');
        writeFileSync(path(his, 'added.ts'), 'export {};\n');
        await his.workbench.clearNotifications();
        await press(shown, 'Undo');
        await shown.getByRole('button', { name: 'Apply', exact: true }).waitFor();
        assert.equal(read(his, 'values.ts'), TEXT);
        assert.ok(!existsSync(path(his, 'added.ts')));
        assert.equal(git(his.folder, 'status', '--porcelain'), '');
    });

    it('the card can be read in every look, and in a narrow side bar', async () => {
        const { bob: his } = pair;
        for (const look of looks) {
            await setLook(his, look);
            await untilLook(bob, look);
            assert.deepEqual(await violationsIn(bob), [], look);
            await keepPicture(his, `changes-card-${look}`);
        }
        const { mouse } = his.workbench.page;
        const bar = (await his.workbench.page.locator('.sidebar').boundingBox()) ?? assert.fail('no side bar');
        const edge = bar.x + bar.width;
        await mouse.move(edge, 300);
        await mouse.down();
        await mouse.move(edge - 130, 300, { steps: 5 });
        await mouse.up();
        const overflow = await bob.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, String(overflow));
        await keepPicture(his, 'changes-card-narrow');
        await mouse.move(edge - 130, 300);
        await mouse.down();
        await mouse.move(edge, 300, { steps: 5 });
        await mouse.up();
    });

    it('a conflict names the file, and changes nothing', async () => {
        const { bob: his } = pair;
        const mine = edited(3, 'export const value3 = "mine";');
        writeFileSync(path(his, 'values.ts'), mine);
        await apply(card(bob, '3 files, +3 −1'));
        await his.workbench.seeNotification(/do not fit your version of values\.ts\. Nothing was changed/u);
        assert.equal(read(his, 'values.ts'), mine);
        assert.ok(!existsSync(path(his, 'added.ts')));
        await keepPicture(his, 'changes-conflict');
        await his.workbench.command('View: Close All Editors');
        await his.workbench.clickNotification('do not fit', 'Review');
        await his.workbench.tab(/Changes from Alice/u).waitFor();
        await his.workbench.clearNotifications();
        git(his.folder, 'checkout', '--quiet', '.');
    });

    it('a file with unsaved text is named, and saved before if the person wants', async () => {
        const { bob: his } = pair;
        const { workbench, server } = his;
        await server.changeSettings({ 'files.autoSave': 'off' });
        await workbench.command('View: Close All Editors');
        await workbench.command('Go to File...');
        await workbench.quickInput.locator('input').fill('values.ts');
        await workbench.pick('values.ts');
        await workbench.tab('values.ts').waitFor();
        await workbench.page.locator('.editor-group-container .view-lines').first().click();
        await workbench.page.keyboard.press('Control+End');
        await workbench.page.keyboard.type('// typed');
        await apply(card(bob, '3 files, +3 −1'));
        const question = 'files that you have not saved';
        await workbench.dialog(question).getByText('values.ts').waitFor();
        await agree(his, question, 'Save and Apply');
        await untilRead(his, 'values.ts', `${edited(3, 'export const value3 = "three";')}// typed`);
        await press(card(bob, '3 files, +3 −1'), 'Undo');
        await untilRead(his, 'values.ts', `${TEXT}// typed`);
        git(his.folder, 'checkout', '--quiet', '.');
    });

    it('commits keep their author and message', async () => {
        const { alice, bob: his } = pair;
        git(alice.folder, 'add', '.');
        git(alice.folder, 'commit', '--quiet', '-m', '[values] Größer\n\nWhy: because.');
        await send('Last Commits…', '[values] Größer');
        await keepPicture(alice, 'changes-send-commits');
        await agree(alice, 'Send these changes to', 'Send');
        const shown = card(bob, '1 commit');
        await shown.getByText('[values] Größer').waitFor();
        const start = git(his.folder, 'rev-parse', 'HEAD');
        await apply(shown);
        await shown.getByText('Applied here').waitFor();
        const said = git(his.folder, 'log', '-1', '--format=%an|%cn|%B').trim();
        assert.equal(said, 'Alice Ångström|Bob|[values] Größer\n\nWhy: because.');
        assert.ok(existsSync(path(his, 'added.ts')));
        await press(shown, 'Undo');
        await shown.getByRole('button', { name: 'Apply', exact: true }).waitFor();
        assert.equal(git(his.folder, 'rev-parse', 'HEAD'), start);
        assert.equal(git(his.folder, 'status', '--porcelain'), '');
    });

    it('hostile changes are refused or asked about, and a lie is told', async () => {
        const { bob: his, world, accounts, room } = pair;
        await sendPatches(world.stack, accounts.alice, room, [
            { name: 'hook.patch', text: added('.GIT/hooks/post-checkout', '100755') },
            { name: 'out.patch', text: added('../out.txt') },
            { name: 'odd.patch', text: `${added('odd.txt')}hidden\n` },
            { name: 'task.patch', text: added('.vscode/tasks.json') },
            { name: 'lie.patch', text: added('lie.txt'), claim: { files: 5, insertions: 99 } },
        ]);
        const of = (name: string): Locator => bob.locator('.message.sent', { hasText: name }).locator('.changes');
        await of('hook.patch').getByText('it is in git’s own folder').waitFor();
        await of('out.patch').getByText('leads out of the repository').waitFor();
        await of('odd.patch').getByText('text that belongs to no file').waitFor();
        for (const name of ['hook.patch', 'out.patch', 'odd.patch'])
            assert.equal(await of(name).getByRole('button', { name: 'Apply' }).count(), 0);
        await of('lie.patch').getByText('other numbers than the patch').waitFor();
        await of('lie.patch').getByText('1 file, +1 −0').waitFor();
        await keepPicture(his, 'changes-hostile');
        await apply(of('task.patch'));
        const question = 'do more than change text';
        await his.workbench.dialog(question).getByText('.vscode/tasks.json').waitFor();
        await keepPicture(his, 'changes-consequences');
        await agree(his, question, 'Cancel');
        assert.equal(git(his.folder, 'status', '--porcelain'), '');
        assert.ok(!existsSync(path(his, '.git/hooks/post-checkout')) && !existsSync(path(his, '../out.txt')));
    });

    it('a restricted workspace applies nothing, and says how to trust it', async () => {
        const { world, accounts, room } = pair;
        const { stack, vsix, env } = world;
        restricted = await openPerson({ vsix, env, workspace: room, workspaceTrust: true });
        const { workbench } = restricted;
        const { userId: user, password } = accounts.bob;
        await signIn(workbench, { homeserver: stack.baseUrl, user, password });
        await workbench.row(room).waitFor();
        const chat = await workbench.hushFrame('chat', 'open');
        await sendPatches(stack, accounts.alice, room, [{ name: 'late.patch', text: added('late.txt') }]);
        const shown = chat.locator('.message.sent', { hasText: 'late.patch' }).locator('.changes');
        await press(shown, 'Apply');
        await workbench.clickNotification('this workspace is in Restricted Mode', 'Manage Workspace Trust');
        await workbench.page.locator('.workspace-trust-editor').waitFor();
        assert.ok(!existsSync(path(restricted, 'late.txt')));
    });
});
