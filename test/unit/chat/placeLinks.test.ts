/** Which files the chat page asks its host for, and how often. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { beforeEach, describe, it } from 'mocha';
import { createBodyRenderer, type BodyRenderer } from '../../../src/webview/chat/bodyRenderer.ts';
import { createPlaceLinks, type PlaceLinks } from '../../../src/webview/chat/placeLinks.ts';

describe('the files that messages name', () => {
    let bodies: BodyRenderer;
    let places: PlaceLinks;
    let now = 0;
    const asked: string[] = [];
    /** Draws a message, and returns what was asked. */
    const draw = async (text: string, html: string | null = null): Promise<string[]> => {
        bodies.render(text, html);
        await Promise.resolve(); // they are asked for together
        return asked.splice(0);
    };
    beforeEach(function () {
        this.timeout(20_000);
        const { window } = new JSDOM('<!DOCTYPE html><body></body>');
        now = 0;
        places = createPlaceLinks(window.document, {
            ask: (paths) => asked.push(...paths),
            open: () => assert.fail(),
            now: () => now,
        });
        bodies = createBodyRenderer(window, places, { copy: () => assert.fail() });
    });

    it('are limited in each message, and the others stay text', async () => {
        const many = Array.from({ length: 2_000 }, (_, i) => `f${i}.c:1`);
        for (const [text, html] of [
            [many.join('\n'), null],
            ['', `<p>${many.join('</p><p>').replaceAll('f', 'g')}</p>`],
            ['', `<pre><code>${many.join('\n').replaceAll('f', 'h')}</code></pre>`],
            [many.map((one) => `in my dir ${one}`).join('\n'), null],
        ] as const) {
            const paths = await draw(text, html);
            assert.ok(paths.length > 100 && paths.length <= 200, String(paths.length));
            places.answered(paths, []);
        }
        assert.deepEqual(await draw('other.c:1'), ['other.c'], 'each message has its own number');
        assert.ok(bodies.render(many.join('\n'), null).textContent?.endsWith('f1999.c:1'));
    }).timeout(20_000);

    it('are asked for again after a minute only, if they do not exist', async () => {
        const first = await draw('no.ts:1 and yes.ts:2');
        assert.ok(first.includes('no.ts') && first.includes('yes.ts'));
        places.answered(first, ['yes.ts']);
        now = 59_999;
        assert.deepEqual(await draw('no.ts:1 and yes.ts:2'), []);
        assert.deepEqual(await draw('no.ts:5'), []);
        now = 60_000;
        const again = await draw('no.ts:1 and yes.ts:2');
        assert.ok(again.includes('no.ts') && !again.includes('yes.ts'));
        places.answered(again, ['no.ts']);
        now = 200_000;
        assert.deepEqual(await draw('no.ts:1'), []);
    });
});
