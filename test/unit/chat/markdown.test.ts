/** What the composer's text becomes, as other clients get it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { asCodeBlock, endsInFence, looksLikeCode } from '../../../src/core/base/codeLook.ts';
import { messageText } from '../../../src/matrix/events/markdown.ts';

const plain = (text: string): void => assert.deepEqual(messageText(text), { msgtype: 'm.text', body: text }, text);
const html = (text: string): string | undefined => messageText(text).formatted_body;

describe('text that is no Markdown', () => {
    it('is sent plain, with every line and blank of pasted code', () => {
        for (const code of [
            'def f(x):\n    if x:\n        return 1\n    return 2',
            '    if (a) {\n        b();\n    }',
            '\tif (a)\n\t\tb();',
            'for (;;) {\n  *p++ = *q++;\n  *r = *s * 2;\n}',
            'SELECT *\n  FROM a  -- all\n WHERE b = 1;',
            'key:\n  - a: *anchor\n  - b: *other',
            '# install\nnpm ci\n\n# run\nnpm start',
            '#include <a.h>\n\nint main() {\n\treturn 0;\n}',
            '/**\n * @param {string} a\n * @returns {void}\n */',
            '+ added\n- removed',
            '@@ -1 +1 @@\n-- old\n++ new',
            '$ ls -l *.ts\n$ wc *.ts',
            '>>> import os\n>>> os.name',
            'a      b\n1      2',
        ])
            plain(code);
    });

    it('keeps globs, names, pointers, powers, comments, variables and escapes', () => {
        for (const text of [
            'lint src/*.ts and test/*.ts first',
            '**/*.ts and src/**',
            '*.ts, foo*.',
            'snake_case_name, __init__.py, _private_ and __dunder__',
            '_one and two_',
            'int *p, *q;',
            'f(*args, **kwargs) and g(*args, **kwargs)',
            '2**3**4, a*b*c, 2 * 3 * 4',
            'COUNT(*), SUM(*)',
            '"*" and "*"',
            '/* a */ b /* c */',
            '//* a *//',
            '*/5 * * * * run',
            '* * * * * run',
            '#!/usr/bin/env node',
            '# a comment',
            '*foo*.ts, {*foo*,*bar*}, *a*/b',
            'ls *foo* *bar*',
            'find . -name *foo*',
            'git add --all *foo*',
            '$ cat *foo*',
            '/* a *b* c */ // and *d*',
            '// see *this*',
            '$HOME/*/x ${A}_${B}_c $(ls *)',
            'a\\*b, C:\\*.txt, \\d+\\.',
            '&lt; &amp; &#65;',
            '[1]: http://example.org',
            'arr[i](x), map[k](y)',
            'git@github.com:x/y.git, lodash@4.17.21, main.rs, a@b.c',
            'Signed-off-by: A <a@b.c>, <https://example.org>',
            'title\n=====\n-----',
            '---',
            '***',
            '>= 5, >file, >&2',
            '```',
            '*',
            '-',
            '1.',
            '>',
            'ls *[a-z]*',
            '~/a ~/b ~~',
            's/*a*/b/',
        ])
            plain(text);
    });

    it('is plain whatever it is, if it has no mark of Markdown', () => {
        fc.assert(
            fc.property(
                fc.string({
                    unit: fc.constantFrom(
                        'a',
                        'é',
                        '漢',
                        ' ',
                        '\n',
                        '_',
                        '$',
                        '&',
                        ';',
                        ':',
                        '.',
                        ',',
                        '?',
                        '!',
                        '/',
                        '"',
                        '(',
                        ')',
                        '{',
                        '}',
                        '<',
                        '=',
                        '|',
                        '%',
                        '^',
                        '@',
                    ),
                    maxLength: 60,
                }),
                (text) => {
                    const { body, formatted_body: formatted } = messageText(`x${text}x`);
                    assert.deepEqual([body, formatted], [`x${text}x`, undefined]);
                },
            ),
        );
    });
});

