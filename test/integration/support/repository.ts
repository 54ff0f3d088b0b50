/** Real git repositories in temporary folders. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createGit, type Git } from '../../../src/extension/changes/gitRunner.ts';

export interface Repository {
    readonly root: string;
    readonly git: Git;
    run(...args: readonly string[]): string;
    write(files: Readonly<Record<string, string | Uint8Array>>): void;
    read(path: string): string;
    has(path: string): boolean;
    isExecutable(path: string): boolean;
    commit(message: string, files?: Readonly<Record<string, string | Uint8Array>>): string;
    /** Everything that git and the disk have: to see that nothing changed. */
    state(): string;
}

export interface Repositories {
    create(name: string): Repository;
    clone(from: Repository, name: string): Repository;
    readonly folder: string;
    end(): Promise<void>;
}

export async function openRepositories(): Promise<Repositories> {
    const folder = await mkdtemp(join(tmpdir(), 'hush-git-'));
    return {
        folder,
        create(name) {
            const made = repository(join(folder, name));
            made.run('init', '--quiet', '--initial-branch=main');
            return named(made, name);
        },
        clone(from, name) {
            const made = repository(join(folder, name));
            made.run('clone', '--quiet', from.root, '.');
            return named(made, name);
        },
        end: () => rm(folder, { recursive: true, force: true }),
    };
}

function named(made: Repository, name: string): Repository {
    made.run('config', 'user.name', `${name} Müller`);
    made.run('config', 'user.email', `${name}@example.org`);
    return made;
}

function repository(root: string): Repository {
    mkdirSync(root, { recursive: true });
    const run = (...args: readonly string[]): string => {
        const settings = ['-c', 'protocol.file.allow=always', '-c', 'core.quotePath=false'];
        const { status, stdout, stderr } = spawnSync('git', [...settings, ...args], { cwd: root, encoding: 'utf8' });
        assert.equal(status, 0, `git ${args.join(' ')}: ${stderr}`);
        return stdout;
    };
    const write: Repository['write'] = (files) => {
        for (const [path, content] of Object.entries(files)) {
            mkdirSync(dirname(join(root, path)), { recursive: true });
            writeFileSync(join(root, path), content);
        }
    };
    return {
        root,
        git: createGit('git', root),
        run,
        write,
        read: (path) => readFileSync(join(root, path), 'utf8'),
        has: (path) => existsSync(join(root, path)),
        isExecutable: (path) => (lstatSync(join(root, path)).mode & 0o100) !== 0,
        commit(message, files = {}) {
            write(files);
            run('add', '-A');
            run('commit', '--quiet', '--allow-empty', '-m', message);
            return run('rev-parse', 'HEAD').trim();
        },
        state: () =>
            [run('status', '--porcelain=v2', '--branch'), run('diff', 'HEAD'), run('ls-files', '-s')].join('\n'),
    };
}
