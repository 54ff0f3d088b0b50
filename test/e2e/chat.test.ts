/** The chat of a session, in two real VS Code windows, through a real homeserver. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import type { Frame } from 'playwright-core';
import { startFaultProxy, type FaultProxy } from '../integration/support/faultProxy.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { scrolled, untilKept } from './support/conversation.ts';
import { sendHostile } from './support/hostile.ts';
import { changeSettings } from './support/flows.ts';
import { matrixHttp } from './support/matrixHttp.ts';
import { openPair, type Pair } from './support/pair.ts';
import type { Person } from './support/person.ts';
import { sharedWorld } from './support/world.ts';

const CODE = ['export function greet(name: string): string {', '    // says it', '    return `Hello ${name}`;', '}'];

describe('the chat beside the tree', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    /** Between Bob and the homeserver. */
    let proxy: FaultProxy;
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
        const { stack } = await sharedWorld();
        proxy = await startFaultProxy(stack.baseUrl);
        const his = { baseUrl: proxy.url, createAccount: stack.createAccount };
        pair = await openPair('mesh', [stack, his]);
        const folder = join(pair.bob.folder, 'src');
        await mkdir(folder);
        await writeFile(join(folder, 'greet.ts'), `${CODE.join('\n')}\n`);
        await pair.bob.workbench.command('Hush: Link Workspace to Room…');
        await pair.bob.workbench.pick(pair.room);
        [alice, bob] = await Promise.all([chatOf(pair.alice), chatOf(pair.bob)]);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        await pair?.stop();
        await proxy?.stop();
    });

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
        await first.focus();
        await first.getByRole('button', { name: 'React', exact: true }).click();
        await first.getByRole('menuitem', { name: 'React with 👍' }).click();
        const seen = message(alice, 'please').getByRole('button', { name: '👍 1' });
        await seen.waitFor();
        await first.getByRole('button', { name: '👍 1' }).click();
        await seen.waitFor({ state: 'detached' });
        await first.focus();
        await first.getByRole('button', { name: 'Reply' }).click();
        await write(bob, 'I see');
        await message(alice, 'I see').locator('.quote', { hasText: 'Look at' }).waitFor();
        // The same without a mouse: the newest message, and Tab to what can be done with it.
        await bob.getByRole('group', { name: /^Conversation/u }).focus();
        await pair.bob.workbench.page.keyboard.press('ArrowUp');
        await pair.bob.workbench.page.keyboard.press('ArrowUp');
        await pair.bob.workbench.page.keyboard.press('ArrowDown');
        await pair.bob.workbench.page.keyboard.press('Tab');
        await bob.locator('.message.sent', { hasText: 'I see' }).locator('button:focus').waitFor();
        await bob.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
        await write(bob, 'I see it now');
        await message(alice, 'I see it now').getByText('(edited)').waitFor();
        await keepPicture(pair.alice, 'chat');
    });

    it('Bob sees that she writes, and who has read his message; the tree says who is there', async () => {
        const typing = bob.getByRole('status').getByText('is typing…');
        await alice.getByRole('textbox', { name: 'Message' }).pressSequentially('hm');
        await typing.waitFor();
        await keepPicture(pair.bob, 'typing');
        await alice.getByRole('textbox', { name: 'Message' }).fill('');
        await typing.waitFor({ state: 'hidden' });
        await write(bob, 'have you read this?');
        await bob.locator('.message.sent:has-text("have you read this?") + .seen').waitFor();
        await pair.bob.workbench.row('online').waitFor();
        await keepPicture(pair.bob, 'presence');
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
        const own = bob.locator('.message.sent.own', { hasText: 'return `Hello' }); // once it is no echo any more
        await own.focus(); // what is inserted above moves it from under a pointer
        await own.getByRole('button', { name: 'Delete…' }).click();
        await workbench.page.getByRole('button', { name: 'Delete', exact: true }).click();
        await alice.locator('.message.deleted').waitFor();
    });

    it('a message that the server refuses or never hears stays, with the reason, to be sent, changed or discarded', async () => {
        const failed = (text: string) => bob.locator('.message.failed', { hasText: text });
        const button = (text: string, name: string) => failed(text).getByRole('button', { name });
        const isSend = ({ path }: { path: string }): boolean => path.includes('/send/m.room.encrypted/');
        const release = proxy.holdRequests(isSend);
        await write(bob, 'is this on?');
        await bob.locator('.message.sending', { hasText: 'is this on?' }).waitFor();
        const body = { errcode: 'M_FORBIDDEN', error: 'Not today' };
        proxy.meddle((passing) => (isSend(passing) ? { kind: 'refuse', status: 403, body } : undefined));
        release();
        await failed('is this on?').getByText('You may not do that in this room.').waitFor();
        await keepPicture(pair.bob, 'chat-failed');
        proxy.meddle(undefined);
        await button('is this on?', 'Retry').click();
        await message(alice, 'is this on?').waitFor();
        await message(bob, 'is this on?').waitFor();

        proxy.meddle((passing) => (isSend(passing) ? { kind: 'hangUp' } : undefined));
        await write(bob, 'never mind');
        await failed('never mind').getByText('there is no connection').waitFor();
        await button('never mind', 'Edit').click();
        await failed('never mind').waitFor({ state: 'detached' });
        assert.equal(await bob.getByRole('textbox', { name: 'Message' }).inputValue(), 'never mind');
        await write(bob, 'never mind me');
        await button('never mind me', 'Discard').click();
        await bob.locator('.message', { hasText: 'never mind' }).waitFor({ state: 'detached' });
        proxy.meddle(undefined);
        await write(bob, 'good');
        await message(alice, 'good').waitFor();
        const texts = await alice.locator('.message.sent .body').allInnerTexts();
        assert.deepEqual(texts.slice(-2), ['is this on?', 'good']);
    });

    it('what was written without a connection survives a reload, and goes out by itself, in its order', async () => {
        const { page } = pair.bob.workbench;
        proxy.meddle(({ path }) => (/\/(?:sync|send)\b/u.test(path) ? { kind: 'hangUp' } : undefined));
        await bob.getByText('No connection. Messages wait here.').waitFor();
        await bob.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
        await write(bob, 'good indeed');
        for (const text of ['from the tunnel', 'still in the tunnel']) await write(bob, text);
        const first = message(bob, 'please').first();
        await first.focus();
        await first.getByRole('button', { name: 'React', exact: true }).click();
        await first.getByRole('menuitem', { name: 'React with 🎉' }).click();
        await first.getByRole('button', { name: '🎉 1' }).waitFor();
        for (const text of ['good indeed', 'from the tunnel', 'still in the tunnel'])
            await bob.locator('.message', { hasText: text }).getByText('It goes out by itself').waitFor();
        await keepPicture(pair.bob, 'chat-offline');
        await untilKept(page, '🎉');
        await page.reload();
        await page.getByText(/^No connection to/u).waitFor();
        proxy.meddle(undefined);
        await message(alice, 'still in the tunnel').waitFor();
        await message(alice, 'good indeed').getByText('(edited)').waitFor();
        await message(alice, 'please').first().getByRole('button', { name: '🎉 1' }).waitFor();
        bob = await chatOf(pair.bob);
        for (const frame of [alice, bob]) {
            await message(frame, 'still in the tunnel').waitFor();
            await frame.locator('.failure').first().waitFor({ state: 'detached' });
            const texts = await frame.locator('.message.sent .body').allInnerTexts();
            assert.deepEqual(
                texts.slice(-4).map((text) => text.replace(/\s*\(edited\)/u, '')),
                ['is this on?', 'good indeed', 'from the tunnel', 'still in the tunnel'],
            );
        }
    });

    it('a problem that VS Code reports is sent with its place and its line', async () => {
        const { workbench, folder } = pair.bob;
        await writeFile(join(folder, 'broken.json'), '{ "a": }\n');
        await workbench.command('View: Show Explorer');
        await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'broken.json' }).dblclick();
        await workbench.page.locator('.squiggly-error').first().waitFor();
        await workbench.command('Hush: Send Problem to Session');
        const seen = message(alice, 'broken.json:1:8');
        await seen.locator('strong', { hasText: 'Error' }).waitFor();
        await seen.locator('pre', { hasText: '{ "a": }' }).waitFor();
        await keepPicture(pair.alice, 'chat-problem');
        bob = await chatOf(pair.bob);
    });

    it('counts what came while the view was closed, and forgets it when seen', async () => {
        const { workbench } = pair.bob;
        const { page } = workbench;
        const last = await bob.locator('.message.sent').last().getAttribute('data-key');
        await untilKept(page, last ?? '');
        await workbench.command('View: Show Explorer');
        await untilKept(page, 'workbench.sidebar.activeviewletid=workbench.view.extension.', false);
        await page.reload(); // in this window it was never open
        await write(alice, 'are you there?');
        const badge = page.locator('.activitybar .badge-content', { hasText: '1' });
        await badge.first().waitFor();
        await workbench.command('Hush: Focus on Sessions View');
        bob = await chatOf(pair.bob);
        await message(bob, 'are you there?').waitFor();
        await bob.locator('.day.new').waitFor();
        await badge.first().waitFor({ state: 'hidden' });
    });

    it('a reply leads to what it answers, however far up, and a button back to the newest', async () => {
        for (let i = 0; i < 60; i++) await write(alice, `line ${i}`);
        await message(bob, 'line 59').waitFor();
        await bob.locator('.scroller').evaluate((scroller) => (scroller.scrollTop = 0));
        const first = message(bob, 'please').first();
        await first.focus();
        await first.getByRole('button', { name: 'Reply' }).click();
        await write(bob, 'about the first');
        await message(alice, 'about the first').waitFor();
        // A window that is loaded again has what the sync saved, which does not reach back so far.
        await pair.bob.workbench.page.reload();
        bob = await chatOf(pair.bob);
        const reply = message(bob, 'about the first');
        await reply.waitFor();
        assert.equal(await message(bob, 'says it').count(), 0, 'the first messages are there: this tests nothing');
        await reply.locator('.quote').click();
        await message(bob, 'says it').waitFor();
        await keepPicture(pair.bob, 'chat-further-up');
        await bob.getByRole('button', { name: 'Newest messages' }).click();
        await reply.waitFor();
        await message(bob, 'says it').waitFor({ state: 'detached' });

        await reply.locator('.quote').click();
        await message(bob, 'says it').waitFor();
        await reply.waitFor({ state: 'detached' });
        await scrolled(bob, 'down', 'about the first');
        assert.equal(await message(bob, 'says it').count(), 1);
    });

    it('who wants to be left alone tells nobody that they are there, write or have read', async () => {
        const told = (from: number): string[] =>
            proxy.seen
                .slice(from)
                .map(({ path }) => /\/(typing|read_markers|receipt|presence)\b/u.exec(path)?.[1] ?? '')
                .filter(Boolean);
        const hidden = ({ path }: { path: string }): boolean => path.includes('set_presence=offline');
        assert.ok(told(0).includes('read_markers') && told(0).includes('typing') && !proxy.seen.some(hidden));
        await changeSettings(pair.bob, {
            'hush.presence.send': false,
            'hush.chat.sendTyping': false,
            'hush.chat.sendReadReceipts': false,
        });
        bob = await chatOf(pair.bob);
        const from = proxy.seen.length;
        await write(alice, 'anybody?');
        await message(bob, 'anybody?').waitFor();
        await bob.getByRole('textbox', { name: 'Message' }).pressSequentially('just');
        await write(bob, 'just me');
        await message(alice, 'just me').waitFor();
        assert.deepEqual(told(from), []);
        const syncs = proxy.seen.slice(from).filter(({ path }) => path.includes('/sync?'));
        assert.ok(syncs.length > 0 && syncs.every(hidden));
    });

    it('scrolling up gets what is older than what a new window has', async () => {
        assert.equal(await message(bob, 'says it').count(), 0, 'the first messages are there: this tests nothing');
        await scrolled(bob, 'up', 'says it');
        await bob.getByRole('button', { name: 'Newest messages' }).click();
        await message(bob, 'just me').waitFor();
    });

    it('a room where Bob may only read says so, and stays the one that he picked after a reload', async () => {
        const { workbench } = pair.bob;
        const { baseUrl } = pair.world.stack;
        const { alice: hers, bob: his } = pair.accounts;
        const by = await matrixHttp(baseUrl, hers);
        const rules = { invite: [his.userId], powerLevels: { events_default: 50 } };
        const news = await by.createRoom({ name: 'only news', encrypted: true, ...rules });
        await (await matrixHttp(baseUrl, his)).join(news);
        await workbench.row('only news').waitFor();
        await workbench.command('Hush: Open Chat…');
        await workbench.pick('only news');
        const closed = (frame: Frame) =>
            frame.getByPlaceholder('You cannot write here. This room asks for level 50; you have 0.');
        await closed(bob).waitFor();
        assert.ok(await closed(bob).isDisabled());
        await keepPicture(pair.bob, 'chat-read-only');
        await workbench.command('Hush: Send Problem to Session');
        await workbench.seeNotification(/You cannot write here\. This room asks for level 50/u);
        await workbench.clearNotifications();
        await workbench.page.reload();
        bob = await chatOf(pair.bob);
        await closed(bob).waitFor();
        await workbench.command('Hush: Open Chat…');
        await workbench.pick(pair.room);
        await message(bob, 'just me').waitFor();
    });

    it('what Bob did not get sent is nothing to another account in his window, and goes out when he is back', async () => {
        const { workbench } = pair.bob;
        const { baseUrl, createAccount } = pair.world.stack;
        const carol = await createAccount(`carol-${Date.now().toString(36)}`);
        const by = await matrixHttp(baseUrl, pair.accounts.alice);
        for (const roomId of await by.joinedRooms()) {
            if (!(await by.state(roomId)).some(({ content }) => content['name'] === pair.room)) continue;
            await by.invite(roomId, carol.userId);
            await (await matrixHttp(baseUrl, carol)).join(roomId);
        }
        const field = (frame: Frame) => frame.getByRole('textbox', { name: 'Message' });
        const shows = (userId: string) => workbench.sidebar(userId).waitFor();
        proxy.meddle(({ path }) => (path.includes('/send/') ? { kind: 'hangUp' } : undefined));
        await write(bob, 'from Bob alone');
        await bob.locator('.message', { hasText: 'from Bob alone' }).getByText('It goes out by itself').waitFor();
        await field(bob).fill('half a thought');

        await workbench.command('Hush: Switch Account…');
        await workbench.pick('Sign in with another account');
        await workbench.answer(/homeserver/iu, proxy.url);
        await workbench.answer(/user name/iu, carol.userId);
        await workbench.answer(/Password/u, carol.password);
        await shows(carol.userId);
        const hers = await chatOf(pair.bob);
        await write(alice, 'hello Carol');
        await message(hers, 'hello Carol').waitFor();
        proxy.meddle(undefined);
        assert.equal(await hers.locator('.message', { hasText: 'from Bob alone' }).count(), 0);
        assert.equal(await field(hers).inputValue(), '');
        await write(hers, 'hello all');
        await message(alice, 'hello all').waitFor();
        assert.equal(await message(alice, 'from Bob alone').count(), 0);

        await workbench.command('Hush: Switch Account…');
        await workbench.pick(pair.accounts.bob.userId);
        await shows(pair.accounts.bob.userId);
        await message(alice, 'from Bob alone').getByText('Bob ', { exact: false }).first().waitFor();
        bob = await chatOf(pair.bob);
        await message(bob, 'from Bob alone').waitFor();
        assert.equal(await field(bob).inputValue(), 'half a thought');
        await field(bob).fill('');
    });

    it('what a hostile client sends runs nothing, turns nothing around and does not cover the page', async () => {
        await sendHostile(pair.world.stack, pair.accounts.alice, pair.room);
        await message(bob, 'the rest').waitFor();
        for (const text of ['too deep', 'as deep as may be', 'W'.repeat(100)]) await message(bob, text).waitFor();
        await message(bob, 'invoice [U+202E]fdp.exe').waitFor();
        const forbidden = 'script, img, iframe, style, form, [style], [id], .composer, a[href^="command:"]';
        assert.equal(await bob.locator(`.body :is(${forbidden})`).count(), 0);
        const { title, wider } = await bob.locator('.scroller').evaluate((scroller) => ({
            title: document.title,
            wider: scroller.scrollWidth - scroller.clientWidth,
        }));
        assert.deepEqual([title, wider], ['Hush Chat', 0]);
        await keepPicture(pair.bob, 'chat-hostile');
        await write(bob, 'never mind them');
        await message(alice, 'never mind them').waitFor();
    });
});
