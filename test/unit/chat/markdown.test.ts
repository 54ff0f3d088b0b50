/** What the composer's text becomes, as other clients get it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { asCodeBlock, looksLikeCode } from '../../../src/core/base/codeLook.ts';
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

    it('gives the words back as they were written, when they are edited', () => {
        for (const text of ['> mine\n\nanswer', '    indented\n**x**', '`a`\n\n\n`b`'])
            assert.equal(messageText(text).body, text);
        assert.equal(messageText('\n\n  a `b` \n\n').body, '  a `b`');
    });
});

describe('pasted text', () => {
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
