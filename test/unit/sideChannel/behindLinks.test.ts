/** Rules about files and links, on a real disk with real git. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { createLog } from '../../../src/core/base/log.ts';
import { readSecretRule } from '../../../src/core/shield/secretFiles.ts';
import { behindLinks, isIgnored } from '../../../src/extension/pairing/behindLinks.ts';

const log = createLog({ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} });

describe('the file behind a link', () => {
    let base = '';
    let root = '';
    const rule = readSecretRule(['*.private']);
    const mayTell = (path: string): boolean => !rule.matches(path);
    const git = (...args: readonly string[]) => spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
    /** As VS Code's Git does it: what is not below the root is left out, and another error of git rejects. */
    const repository = {
        checkIgnore: async (paths: string[]): Promise<Set<string>> => {
            const inside = paths.filter((path) => path.startsWith(`${root}/`));
            const { status, stdout, stderr } = git('check-ignore', ...inside);
            if (status === 0) return new Set(stdout.split('\n').filter(Boolean));
            if (status === 1) return new Set();
            throw new Error(stderr);
        },
    };
    /** The path if it may be told. */
    const told = async (path: string): Promise<string | undefined> => {
        const found = await behindLinks(root, join(root, path), mayTell);
        return found && !(await isIgnored(repository, found.below, log)) ? found.path : undefined;
    };

    before(async () => {
        base = await mkdtemp(join(await realpath(tmpdir()), 'hush-links-'));
        const real = join(base, 'real');
        root = join(base, 'opened');
        await mkdir(join(real, 'src'), { recursive: true });
        // The person opened the repository through a link.
        await symlink(real, root);
        git('init', '--quiet');
        for (const [name, text] of Object.entries({
            '.gitignore': '*.log\n/linked-ignored.txt\n',
            'src/app.ts': '',
            'own.log': '',
            '.env': '',
            'keys.private': '',
            '../outside.txt': '',
        }))
            await writeFile(join(real, name), text);
        for (const [name, target] of Object.entries({
            'to-app.txt': 'src/app.ts',
            'to-log.txt': 'own.log',
            'to-env.txt': '.env',
            'to-private.txt': 'keys.private',
            'to-git.txt': '.git/config',
            'to-outside.txt': '../outside.txt',
            'linked-ignored.txt': 'src/app.ts',
            'as.private': 'src/app.ts',
            folder: 'src',
        }))
            await symlink(target, join(real, name));
    });
    after(() => rm(base, { recursive: true, force: true }));

    it('is told by its own path', async () => {
        assert.equal(await told('src/app.ts'), 'src/app.ts');
        assert.equal(await told('to-app.txt'), 'src/app.ts');
    });

    it('is not told if a rule is against it, or against the link', async () => {
        for (const path of [
            'own.log',
            'to-log.txt',
            'to-env.txt',
            'to-private.txt',
            'to-git.txt',
            'to-outside.txt',
            'linked-ignored.txt',
            'as.private',
            'missing.txt',
        ])
            assert.equal(await told(path), undefined, path);
    });

    it('counts as ignored where git refuses to answer', async () => {
        await assert.rejects(repository.checkIgnore([join(root, 'folder/app.ts')]), /beyond a symbolic link/u);
        assert.equal(await told('folder/app.ts'), undefined);
    });
});
