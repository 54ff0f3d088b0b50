import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { quoteText } from '../../../src/core/chat/quoteText.ts';

describe('the words of a quotation', () => {
    it('are what its HTML shows, not the Markdown that it was written in', () => {
        for (const [body, html, words] of [
            ['use `npm ci` **now**', 'use <code>npm ci</code> <strong>now</strong>', 'use npm ci now'],
            [
                '```ts\nlet a = 1 < 2;\n```',
                '<pre><code class="language-ts">let a = 1 &lt; 2;\n</code></pre>',
                'let a = 1 < 2;',
            ],
            ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>', 'a   \n b'.replaceAll(/\s+/gu, ' ')],
            ['a\nb', 'a<br>\nb', 'a b'],
            ['&amp; &#65;', '&amp;amp; &amp;#65; &#65;&#x42;', '&amp; &#65; AB'],
        ] as const)
            assert.equal(quoteText(body, html).replaceAll(/\s+/gu, ' '), words);
    });
    it('are its body where there is no HTML, or none that says anything', () => {
        assert.equal(quoteText('`as typed`', null), '`as typed`');
        assert.equal(quoteText('alt', '<img src="mxc://x/y">'), 'alt');
    });
    it('leave out what the message itself quotes', () => {
        assert.equal(quoteText('yes', '<mx-reply><blockquote>old</blockquote></mx-reply>yes'), 'yes');
    });
    it('are text, whatever comes in', () => {
        fc.assert(fc.property(fc.string(), fc.string(), (body, html) => typeof quoteText(body, html) === 'string'));
        assert.equal(quoteText('x', '&#x110000; &#9999999; a'), '&#x110000; &#9999999; a');
    });
});
