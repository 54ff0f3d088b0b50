/** What people paste, and what other clients send, in two real VS Code windows. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame, Locator } from 'playwright-core';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { openOtherClient, type OtherClient } from './support/otherClient.ts';
import { openPair, type Pair } from './support/pair.ts';

const PYTHON = 'def greet(name):\n    if name:\n        return f"Hello  {name}"\n\n    return "**nobody**"';
const ENGLAND = '🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';

describe('what is pasted into the chat, and what other clients send', function () {
    this.timeout(180_000);
    let pair: Pair;
    let alice: Frame;
    let bob: Frame;
    /** Alice's other client. */
    let other: OtherClient;
    const field = (frame: Frame): Locator => frame.getByRole('textbox', { name: 'Message' });
    const write = async (frame: Frame, text: string): Promise<void> => {
        await field(frame).fill(text);
        await field(frame).press('Enter');
    };
    const message = (frame: Frame, text: string): Locator => frame.locator('.message.sent', { hasText: text }).last();
    /** Pastes what a clipboard holds, with the browser's own event. */
    const paste = (frame: Frame, forms: Readonly<Record<string, string>>, picture: boolean): Promise<void> =>
        field(frame).evaluate(
            (element, [all, hasPicture]) => {
                const input = element as HTMLTextAreaElement;
                const clipboardData = new DataTransfer();
                for (const [type, text] of Object.entries(all)) clipboardData.setData(type, text);
                const bytes = Uint8Array.from(
                    atob(
                        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
                    ),
                    (c) => c.codePointAt(0) ?? 0,
                );
                if (hasPicture) clipboardData.items.add(new File([bytes], 'image.png', { type: 'image/png' }));
                input.focus();
                const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
                // A made event pastes nothing by itself.
                if (!input.dispatchEvent(event)) return;
                input.setRangeText(all['text/plain'] ?? '', input.selectionStart, input.selectionEnd, 'end');
                input.dispatchEvent(new InputEvent('input', { bubbles: true }));
            },
            [forms, picture] as const,
        );
    before(async () => {
        pair = await openPair('mesh');
        const folder = join(pair.bob.folder, 'src', '[id]');
        await mkdir(folder, { recursive: true });
        await writeFile(join(pair.bob.folder, 'src', 'main.c'), 'int main() {\n    return x;\n}\n');
        await writeFile(join(folder, 'my page.ts'), 'a\nb\nc\n');
        const chat = (who: 'alice' | 'bob'): Promise<Frame> => pair[who].workbench.hushFrame('chat', 'open');
        [alice, bob] = await Promise.all([chat('alice'), chat('bob')]);
        other = await openOtherClient(pair.world.stack, pair.accounts.alice, pair.room);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        other?.stop();
        await pair?.stop();
    });

    it('pasted code arrives with every line and blank, and as a code block where the person wants one', async () => {
        await paste(alice, { 'text/plain': PYTHON, 'vscode-editor-data': '{"version":1,"mode":"python"}' }, false);
        const block = alice.getByRole('button', { name: 'Make It a Code Block (python)' });
        await block.waitFor();
        await keepPicture(pair.alice, 'chat-paste-code');
        await field(alice).press('Enter');
        const plain = message(bob, 'def greet').locator('.plain');
        await plain.waitFor();
        assert.equal(await plain.innerText(), PYTHON);
        await paste(alice, { 'text/plain': PYTHON, 'vscode-editor-data': '{"version":1,"mode":"python"}' }, false);
        await block.click();
        await field(alice).press('Enter');
        const code = message(bob, 'def greet').locator('pre');
        await code.waitFor();
        assert.equal(await code.innerText(), PYTHON);
        assert.equal(await message(bob, 'def greet').locator('.language').innerText(), 'python');
        for (const text of [
            'lint src/*.ts and test/*.ts first',
            '&lt; a\\*b __init__ 2**3**4',
            'npm i lodash@4.17.21',
        ]) {
            await write(alice, text);
            await message(bob, text).waitFor();
            assert.equal(await message(bob, text).locator('.body').innerText(), text);
        }
    });

    it('of a cell of a spreadsheet the words are pasted, and its picture is offered', async () => {
        const cell = { 'text/plain': 'a\tb\n', 'text/html': '<table><tr><td>a</td><td>b</td></tr></table>' };
        await paste(alice, cell, true);
        await alice.getByText('There is a picture, too.').waitFor();
        assert.deepEqual([await field(alice).inputValue(), await alice.locator('.held').count()], ['a\tb\n', 0]);
        await keepPicture(pair.alice, 'chat-paste-cell');
        await alice.getByRole('button', { name: 'Attach' }).click();
        await alice.locator('.held').waitFor();
        await field(alice).fill('');
        await alice
            .locator('.held')
            .getByRole('button', { name: /Remove/u })
            .click();
        await paste(alice, { 'text/html': '<img src="https://example.org/a.png">' }, true);
        await alice.locator('.held').waitFor();
        assert.equal(await field(alice).inputValue(), '');
        await alice
            .locator('.held')
            .getByRole('button', { name: /Remove/u })
            .click();
    });

    it('what compilers print leads to files that exist, and to no others', async () => {
        await write(alice, 'src/main.c:2:12: error: x, not src/other.c:1:1');
        const link = message(bob, 'error: x').locator('button.file');
        await link.waitFor();
        assert.deepEqual(await link.allInnerTexts(), ['src/main.c:2:12']);
        await link.click();
        await pair.bob.workbench.statusBar('Ln 2, Col 12').waitFor();
        await write(alice, 'and in src/[id]/my page.ts(3,1)');
        await message(bob, 'my page').locator('button.file').click();
        await pair.bob.workbench.statusBar('Ln 3, Col 1').waitFor();
        await write(alice, '(see https://en.wikipedia.org/wiki/Rust_(language))');
        await message(bob, 'wikipedia').locator('a').waitFor();
        assert.equal(
            await message(bob, 'wikipedia').locator('a').innerText(),
            'https://en.wikipedia.org/wiki/Rust_(language)',
        );
    });

    it('code that is copied in an editor is offered in its language', async () => {
        const { workbench } = pair.bob;
        await write(alice, 'copy src/main.c:1');
        await message(bob, 'copy src/main.c').locator('button.file').click();
        await workbench.tab('main.c').waitFor();
        await workbench.command('View: Focus Active Editor Group');
        await workbench.page.keyboard.press('ControlOrMeta+a');
        await workbench.page.keyboard.press('ControlOrMeta+c');
        await field(bob).focus();
        await workbench.page.keyboard.press('ControlOrMeta+v');
        await bob.getByRole('button', { name: 'Make It a Code Block (c)' }).click();
        assert.equal(await field(bob).inputValue(), '```c\nint main() {\n    return x;\n}\n```');
        await field(bob).press('Enter');
        await message(alice, 'return x').locator('pre .hljs-keyword').first().waitFor();
    });

    it('lists, lines, pictures, spoilers, flags and polls of other clients are what they were sent as', async () => {
        await other.html('list', '<ol start="5"><li>five<ol><li>one</li></ol></li><li value="998">big</li></ol>');
        await message(bob, 'five').waitFor();
        assert.equal(await message(bob, 'five').locator('ol').first().getAttribute('start'), '5');
        await other.html('pre', '<pre>first<br>  second</pre>');
        assert.equal(await message(bob, 'second').locator('pre').innerText(), 'first\n  second');
        await other.html('emoji', 'A <img data-mx-emoticon src="mxc://hs/x" alt=":cat:"> and <img src="mxc://hs/y">');
        assert.equal(await message(bob, ':cat:').locator('.body').innerText(), 'A :cat: and [picture]');
        const spoiler = await other.html(
            'The butler did it',
            'It was <span data-mx-spoiler="the end">the butler</span>',
        );
        const covered = message(bob, 'It was').locator('.secret');
        await covered.waitFor({ state: 'hidden' });
        const reveal = message(bob, 'It was').getByRole('button', { name: 'Spoiler: the end' });
        await reveal.focus();
        await reveal.press('Enter');
        await covered.waitFor({ state: 'visible' });
        await other.send('m.room.message', {
            msgtype: 'm.text',
            body: '> said before\n\nmy answer',
            'm.relates_to': { 'm.in_reply_to': { event_id: spoiler } },
        });
        await message(bob, 'my answer').locator('.quote', { hasText: 'It was [spoiler: the end]' }).waitFor();
        await message(bob, 'my answer').getByText('> said before').waitFor();
        await write(alice, `flag ${ENGLAND}`);
        await message(bob, `flag ${ENGLAND}`).waitFor();
        await other.send('org.matrix.msc3381.poll.start', {
            'org.matrix.msc3381.poll.start': {
                question: { 'org.matrix.msc1767.text': 'Lunch?' },
                answers: [
                    { id: 'a', 'org.matrix.msc1767.text': 'Soup' },
                    { id: 'b', 'org.matrix.msc1767.text': 'Rice' },
                ],
            },
        });
        await message(bob, 'Lunch?').getByText('Poll', { exact: true }).waitFor();
        await message(bob, 'Lunch?').getByText('2. Rice').waitFor();
        await keepPicture(pair.bob, 'chat-other-clients');
    });

    it('a reaction in two forms is one, and is taken back in both', async () => {
        await write(bob, 'react to this');
        const target = (await message(alice, 'react to this').getAttribute('data-key')) ?? '';
        for (const key of ['👍', '👍\uFE0F', `${'x'.repeat(60)}a`, `${'x'.repeat(60)}b`])
            await other.send('m.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key } });
        const seen = message(bob, 'react to this').locator('.reaction');
        await seen.nth(2).waitFor();
        assert.equal(await seen.count(), 3);
        const own = message(alice, 'react to this').getByRole('button', { name: '👍 1' });
        await own.click();
        await own.waitFor({ state: 'detached' });
        await seen.nth(2).waitFor({ state: 'detached' });
        assert.equal(await seen.count(), 2);
    });

    it('what is written from right to left stands so, in the field and in the conversation, and code does not', async () => {
        const HEBREW = 'שלום עולם';
        await field(alice).fill(HEBREW);
        assert.equal(await field(alice).evaluate((input) => getComputedStyle(input).direction), 'rtl');
        await field(alice).press('Enter');
        await other.html(
            HEBREW,
            `<p>${HEBREW} <code>a(b);</code></p><ol><li>${HEBREW}</li></ol><blockquote>${HEBREW}</blockquote><p>English</p>`,
        );
        const last = message(bob, 'English');
        await last.waitFor();
        const directions = await last.locator('.body').evaluate((body) =>
            ['p', 'code', 'ol', 'blockquote', 'p:last-child'].map((part) => {
                const element = body.querySelector(part);
                return element ? getComputedStyle(element).direction : 'none';
            }),
        );
        assert.deepEqual(directions, ['rtl', 'ltr', 'rtl', 'rtl', 'ltr']);
        await keepPicture(pair.bob, 'chat-right-to-left');
    });

    it('a name of many lines and letters is one line in the tree and in the chat, with the whole in its tooltip', async () => {
        const whole = `Ann\nsecond line ${'x'.repeat(200)}`;
        await other.rename(whole);
        const { workbench } = pair.bob;
        const row = workbench.row('Ann second line');
        await row.waitFor();
        const label = await row.locator('.label-name').first().innerText();
        assert.ok(label.length <= 64 && label.endsWith('…'), label);
        await workbench.tooltip('Ann second line', 'x'.repeat(150));
        const name = bob.locator('.message:not(.own) header .name').last();
        await bob.locator('.message:not(.own) header .name', { hasText: label }).last().waitFor();
        assert.equal(await name.innerText(), label);
        assert.match((await name.getAttribute('title')) ?? '', /x{200}/u);
        await keepPicture(pair.bob, 'chat-long-name');
        await other.rename(await bob.locator('.own header .name').first().innerText());
        await workbench.row(`(${pair.accounts.alice.userId})`).waitFor();
        await workbench.row(`(${pair.accounts.bob.userId})`).waitFor();
        await keepPicture(pair.bob, 'chat-same-names');
    });
});