describe('Markdown', () => {
    it('is what is surely meant', () => {
        for (const [text, formatted] of [
            ['**bold**, *so* and ~~not~~', '<strong>bold</strong>, <em>so</em> and <s>not</s>'],
            ['“**x**” (*y*): **z**!', '“<strong>x</strong>” (<em>y</em>): <strong>z</strong>!'],
            ['it is *so*, and *more*. *Really*?', 'it is <em>so</em>, and <em>more</em>. <em>Really</em>?'],
            ['make *sure* that git *works*', 'make <em>sure</em> that git <em>works</em>'],
            ['**[x](https://example.org)**', '<strong><a href="https://example.org">x</a></strong>'],
            ['**a *b* c**', '<strong>a <em>b</em> c</strong>'],
            ['这是**重要**的', '这是<strong>重要</strong>的'],
            ['**중요**는', '<strong>중요</strong>는'],
            ['**Važno:** да, *нет*', '<strong>Važno:</strong> да, <em>нет</em>'],
            ['`a_b` *`c`*', '<code>a_b</code> <em><code>c</code></em>'],
            ['# Title\n\ntext', '<h1>Title</h1>\n<p>text</p>'],
            ['> said\n\nyes', '<blockquote>\n<p>said</p>\n</blockquote>\n<p>yes</p>'],
            ['5. a\n6. b', '<ol start="5">\n<li>a</li>\n<li>b</li>\n</ol>'],
            ['[x](https://example.org/a*b*)', '<a href="https://example.org/a*b*">x</a>'],
        ] as const)
            assert.equal(html(text), formatted, text);
        assert.equal(html('- a\n    - b\n- c')?.match(/<ul>/gu)?.length, 2);
    });

    it('leaves the globs, blanks and escapes beside it alone', () => {
        assert.equal(html('**lint** src/*.ts test/*.ts'), '<strong>lint</strong> src/*.ts test/*.ts');
        assert.equal(html('**no** &lt; a\\*b __x__'), '<strong>no</strong> &amp;lt; a\\*b __x__');
        assert.equal(html('**see**\n    in  here'), '<strong>see</strong><br>\n\u00A0\u00A0\u00A0\u00A0in\u00A0 here');
        assert.equal(html('**see**\n# no title'), '<strong>see</strong><br>\n# no title');
    });

    it('knows a fence from code in a line, also below it', () => {
        assert.equal(html('```ls```\n# no title'), '<code>ls</code><br>\n# no title');
        assert.equal(html('```a``` `b`\n+ no'), '<code>a</code> <code>b</code><br>\n+ no');
        assert.equal(
            html('```sh\n# c\n```\n# no title'),
            '<pre><code class="language-sh"># c\n</code></pre>\n<p># no title</p>',
        );
        assert.match(html('~~~a`b`\n# c\n~~~') ?? '', /^<pre>.*# c\n<\/code>/su);
        assert.ok(!looksLikeCode('```a\nb;\n```') && looksLikeCode('```ls``` x\nlet a = 1;\nlet b = 2;'));
    });

    it('keeps comments, marks and indentation inside the item of a list', () => {
        for (const text of [
            'a\n- b\n  # c',
            '- b\n # c',
            '- # c\n- b',
            '1. b\n   # c\n2. d',
            '- b\n  + c',
            '- + c\n- b',
            '- a\n  - b\n    # c\n    + d',
            '- a\n  >b',
        ]) {
            const made = html(text) ?? '';
            assert.doesNotMatch(made, /<h1>|<blockquote>/u, text);
            const sign = /[#+>]/u.exec(text)?.[0] ?? '';
            assert.match(made, sign === '>' ? /&gt;b/u : new RegExp(`(?:>|\\n)[${sign}] [cd]`, 'u'), text);
        }
        assert.match(html('- a\n      b') ?? '', /<li>a<br>\n\u00A0{4}b<\/li>/u);
        assert.match(html('- a\n  b') ?? '', /<li>a<br>\nb<\/li>/u);
        assert.match(html('- a\n  ```\n  # c\n  ```\n  # d') ?? '', /<code># c\n<\/code>.*# d<\/li>/su);
        assert.match(html('- ```\n  # c\n  ```\n  # d') ?? '', /<code># c\n<\/code>.*# d/su);
        assert.doesNotMatch(html('- ```\n  # c\n# d') ?? '', /<h1>/u);
        assert.match(html('- a\n```\nx\n```\n  b') ?? '', /\u00A0{2}b/u, 'a fence ends the list');
    });

    it('shows the numbers of a list as they were typed', () => {
        for (const text of [
            '5. foo\n7. bar',
            '1. a\n3. b\n4. c',
            '2. a\n1. b',
            '1. a\n\n3. b',
            '1. a\ntext\n3. b',
            ' 5. a\n7. b',
            '5. a\n   - x\n7. b',
        ])
            plain(text);
        assert.equal(html('**x**\n1) a\n3) b'), '<strong>x</strong><br>\n1) a<br>\n3) b');
        assert.match(html('- x\n  5. a\n  7. b\n- y') ?? '', /<li>x<br>\n5\. a<br>\n7\. b<\/li>\n<li>y/u);
        for (const [text, count] of [
            ['5. a\n6. b', 2],
            ['1. a\n1. b\n1. c', 3],
            ['1. a\n   - x\n2. b', 3],
            ['1. a\n   1. x\n   2. y\n2. b\n   1. z', 5],
            ['3. a\n\ntext\n\n9. b', 2],
            ['1. a\n- b\n7. c', 3],
        ] as const)
            assert.equal(html(text)?.match(/<li>/gu)?.length, count, text);
    });

    it('gives the words back as they were written, when they are edited', () => {
        for (const text of ['> mine\n\nanswer', '    indented\n**x**', '`a`\n\n\n`b`'])
            assert.equal(messageText(text).body, text);
        assert.equal(messageText('\n\n  a `b` \n\n').body, '  a `b`');
    });
});

describe('pasted text', () => {
    it('is in a code block only below a fence that is open', () => {
        for (const text of ['```\n', 'a\n```ts\nlet a;\n', '~~~ `x`\n', '````\n```\n', '```\n```x\n'])
            assert.ok(endsInFence(text), text);
        for (const text of ['', '```ls```\n', '```a``` and ```b```\n', '```\na\n```\n', '    ```\n', '```\na\n````\n'])
            assert.ok(!endsInFence(text), text);
        const start = performance.now();
        asCodeBlock(`${'\n'.repeat(40_000)}x`, '');
        assert.ok(performance.now() - start < 500);
    });

    it('that is code is known by its lines', () => {
        for (const code of [
            'a {\n  b\n}',
            'const a = 1;\nconst b = 2;',
            '<p>\n  x\n</p>',
            'try:\n    x()',
            'x = 1\ny = 2',
        ])
            assert.ok(looksLikeCode(code), code);
        for (const words of [
            'one line();',
            'Hello,\nhow are you?',
            '- buy;\n- eat;\n- sleep;',
            'See:\n\n```\ncode();\nmore();\n```',
            '> he said:\n> no;',
            'I think so.\nIt works now, thanks!\nSee you',
        ])
            assert.ok(!looksLikeCode(words), words);
    });

    it('is put between fences that it does not have', () => {
        assert.equal(asCodeBlock('a\n```\nb\n', 'python'), '````python\na\n```\nb\n````');
        assert.equal(asCodeBlock('a', 'no good'), '```\na\n```');
    });
});
