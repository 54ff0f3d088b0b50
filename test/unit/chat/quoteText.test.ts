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
        assert.equal(quoteText('alt', '<p> </p>'), 'alt');
    });
    it('leave out what the message itself quotes', () => {
        assert.equal(quoteText('yes', '<mx-reply><blockquote>old</blockquote></mx-reply>yes'), 'yes');
    });
    it('name a picture, and keep a spoiler covered', () => {
        for (const [html, words] of [
            ['<img src="mxc://x/y">', '[picture]'],
            ['<img alt=":cat:" data-mx-emoticon> hi', ':cat: hi'],
            ['<img title="A &lt;b&gt;" alt="">', 'A <b>'],
            ['It is <span data-mx-spoiler="end">the <b>butler</b></span>!', 'It is [spoiler: end]!'],
            ['<span data-mx-spoiler>a <span>b</span> c</span> d', '[spoiler] d'],
            ['<span data-mx-spoiler="a>b">c</span> d', '[spoiler: a>b] d'],
            ["<DIV class='x' DATA-MX-SPOILER='end'>a<div>b</div>c</DIV>d", '[spoiler: end]d'],
            ['<span data-mx-spoiler=x>a', '[spoiler: x]'],
            ['<pre data-mx-spoiler>a</pre>b', '[spoiler]b'],
            ['<span title="data-mx-spoiler">a</span>', 'a'],
        ] as const)
            assert.equal(quoteText('the secret', html), words, html);
    });
    it('are the first words of a long message, and take no time', () => {
        for (const html of [
            `<${'a'.repeat(40_000)}`,
            '<a'.repeat(20_000),
            '<a b="'.repeat(7_000),
            `<a ${'"\''.repeat(20_000)}`,
            '<mx-reply>'.repeat(4_000),
            `<mx-reply>${'</mx-reply'.repeat(4_000)}`,
            `&${'a'.repeat(40_000)}`,
        ]) {
            const start = performance.now();
            quoteText('x', html);
            assert.ok(performance.now() - start < 500, html.slice(0, 20));
        }
        const long = quoteText('', `<b>Hi</b> ${'word '.repeat(20_000)}`);
        assert.ok(long.startsWith('Hi word word') && long.length < 10_000);
        assert.equal(quoteText('', `Hi <a href="${'x'.repeat(5_000)}">there</a>`), 'Hi', 'no half of a tag');
        const reply = `<MX-REPLY>${'old '.repeat(5_000)}</mx-reply>yes<mx-reply>b</mx-reply>`;
        assert.equal(quoteText('', reply), 'yes', 'what is left out does not count');
    });
    it('are text, whatever comes in', () => {
        fc.assert(fc.property(fc.string(), fc.string(), (body, html) => typeof quoteText(body, html) === 'string'));
        assert.equal(quoteText('x', '&#x110000; &#9999999; a'), '&#x110000; &#9999999; a');
    });
});
