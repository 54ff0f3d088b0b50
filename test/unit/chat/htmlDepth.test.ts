/** The estimate against what a real parser makes of the same text. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { before, describe, it } from 'mocha';
import { depthOf } from '../../../src/matrix/chat/htmlDepth.ts';
import { parseMessage, withoutReplyFallback } from '../../../src/matrix/chat/parseMessage.ts';
import { messageText } from '../../../src/matrix/events/markdown.ts';

const NAMES =
    'b i a p div span ul li table tbody tr td th caption col colgroup thead br img hr font h1 h2 pre code details summary mx-reply svg math mi mtext annotation-xml foreignObject title desc style script textarea xmp template select option optgroup form button object marquee iframe noscript nobr plaintext frameset body html input dd dt ruby rp image isindex keygen'.split(
        ' ',
    );
const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...NAMES.slice(0, 26)) }, fc.constantFrom(...NAMES));
const attribute = fc.constantFrom(
    '',
    '',
    '',
    ' x',
    ' x=1',
    ' x="</b>"',
    " y='</i><p>'",
    ' z=a/',
    ' "',
    " a'",
    ' =',
    '/',
    ' x="',
    " x='",
    ' color=a',
    ' color=b',
    ' color=c',
    ' encoding="text/html"',
);
const piece = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(name, attribute).map(([tag, attributes]) => `<${tag}${attributes}>`) },
    { weight: 5, arbitrary: fc.tuple(name, attribute).map(([tag, attributes]) => `</${tag}${attributes}>`) },
    {
        weight: 2,
        arbitrary: fc.constantFrom(
            'x',
            ' ',
            '<',
            '</',
            '<!--',
            '-->',
            '<!-->',
            '<![CDATA[',
            ']]>',
            '<?',
            '<!x>',
            '</>',
            '</ >',
            '<B>',
            '</B>',
            '<b/>',
            '<b\u00a0>',
            '</b\u00a0>',
            '</bloc\u212aquote>',
            '<blockquote>',
            '\0',
            '&lt;b>',
            '"',
            "'",
            '>',
            '<b<i>',
            '<b\n>',
        ),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 5 }) },
);
/** Mostly well-formed, with something odd here and there. */
const nested = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.oneof(fc.constantFrom('x', '<br>', ' '), piece),
        fc
            .tuple(name, attribute, fc.array(tie('node'), { maxLength: 4 }))
            .map(([tag, attributes, inner]) => `<${tag}${attributes}>${inner.join('')}</${tag}>`),
    ),
})).node;

/** Nothing but elements of messages, in and out of their places: here end tags count. */
const plain = fc
    .array(
        fc
            .tuple(
                fc.constantFrom('', '', '', '/'),
                fc.constantFrom(
                    ...'b i a p div ul li table tbody thead tr td th caption h1 h2 font pre br span'.split(' '),
                ),
                fc.constantFrom('', '', ' color=a', ' color=b', ' color=c', ' color=d', ' x="</b>"'),
            )
            .map(([slash, tag, attributes]) => `<${slash}${tag}${attributes}>`),
        { maxLength: 40 },
    )
    .map((parts) => parts.join('x'));

function depth(node: Node): number {
    let most = 0;
    const walk = (parent: ParentNode, level: number): void => {
        for (const child of parent.children) {
            most = Math.max(most, level + 1);
            walk(child, level + 1);
            if ('content' in child) walk(child.content as DocumentFragment, level + 1); // a template’s
        }
    };
    walk(node as unknown as ParentNode, 0);
    return most;
}

describe('how deep HTML nests', () => {
    let dom: JSDOM;
    const real = (html: string): number => {
        const holder = dom.window.document.createElement('div');
        holder.innerHTML = html;
        const page = new dom.window.DOMParser().parseFromString(html, 'text/html');
        return Math.max(depth(holder), depth(page.body));
    };
    before(function () {
        this.timeout(20_000);
        dom = new JSDOM('<!DOCTYPE html>');
    });

    it('is never estimated as less than what a parser makes of it', function () {
        this.timeout(120_000);
        const html = fc.oneof(
            fc.array(piece, { maxLength: 40 }).map((parts) => parts.join('')),
            fc.array(nested, { maxLength: 4 }).map((parts) => parts.join('')),
            plain,
        );
        fc.assert(
            fc.property(html, (text) => {
                assert.ok(depthOf(text) >= real(text), `${depthOf(text)} < ${real(text)}`);
            }),
            { numRuns: 4_000 },
        );
    });

    it('is what it is, where every element is closed in its place', () => {
        const exact = [
            ['', 0],
            ['a < b & c', 0],
            ['<b>a</b> <i>b</i>', 1],
            ['<p>x</p>'.repeat(500), 1],
            [`<ul>${'<li><p>x <a href="https://e.org/?a=1&b=<">y</a></p></li>'.repeat(300)}</ul>`, 4],
            ['<pre><code class="language-ts">a\n</code></pre>'.repeat(200), 2],
            [`<table><thead><tr><th>a</th></tr></thead><tbody>${'<tr><td>1</td></tr>'.repeat(300)}</tbody></table>`, 4],
            ['<blockquote>'.repeat(30) + '</blockquote>'.repeat(30), 30],
        ] as const;
        for (const [text, expected] of exact) assert.deepEqual([depthOf(text), real(text)], [expected, expected], text);
        const long = messageText(
            Array.from({ length: 400 }, (_, i) => `- **${i}** [x](https://e.org) \`y\``).join('\n'),
        );
        assert.equal(depthOf(long.formatted_body ?? ''), real(long.formatted_body ?? ''));
    });

    it('a close of something else does not make it less', () => {
        const html = '<b></i>'.repeat(150);
        assert.ok(depthOf(html) >= 150);
        assert.equal(
            parseMessage({ ...messageText('x'), format: 'org.matrix.custom.html', formatted_body: html }).html,
            null,
        );
    });

    it('what is left without the quotation of a reply is measured too', () => {
        const deep = '<i>'.repeat(200);
        const content = {
            msgtype: 'm.text',
            body: 'x',
            format: 'org.matrix.custom.html',
            formatted_body: `<mx-reply><b title="</mx-reply>${deep}">y</b></mx-reply>`,
        };
        assert.equal(withoutReplyFallback(parseMessage(content)).html, null);
    });

    it('takes ms for a body of any make', () => {
        const size = 65_536;
        for (const part of [
            '<',
            '<a',
            '<a ',
            '<a x="',
            "<a x='",
            '<a x="<a y=\'',
            '</',
            '<b>',
            '</b>',
            '<a b=c ',
            ' \t',
            '<a =',
            '<!--',
            '<a x=" y="',
        ])
            for (const text of [
                part.repeat(size / part.length),
                `<a${part.repeat(size / part.length)}`,
                `<a ${' x'.repeat(size / 4)}${part.repeat(size / 2 / part.length)}`,
            ]) {
                // The time of the processor, because other work on the machine does not count.
                const start = process.cpuUsage();
                depthOf(text);
                const ms = process.cpuUsage(start).user / 1_000;
                assert.ok(ms < 250, `${ms} ms for ${part}`);
            }
    });
});
