/** The chat of a session, in two real VS Code windows, through a real homeserver. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { openPair, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';

const CODE = ['export function greet(name: string): string {', '    // says it', '    return `Hello ${name}`;', '}'];

describe('the chat beside the tree', function () {
    this.timeout(180_000);
    this.bail(true);
    let pair: Pair;
    let alice: Frame;
    let bob: Frame;
    const chatOf = ({ workbench }: Person): Promise<Frame> => workbench.hushFrame('chat', 'open');
    const write = async (frame: Frame, text: string): Promise<void> => {
        await frame.getByRole('textbox', { name: 'Message' }).fill(text);
        await frame.getByRole('textbox', { name: 'Message' }).press('Enter');
    };
    const message = (frame: Frame, text: string) => frame.locator('.message.sent', { hasText: text });
    before(async () => {
        pair = await openPair('mesh');
        const folder = join(pair.bob.folder, 'src');
        await mkdir(folder);
        await writeFile(join(folder, 'greet.ts'), `${CODE.join('\n')}\n`);
        await pair.bob.workbench.command('Hush: Link Workspace to Room…');
        await pair.bob.workbench.pick(pair.room);
        [alice, bob] = await Promise.all([chatOf(pair.alice), chatOf(pair.bob)]);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(() => pair?.stop());

    it('what Alice writes Bob reads: formatted, coloured, and with nothing in it that runs', async () => {
        await write(alice, 'Look at src/greet.ts:3, **please**');
        await message(bob, 'please').locator('strong').waitFor();
        await write(alice, `\`\`\`ts\n${CODE.join('\n')}\n\`\`\``);
        await message(bob, 'says it').locator('pre .hljs-keyword').first().waitFor();
        assert.equal(await message(bob, 'says it').locator('.language').innerText(), 'ts');
        await write(alice, '<img src=x onerror="document.title=1"><b>bold?</b>');
        await message(bob, '<b>bold?</b>').waitFor();
        assert.equal(await bob.locator('.body img, .body script').count(), 0);
    });

    it('a reaction, a reply and an edit come back to her', async () => {
        const first = message(bob, 'please');
        await first.hover();
        await first.getByRole('button', { name: 'React', exact: true }).click();
        await first.getByRole('button', { name: 'React with 👍' }).click();
        await message(alice, 'please').getByRole('button', { name: '👍 1' }).waitFor();
        await first.hover();
        await first.getByRole('button', { name: 'Reply' }).click();
        await write(bob, 'I see');
        await message(alice, 'I see').locator('.quote', { hasText: 'Look at' }).waitFor();
        await bob.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
        await write(bob, 'I see it now');
        await message(alice, 'I see it now').getByText('(edited)').waitFor();
        await keepPicture(pair.alice, 'chat');
    });

    it('a click on path:line opens the editor there', async () => {
        await message(bob, 'please').locator('button.file').first().click();
        await pair.bob.workbench.tab('greet.ts').waitFor();
        await pair.bob.workbench.statusBar('Ln 3, Col 1').waitFor();
        await keepPicture(pair.bob, 'chat-reference');
    });

    it('sends the selection with its place, and deletes it again', async () => {
        const { workbench } = pair.bob;
        await workbench.command('View: Focus Active Editor Group');
        await workbench.page.keyboard.press('Shift+ArrowDown');
        await workbench.statusBar(/selected/u).waitFor();
        await workbench.page.keyboard.press('Shift+F10');
        // By the keyboard: a menu of VS Code takes no click in its first moments.
        await workbench.page.getByRole('menuitem', { name: 'Send Selection to Session' }).hover();
        await workbench.page.keyboard.press('Enter');
        await workbench.page.getByRole('menuitem', { name: 'Send Selection to Session' }).waitFor({ state: 'hidden' });
        const seen = message(alice, 'src/greet.ts:3');
        await seen.locator('pre', { hasText: 'return `Hello ${name}`;' }).waitFor();
        const own = message(bob, 'return `Hello').last();
        await own.hover();
        await own.getByRole('button', { name: 'Delete…' }).click();
        await workbench.page.getByRole('button', { name: 'Delete', exact: true }).click();
        await alice.locator('.message.deleted').waitFor();
    });

    it('counts what came while the view was closed, and forgets it when seen', async () => {
        const { workbench } = pair.bob;
        await workbench.command('View: Show Explorer');
        await write(alice, 'are you there?');
        const badge = workbench.page.locator('.activitybar .badge-content', { hasText: '1' });
        await badge.first().waitFor();
        await workbench.command('Hush: Focus on Sessions View');
        bob = await chatOf(pair.bob);
        await message(bob, 'are you there?').waitFor();
        await bob.locator('.day.new').waitFor();
        await badge.first().waitFor({ state: 'hidden' });
    });
});
