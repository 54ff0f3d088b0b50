/** Where a patch may write, and what is asked about first. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { isHushError } from '../../../src/core/base/errors.ts';
import { consequencesOf, pathRefusal, type Receiver } from '../../../src/core/changes/paths.ts';
import { added, changed, NEW, OLD, read, renamed } from './patches.ts';

const IN_GIT = [
    '.git/hooks/pre-commit',
    '.git',
    'a/.git/config',
    '.GIT/config',
    '.Git',
    'git~1/config',
    'GIT~2',
    '.git./x',
];
IN_GIT.push(
    '.git /x',
    '.git . /x',
    '.git::$INDEX_ALLOCATION/x',
    '.git:x',
    '.g\u200cit/x',
    '\ufeff.git',
    '.gi\u200dt/config',
);
IN_GIT.push('．git/config', 'sub/module/.GIt\u206f/x');
const OUT = [
    '../x',
    'a/../../x',
    'a/..',
    './x',
    'a/./b',
    '.. /x',
    '/etc/passwd',
    'C:/x',
    'c:x',
    '..\\x',
    'a\\b',
    'a//b',
];
OUT.push('a/', '', '...', '\\\\server\\x', 'a\nb', 'a\u0000', 'a\u2028b', 'x'.repeat(2_000), 'a/'.repeat(70) + 'b');
const FINE = [
    'a',
    '.gitignore',
    '.github/workflows/x.yml',
    'a.git',
    'git',
    'git~',
    'src/ü/日本.ts',
    'a b/c',
    '..a',
    'a..b',
    '.gitkeep',
];

describe('a path in a patch', () => {
    it('in git’s folder or out of the repository is refused, however it is written', () => {
        for (const path of [...IN_GIT, ...OUT]) assert.notEqual(pathRefusal(path), undefined, JSON.stringify(path));
        for (const path of FINE) assert.equal(pathRefusal(path), undefined, path);
        for (const path of ['con', 'a/NUL.txt', 'com1', 'x/lpt9.js']) assert.match(pathRefusal(path) ?? '', /Windows/u);
    });

    it('that is refused refuses the whole patch and is named, on either side of a rename', () => {
        for (const text of [
            added('.git/config'),
            renamed('a', '../x'),
            renamed('.git/config', 'x'),
            changed('/etc/passwd', ['+x']),
        ])
            assert.throws(
                () => read(added('fine.txt') + text),
                (error) =>
                    isHushError(error) && error.code === 'changes.refused' && /because of "/u.test(error.message),
            );
    });

    it('with a part of "..", ".git" or nothing never passes, whatever is around it', () => {
        const part = fc.constantFrom('..', '.', '', '.git', '.GIT', 'git~1', '.git ', '.git.', '. .');
        const plain = fc.stringMatching(/^[a-z][a-z.]{0,6}$/u);
        fc.assert(
            fc.property(fc.array(plain), part, fc.array(plain), (before, bad, after) => {
                assert.notEqual(pathRefusal([...before, bad, ...after].join('/')), undefined);
            }),
        );
    });

    it('that passes stays in the folder that it is joined to', () => {
        fc.assert(
            fc.property(fc.string(), (path) => {
                if (pathRefusal(path) !== undefined) return;
                const parts = path.split('/');
                assert.ok(parts.every((part) => part !== '' && part !== '.' && part !== '..'));
                assert.ok(!path.startsWith('/') && !path.includes('\\'));
            }),
        );
    });
});

describe('what a patch brings along', () => {
    const said = (text: string, receiver?: Receiver): string[] =>
        consequencesOf(read(text).files, receiver).map(({ path, why }) => `${path} ${why}`);

    it('is asked about by name: what runs something or changes how git and VS Code work', () => {
        for (const path of [
            '.vscode/tasks.json',
            '.vscode/settings.json',
            '.vscode/launch.json',
            '.VSCODE/Tasks.JSON',
            'packages/a/.vscode/extensions.json',
            '.husky/pre-commit',
            '.githooks/post-merge',
            '.gitattributes',
            'src/.gitattributes',
            '.gitmodules',
            '.lfsconfig',
            '.envrc',
            '.devcontainer/devcontainer.json',
            'my.code-workspace',
            'lefthook.yml',
        ])
            assert.equal(said(added(path)).length, 1, path);
        assert.deepEqual(said(added('src/app.ts') + changed('.github/x.yml', ['+a'])), []);
        assert.deepEqual(said(renamed('x.json', '.vscode/tasks.json')), [
            '.vscode/tasks.json defines commands that VS Code runs',
        ]);
        assert.deepEqual(said(added('tools/hooks/pre-push'), { hooks: 'tools/hooks' }), [
            'tools/hooks/pre-push git runs it as a hook',
        ]);
    });

    it('is asked about: executable files, links with their targets, submodules', () => {
        assert.deepEqual(said(added('run.sh', '100755')), ['run.sh becomes executable']);
        assert.deepEqual(said('diff --git a/m b/m\nold mode 100644\nnew mode 100755\n'), ['m becomes executable']);
        assert.deepEqual(said('diff --git a/m b/m\nold mode 100755\nnew mode 100644\n'), []);
        assert.deepEqual(said(added('l', '120000', '../../etc')), ['l is a link to "../../etc"']);
        assert.deepEqual(said(added('lib', '160000', `Subproject commit ${'1'.repeat(40)}`)), ['lib is a submodule']);
    });

    it('is asked about by the receiver’s modes, not by what the patch leaves out or claims', () => {
        const modes = new Map([
            ['l', '120000'],
            ['lib', '160000'],
            ['run.sh', '100755'],
            ['m', '100644'],
        ]);
        const here = (text: string): string[] => said(text, { modes });
        const bare = (text: string): string => text.replace(`${OLD}..${NEW} 100644`, `${OLD}..${NEW}`);
        const link = changed('l', ['-x', '+../../etc']);
        assert.deepEqual(here(bare(link)), ['l is a link to "../../etc"']);
        assert.deepEqual(here(link), ['l is a link to "../../etc"']);
        assert.deepEqual(here(renamed('l', 'a/l')), ['a/l is a link']);
        assert.deepEqual(here(bare(changed('lib', ['-x', '+y']))), ['lib is a submodule']);
        assert.deepEqual(here(changed('m', ['-x', '+y']).replace(' 100644', ' 100755')), []);
        assert.deepEqual(here('diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n'), []);
        assert.deepEqual(here(bare(changed('run.sh', ['-x', '+y']))), []);
        // A link of the same patch has a new target, or a new place, in its next commit.
        const [first] = read(added('n', '120000', 'safe')).files;
        const [second] = read(bare(changed('n', ['-safe', '+../../etc']))).files;
        const [third] = read(renamed('n', 'o')).files;
        assert.ok(first && second && third);
        assert.deepEqual(
            consequencesOf([first, second, third]).map(({ path, why }) => `${path} ${why}`),
            ['n is a link to "safe"', 'n is a link to "../../etc"', 'o is a link'],
        );
    });

    it('is asked about: files that git ignores here', () => {
        const ignored = new Set(['.env', 'out/x']);
        assert.deepEqual(said(added('.env') + added('b') + renamed('out/x', 'y'), { ignored }), [
            '.env is a file that git ignores here',
            'y is a file that git ignores here',
        ]);
    });
});
