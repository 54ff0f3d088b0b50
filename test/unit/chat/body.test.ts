/** Hostile events through parse, fold and view, in a real DOM. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { before, describe, it } from 'mocha';
import * as v from 'valibot';
import { foldMessages } from '../../../src/matrix/chat/foldMessages.ts';
import { messageText } from '../../../src/matrix/events/markdown.ts';
import type { RawEvent } from '../../../src/matrix/events/rawEvent.ts';
import { createBodyRenderer, type BodyRenderer } from '../../../src/webview/chat/bodyRenderer.ts';
import { createPlaceLinks, type PlaceLinks } from '../../../src/webview/chat/placeLinks.ts';
import type { Place } from '../../../src/webview/chat/places.ts';
import { chatMessage } from '../../../src/core/chat/message.ts';

const people = { self: '@me:hs', name: (id: string) => id, mayDelete: () => true };
const NASTY = [
    '<script>steal()</script>',
    '<img src=x onerror=steal()>',
    '<a href="javascript:steal()">x</a>',
    '<a href=" data:text/html,x">x</a>',
    '<a href="command:workbench.action.quit">x</a>',
    '<svg><animate onbegin=steal()>',
    '<math><mtext><table><mglyph><style><img src=x onerror=steal()>',
    '<form action="https://evil"><input name=x><button formaction="x">go</button></form>',
    '<p style="position:fixed;inset:0" class="composer" id="app" data-key="x">x</p>',
    '<iframe srcdoc="<script>1</script>">',
    '<code class="language-ts hljs evil">a</code>',
    '<pre><code class="language-html">&lt;script&gt;steal()&lt;/script&gt;</code></pre>',
    '<noscript><p title="</noscript><img src=x onerror=steal()>">',
    '<template><img src=x onerror=steal()></template>',
    '<mx-reply><blockquote>quoted</blockquote></mx-reply>mine',
    '\u202Egnp.exe',
];
const html = fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 6 })
    .map((parts) => parts.join(''));
const body = fc.oneof(html, fc.anything());
const number = fc.oneof(fc.double(), fc.integer(), fc.anything());
const FILE = {
    v: 'v2',
    url: 'mxc://hs.example/abc',
    key: { kty: 'oct', alg: 'A256CTR', k: 'A'.repeat(43) },
    iv: 'A'.repeat(22),
    hashes: { sha256: 'A'.repeat(43) },
};
const content = fc.oneof(
    fc.anything(),
    fc.record(
        {
            msgtype: fc.oneof(
                fc.constantFrom('m.text', 'm.notice', 'm.emote', 'm.file', 'm.image', 'm.video'),
                fc.anything(),
            ),
            body,
            format: fc.oneof(fc.constant('org.matrix.custom.html'), fc.anything()),
            formatted_body: body,
            filename: body,
            url: fc.oneof(fc.constant('mxc://hs/clear'), fc.anything()),
            file: fc.oneof(fc.constant(FILE), fc.anything()),
            info: fc.oneof(
                fc.anything(),
                fc.record({ size: number, w: number, h: number, thumbnail_file: fc.constant(FILE) }),
            ),
            'm.new_content': fc.anything(),
        },
        { requiredKeys: [] },
    ),
);
const relation = (ids: readonly string[]) =>
    fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        fc.anything(),
        fc.record({ 'm.in_reply_to': fc.record({ event_id: fc.constantFrom(...ids) }) }),
        fc.record({ rel_type: fc.constant('m.annotation'), event_id: fc.constantFrom(...ids), key: body }),
    );
const IDS = Array.from({ length: 12 }, (_, i) => `$${i}`);
const raw = (type: string): fc.Arbitrary<Omit<RawEvent, 'id'>> =>
    fc.record({
        sender: fc.oneof(
            fc.constantFrom('@me:hs', '@you:hs'),
            fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
        ),
        ts: fc.oneof(fc.integer(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY)),
        type: fc.constant(type),
        content,
        relation: relation(IDS),
        redacted: fc.constant(false),
        txnId: fc.constant(undefined),
        encrypted: fc.constant(type === 'm.room.message'),
        failure: fc.option(fc.constantFrom('MEGOLM_KEY_WITHHELD', '__proto__', 'toString'), { nil: undefined }),
    });

const ATTRIBUTES = [
    'href',
    'class',
    'start',
    'value',
    'reversed',
    'title',
    'type',
    'tabindex',
    'dir',
    'hidden',
    'aria-expanded',
];
const ALLOWED = new Set(
    'DEL H1 H2 H3 H4 H5 H6 BLOCKQUOTE P A UL OL SUP SUB LI B I U STRONG EM S CODE HR BR DIV TABLE THEAD TBODY TR TH TD CAPTION PRE SPAN DETAILS SUMMARY BUTTON'.split(
        ' ',
    ),
);

describe('the body of a message', () => {
    let dom: JSDOM;
    let bodies: BodyRenderer;
    let places: PlaceLinks;
    let now = 0;
    const opened: Place[] = [];
    const asked: string[] = [];
    const copied: string[] = [];
    const draw = (text: string, formatted: string | null): HTMLElement => {
        const holder = dom.window.document.createElement('div');
        holder.append(bodies.render(text, formatted));
        return holder;
    };
    const assertSafe = (holder: HTMLElement): void => {
        for (const element of holder.querySelectorAll('*')) {
            assert.ok(ALLOWED.has(element.tagName), element.tagName);
            for (const { name, value } of element.attributes) {
                assert.ok(ATTRIBUTES.includes(name), `${name}=${value}`);
                if (name === 'href') assert.match(value, /^(?:https?|mailto):/u);
                if (name === 'class')
                    assert.match(
                        value,
                        /^(?:language-[\w#+.-]{1,32}|plain|file|place|copy|code|language|spoiler|reveal|secret|wide|hljs-[\w -]+|)$/u,
                    );
            }
        }
    };
    before(function () {
        this.timeout(20_000);
        dom = new JSDOM('<!DOCTYPE html><body></body>');
        places = createPlaceLinks(dom.window.document, {
            ask: (paths) => asked.push(...paths),
            open: (place) => opened.push(place),
            now: () => now,
        });
        bodies = createBodyRenderer(dom.window, places, {
            copy: (text) => copied.push(text),
        });
    });

    it('whatever is in an event: no exception, no markup, no lost message', function () {
        this.timeout(60_000);
        fc.assert(
            fc.property(
                fc.array(fc.oneof({ weight: 4, arbitrary: raw('m.room.message') }, raw('m.reaction')), {
                    maxLength: IDS.length,
                }),
                (events) => {
                    const all = events.map((event, i) => ({ ...event, id: IDS[i] ?? '' }));
                    const messages = foldMessages(all, people);
                    const edits = (e: RawEvent): boolean =>
                        (e.relation as { rel_type?: unknown } | undefined | null)?.rel_type === 'm.replace';
                    assert.deepEqual(
                        messages.map((m) => m.key),
                        all.filter((e) => e.type === 'm.room.message' && !edits(e)).map((e) => e.id),
                    );
                    for (const message of messages) {
                        const checked = v.safeParse(chatMessage, message);
                        assert.ok(checked.success, JSON.stringify(checked.issues?.[0]?.path?.map((p) => p.key)));
                        assertSafe(draw(message.body, message.html));
                    }
                },
            ),
            { numRuns: 300 },
        );
    });

    it('text alone is shown as it is, whatever it looks like', () => {
        fc.assert(
            fc.property(html, (text) => {
                const holder = draw(text, null);
                assertSafe(holder);
                assert.equal(holder.querySelectorAll('b, i, strong, img, pre').length, 0);
            }),
        );
    });

    it('what the composer makes comes out as it was meant, and HTML in it as text', () => {
        const markdown =
            'See **src/a b.ts** and `x`, <b>no</b>\n\n```ts\nconst a: string = "<b>";\n```\n- one\n- [two](https://example.org/)';
        const text = messageText(markdown);
        const holder = draw(text.body, text.formatted_body ?? null);
        assert.equal(holder.querySelector('strong')?.textContent, 'src/a b.ts');
        assert.equal(holder.querySelectorAll('b').length, 0);
        assert.equal(holder.querySelector('.language')?.textContent, 'ts');
        assert.equal(holder.querySelector('pre')?.textContent, 'const a: string = "<b>";');
        assert.equal(holder.querySelector('pre .hljs-keyword')?.textContent, 'const');
        assert.equal(holder.querySelectorAll('li').length, 2);
        assert.equal(holder.querySelector('a')?.getAttribute('title'), 'https://example.org/');
        holder.querySelector<HTMLElement>('.copy')?.click();
        assert.deepEqual(copied, ['const a: string = "<b>";']);
    });

    it('plain text has no HTML at all; images are links to nothing', () => {
        assert.deepEqual(messageText('a < b & "c"\nnext'), { msgtype: 'm.text', body: 'a < b & "c"\nnext' });
        assert.equal(messageText('**a**').formatted_body, '<strong>a</strong>');
        assert.ok(!messageText('![x](https://evil/x.png)').formatted_body?.includes('<img'));
        assert.equal(messageText('[x](javascript:steal())').formatted_body, undefined);
    });

    /** The host says which of the files exist. */
    const answer = async (...found: readonly string[]): Promise<void> => {
        await Promise.resolve(); // they are asked for together
        places.answered(asked.splice(0), found);
    };

    it('a click on a file is told, also in code, and not in a link', async () => {
        const holder = draw('', 'at <code>src/x.ts:4</code> <a href="https://e.org/y.ts:5">y.ts:5</a>');
        await answer('src/x.ts');
        const buttons = [...holder.querySelectorAll<HTMLElement>('button.file')];
        assert.deepEqual(
            buttons.map((b) => b.textContent),
            ['src/x.ts:4'],
        );
        buttons[0]?.click();
        assert.deepEqual(opened.at(-1), {
            kind: 'file',
            index: 0,
            wider: [],
            text: 'src/x.ts:4',
            path: 'src/x.ts',
            line: 4,
            endLine: 0,
            column: 0,
        });
    });

    it('only files that exist become links, and of a path with blanks the whole', async () => {
        const buttons = (holder: HTMLElement): (string | null)[] =>
            [...holder.querySelectorAll('button.file')].map((button) => button.textContent);
        const holder = draw('no.ts:1, see my dir/a b.ts:2 and b.ts:3:', null);
        assert.deepEqual(buttons(holder), []);
        assert.deepEqual(new Set(asked).size, asked.length, 'each is asked for once');
        await answer('my dir/a b.ts', 'b.ts');
        assert.deepEqual(buttons(holder), ['my dir/a b.ts:2', 'b.ts:3']);
        assert.equal(holder.textContent, 'no.ts:1, see my dir/a b.ts:2 and b.ts:3:');
        now += 60_000;
        const again = draw('no.ts:1 b.ts:3', null);
        await answer('no.ts'); // it was made meanwhile
        assert.deepEqual(buttons(again), ['no.ts:1', 'b.ts:3']);
        const output = draw('', '<pre><code>src/out.c:1:2: error: x\n  a\n</code></pre>');
        await answer('src/out.c');
        assert.deepEqual(buttons(output), ['src/out.c:1:2']);
        output.querySelector<HTMLElement>('.copy')?.click();
        assert.equal(copied.at(-1), 'src/out.c:1:2: error: x\n  a');
    });

    it('lists have the numbers that were sent', () => {
        const list = (html: string): Element | null => draw('', html).querySelector('ol');
        assert.equal(list('<ol start="5"><li>a</li></ol>')?.getAttribute('start'), '5');
        assert.equal(list('<ol start="-3"><li>a</li></ol>')?.getAttribute('start'), '-3');
        assert.equal(list('<ol start="0"><li>a</li></ol>')?.getAttribute('start'), '0');
        assert.equal(list('<ol><li value="7">a</li></ol>')?.firstElementChild?.getAttribute('value'), '7');
        assert.ok(list('<ol reversed><li>a</li><li>b</li></ol>')?.hasAttribute('reversed'));
        assert.equal(list('<ol type="a"><li>a</li></ol>')?.getAttribute('type'), 'a');
        assert.equal(
            list('<ol start="2"><li>a<ol start="8"><li>b</li></ol></li></ol>')
                ?.querySelector('ol')
                ?.getAttribute('start'),
            '8',
        );
        for (const bad of ['x', '1e9', '99999999999', 'javascript:x', ''])
            assert.equal(list(`<ol start="${bad}"><li value="${bad}">a</li></ol>`)?.getAttribute('start'), null, bad);
        assert.equal(list('<ol start="998"><li>a</li></ol>')?.className, 'wide');
        assert.equal(list('<ol start="9"><li>a</li></ol>')?.className, '');
    });

    it('code keeps its line breaks, however they were sent', () => {
        for (const html of [
            '<pre>a<br>  b</pre>',
            '<pre><code>a<br/>  b</code></pre>',
            '<pre><code>a\n  b</code></pre>',
            '<pre><div>a</div><div>  b</div></pre>',
            '<pre><code class="language-py">a<br>  b<br></code></pre>',
        ])
            assert.equal(draw('', html).querySelector('pre')?.textContent, 'a\n  b', html);
        assert.equal(draw('', '<pre>a<br><br>b</pre>').querySelector('pre')?.textContent, 'a\n\nb');
    });

    it('a picture is shown by its words, and loads nothing', () => {
        for (const [html, words] of [
            ['<img data-mx-emoticon src="mxc://hs/x" alt=":cat:" title=":cat:"> hi', ':cat: hi'],
            ['a <img src="mxc://hs/x" title="A cat"> b', 'a A cat b'],
            ['a <img src="mxc://hs/x" alt=" "> b', 'a [picture] b'],
            ['<img src="https://e.org/x.png">', '[picture]'],
            ['<picture><source srcset="x"><img src="y" alt="A dog"></picture>', 'A dog'],
            ['<svg><title>x</title></svg><video src="x"></video> <audio></audio>', '[picture][video] [sound]'],
            ['<a href="https://e.org"><img src="x" alt="logo"></a>', 'logo'],
        ] as const) {
            const holder = draw('the body', html);
            assertSafe(holder);
            assert.equal(holder.textContent, words, html);
        }
    });

    it('a spoiler is covered until it is opened, and stays open when it is drawn again', () => {
        const html = 'It is <span data-mx-spoiler="the end">the <b>butler</b></span>!';
        const holder = draw('', html);
        assertSafe(holder);
        const [button, secret] = [holder.querySelector('button'), holder.querySelector<HTMLElement>('.secret')];
        assert.equal(button?.textContent, 'Spoiler: the end');
        assert.equal(button.getAttribute('aria-expanded'), 'false');
        assert.ok(secret?.hidden && secret.textContent === 'the butler');
        button.click();
        assert.ok(!secret.hidden);
        assert.ok(draw('', html).querySelector<HTMLElement>('.secret')?.hidden === false);
        button.click();
        assert.ok(secret.hidden);
        const covered = (markup: string): string =>
            [...draw('', markup).querySelectorAll<HTMLElement>('.secret')]
                .map((part) => (part.hidden ? (part.textContent ?? '') : 'OPEN'))
                .join('|');
        for (const [markup, text] of [
            ['<span data-mx-spoiler>x</span>', 'x'],
            ['<span data-mx-spoiler="">x</span> <span data-mx-spoiler>y</span>', 'x|y'],
            ['<div data-mx-spoiler="https://e.org a.ts:3"><p>x</p></div>', 'x'],
            ['<pre data-mx-spoiler><code>x</code></pre>', 'Copyx'],
            ['<pre><code>a <span data-mx-spoiler>x</span></code></pre>', 'Copya x'],
            ['<a href="https://e.org"><span data-mx-spoiler>x</span></a>', 'x'],
            ['<ul><li><span data-mx-spoiler>x</span></li></ul>', 'x'],
        ] as const)
            assert.equal(covered(markup), text, markup);
        assert.equal(draw('', '<span data-mx-spoiler="https://e.org">x</span>').querySelector('.reveal a'), null);
    });

    it('each block goes the way of its own words, and code from left to right', () => {
        const HEBREW = 'שלום';
        const dirs = (html: string): Record<string, string | null> =>
            Object.fromEntries(
                [...draw('', html).querySelectorAll('[dir]')].map((e) => [e.localName, e.getAttribute('dir')]),
            );
        assert.deepEqual(dirs(`<p>${HEBREW} abc</p>`), { p: 'rtl' });
        assert.deepEqual(dirs(`<p>abc ${HEBREW}</p>`), { p: 'ltr' });
        assert.deepEqual(dirs(`<ol><li>سلام</li></ol>`), { ol: 'rtl', li: 'rtl' });
        assert.deepEqual(dirs(`<blockquote><p>${HEBREW}</p></blockquote><p>x</p>`), { blockquote: 'rtl', p: 'ltr' });
        assert.deepEqual(dirs(`<p><code>abc</code> ${HEBREW}</p>`), { p: 'rtl', code: 'ltr' });
        assert.deepEqual(dirs('<p>123</p>'), {});
        assert.equal(draw(`12 ${HEBREW}`, null).querySelector('p')?.dir, 'rtl');
        assert.equal(draw('x', null).querySelector('p')?.dir, 'ltr');
    });

    it('characters that turn text around are shown by their code', () => {
        const holder = draw(
            '',
            '<code>if (admin\u202E \u2066// x</code> \u202Etxt.exe <a href="https://e.org">\u202Egro.knab</a>',
        );
        assert.ok(!/[\u202A-\u202E\u2066-\u2069]/u.test(holder.textContent ?? ''));
        assert.match(holder.textContent ?? '', /\[U\+202E\]txt\.exe/u);
    });

    it('HTML too deep is shown as its plain text', () => {
        const deep = (n: number): string | null =>
            foldMessages(
                [
                    {
                        id: '$1',
                        sender: '@you:hs',
                        ts: 1,
                        type: 'm.room.message',
                        content: {
                            msgtype: 'm.text',
                            body: 'x',
                            format: 'org.matrix.custom.html',
                            formatted_body: '<b>'.repeat(n),
                        },
                        relation: undefined,
                        redacted: false,
                        txnId: undefined,
                        encrypted: true,
                        failure: undefined,
                    },
                ],
                people,
            )[0]?.html ?? null;
        assert.notEqual(deep(100), null);
        assert.equal(deep(101), null);
    });
});
