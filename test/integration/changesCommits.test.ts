/** Commits between real git repositories, hostile patches, and both sides of a review. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { bytesOfText, textOfBytes } from '../../src/core/changes/bytesText.ts';
import { type Patch } from '../../src/core/changes/patch.ts';
import { totalsOf } from '../../src/core/changes/cardOf.ts';
import { readPatch } from '../../src/core/changes/readPatch.ts';
import { blobsOf, reviewTexts } from '../../src/core/changes/reviewTexts.ts';
import type { AppliedChanges } from '../../src/extension/changes/applied.ts';
import { applyCommits, undoCommits } from '../../src/extension/changes/applyCommits.ts';
import { applyFiles } from '../../src/extension/changes/applyFiles.ts';
import { hasCommit } from '../../src/extension/changes/gitRunner.ts';
import { receiverOf } from '../../src/extension/changes/receiver.ts';
import { collect } from '../../src/extension/changes/collect.ts';
import { skip } from '../stack/skip.ts';
import { openRepositories, type Repositories, type Repository } from './support/repository.ts';
import { edited, keep, refused, TEXT } from './support/changes.ts';

describe('commits between repositories', function () {
    this.timeout(60_000);
    let all: Repositories;
    let alice: Repository;
    let bob: Repository;
    let round = 0;
    before(async function () {
        if (spawnSync('git', ['--version']).status !== 0) skip(this, 'Git is not installed');
        all = await openRepositories();
    });
    after(() => all?.end());
    beforeEach(() => {
        round++;
        alice = all.create(`alice${round}`);
        alice.commit('first', { 'a.txt': TEXT, 'b.txt': TEXT, 'dir/c.txt': 'c\n' });
        bob = all.clone(alice, `bob${round}`);
    });
    const working = async (): Promise<Patch> => (await collect(alice.git, { kind: 'working' })).patch;
    const apply = async (patch: Patch, to = bob): Promise<AppliedChanges> =>
        patch.commits.length > 0 ? applyCommits(to.git, patch.commits, keep) : applyFiles(to.git, patch.files, keep);

    describe('in commits', () => {
        it('keep authors, dates and messages, and Undo restores the branch; other changes stay', async () => {
            const body = 'Why – because.\n\n---\n\n> a quote\n\nFrom here on: more';
            alice.commit(`[ui] Grüße\n\n${body}`, { 'a.txt': edited(3) });
            alice.commit('empty');
            alice.commit('second', { 'a.txt': edited(3).replace('line 4\n', 'four\n'), 'n.txt': 'n\n' });
            const { patch, base } = await collect(alice.git, { kind: 'commits', count: 3 });
            assert.equal(base, bob.run('rev-parse', 'HEAD').trim());
            assert.deepEqual(totalsOf(patch), { files: 2, insertions: 3, deletions: 2, commits: 2 });
            bob.write({ 'b.txt': edited(20, 'mine'), 'untracked.txt': 'u\n' });
            bob.run('add', 'b.txt');
            const was = bob.state();
            const applied = await apply(patch);
            const log = (who: Repository, range: string): string => who.run('log', '--format=%an|%ae|%ad|%B', range);
            const [first, , third] = ['HEAD~2', 'HEAD~1', 'HEAD'].map((at) => log(alice, `${at}^!`));
            assert.equal(log(bob, 'HEAD~1^!'), first);
            assert.equal(log(bob, 'HEAD^!'), third);
            assert.equal(bob.run('log', '-1', '--format=%cn').trim(), `bob${round} Müller`);
            assert.equal(bob.read('n.txt'), 'n\n');
            if (applied.kind === 'commits') await undoCommits(bob.git, applied);
            assert.equal(bob.state(), was);
        });

        it('can be applied by git alone, with git am', async () => {
            alice.commit('Grüße\n\nmore', { 'a.txt': edited(3), 'ü.bin': Uint8Array.from([0, 1, 2, 255]) });
            alice.commit('second', { 'b.txt': edited(3) });
            const { bytes } = await collect(alice.git, { kind: 'commits', count: 2 });
            bob.write({ '../sent.patch': bytes });
            bob.run('am', '--quiet', '../sent.patch');
            assert.equal(bob.run('log', '-2', '--format=%an %B'), alice.run('log', '-2', '--format=%an %B'));
            assert.equal(bob.run('rev-parse', 'HEAD^{tree}'), alice.run('rev-parse', 'HEAD^{tree}'));
        });

        it('conflict in one of them: the file is named, no commit is made, nothing is under way', async () => {
            alice.commit('good', { 'b.txt': edited(3) });
            alice.commit('bad', { 'a.txt': edited(3) });
            bob.commit('mine', { 'a.txt': edited(3, 'mine') });
            const was = bob.state();
            const { patch } = await collect(alice.git, { kind: 'commits', count: 2 });
            await assert.rejects(apply(patch), refused('changes.conflict', 'a.txt'));
            assert.equal(bob.state(), was);
            assert.ok(!bob.has('.git/rebase-apply'));
        });

        it('are not applied over changed, staged or unknown files, which are named', async () => {
            alice.commit('second', { 'a.txt': edited(3), 'b.txt': edited(3), 'n.txt': 'n\n' });
            const { patch } = await collect(alice.git, { kind: 'commits', count: 1 });
            bob.write({ 'a.txt': edited(30), 'n.txt': 'mine\n' });
            await assert.rejects(apply(patch), (error: Error) => {
                refused('changes.conflict', 'a.txt', 'n.txt')(error);
                return !error.message.includes('b.txt');
            });
            bob.run('checkout', '--quiet', 'a.txt');
            bob.run('rm', '--quiet', '--cached', 'b.txt');
            await assert.rejects(apply(patch), refused('changes.conflict', 'b.txt'));
        });

        it('go onto an unborn branch, and from one with its first commit', async () => {
            const { patch, base } = await collect(alice.git, { kind: 'commits', count: 5 });
            assert.equal(base, null);
            const young = all.create(`young${round}`);
            const applied = await apply(patch, young);
            assert.equal(young.read('a.txt'), TEXT);
            if (applied.kind === 'commits') await undoCommits(young.git, applied);
            assert.ok(!young.has('a.txt'));
            assert.equal(young.run('status', '--porcelain'), '');
        });

        it('with a merge among them are not sent, and the reason is said', async () => {
            alice.run('checkout', '--quiet', '-b', 'side');
            alice.commit('side', { 's.txt': 's\n' });
            alice.run('checkout', '--quiet', 'main');
            alice.commit('main', { 'm.txt': 'm\n' });
            alice.run('merge', '--quiet', '--no-edit', 'side');
            await assert.rejects(
                collect(alice.git, { kind: 'commits', count: 2 }),
                refused('changes.refused', 'merge'),
            );
        });

        it('wait for a merge or rebase that is under way', async () => {
            alice.commit('second', { 'b.txt': edited(3) });
            const { patch } = await collect(alice.git, { kind: 'commits', count: 1 });
            bob.write({ '.git/MERGE_HEAD': bob.run('rev-parse', 'HEAD') });
            await assert.rejects(apply(patch), refused('changes.conflict', 'merge'));
        });
    });

    describe('that are hostile', () => {
        const added = (path: string, mode = '100644'): string =>
            [
                `diff --git a/${path} b/${path}`,
                `new file mode ${mode}`,
                `index ${'0'.repeat(40)}..${'1'.repeat(40)}`,
                '--- /dev/null',
                `+++ b/${path}`,
                '@@ -0,0 +1 @@',
                '+evil',
                '',
            ].join('\n');
        const read = (text: string): Patch => readPatch(bytesOfText(text), 'working');

        it('do not write through a link out of the workspace, known to git or not', async () => {
            mkdirSync(join(all.folder, `outside${round}`));
            symlinkSync(join(all.folder, `outside${round}`), join(bob.root, 'out'));
            const patch = read(added('out/x'));
            await assert.rejects(apply(patch), refused('changes.refused', 'out', 'link'));
            bob.run('add', 'out');
            bob.run('commit', '--quiet', '-m', 'link');
            await assert.rejects(apply(patch), refused('changes.refused', 'link'));
            assert.equal(spawnSync('ls', [join(all.folder, `outside${round}`)]).stdout.toString(), '');
        });

        it('do not make a link and write through it in the same patch', async () => {
            const link = added('out', '120000').replace('+evil', '+../..');
            await assert.rejects(apply(read(link + added('out/x'))));
            assert.ok(!bob.has('out'));
        });

        it('run no hook, not even one that they bring', async () => {
            bob.run('config', 'core.hooksPath', '.husky');
            alice.write({ '.husky/post-merge': '#!/bin/sh\ntouch ran\n' });
            chmodSync(join(alice.root, '.husky/post-merge'), 0o755);
            alice.commit('hook');
            const { patch } = await collect(alice.git, { kind: 'commits', count: 1 });
            await apply(patch);
            assert.ok(bob.has('.husky/post-merge') && !bob.has('ran'));
        });

        it('are judged by the receiver’s modes, hooks and ignored files', async () => {
            symlinkSync('a.txt', join(bob.root, 'link'));
            bob.write({
                '.gitignore': '.env\nbuild/\n',
                'run.sh': 'x\n',
                'git.inc': '[core]\nhooksPath = tools/hooks\n',
            });
            chmodSync(join(bob.root, 'run.sh'), 0o755);
            bob.commit('more');
            symlinkSync('a.txt', join(bob.root, 'unknown'));
            const names = ['link', 'run.sh', 'unknown', 'a.txt', '.env', 'build/x', 'new'];
            const { files } = read(names.map((name) => added(name)).join(''));
            const before = await receiverOf(bob.git, files);
            assert.equal(before.hooks, undefined);
            assert.deepEqual(Object.fromEntries(before.modes), {
                link: '120000',
                'run.sh': '100755',
                unknown: '120000',
                'a.txt': '100644',
            });
            assert.deepEqual([...before.ignored], ['.env', 'build/x']);
            bob.run('config', 'include.path', '../git.inc');
            assert.equal((await receiverOf(bob.git, files)).hooks, 'tools/hooks');
            const many = read(Array.from({ length: 300 }, (_, i) => added(`${'d'.repeat(100)}/${i}`)).join(''));
            assert.equal((await receiverOf(bob.git, many.files)).modes.size, 0);
        });

        it('whose lines git reads in another way are refused', async () => {
            // Hush takes the name of the header; git the one of an older form.
            const [file] = read(added('a.js')).files;
            assert.ok(file);
            const other = { ...file, text: added('b.js') };
            await assert.rejects(applyFiles(bob.git, [other], keep), refused('changes.malformed', 'git'));
        });

        it('do not take a folder away', async () => {
            bob.write({ 'build/out.txt': 'mine\n' });
            await assert.rejects(apply(read(added('build'))), refused('changes.conflict', 'build'));
            assert.equal(bob.read('build/out.txt'), 'mine\n');
            bob.write({ plain: 'mine\n' });
            await assert.rejects(apply(read(added('plain/x'))), refused('changes.conflict', 'plain'));
            assert.equal(bob.read('plain'), 'mine\n');
        });
    });

    describe('under review', () => {
        const texts = async (patch: Patch, of: Repository): Promise<ReturnType<typeof reviewTexts>> => {
            const known = new Map<string, string>();
            for (const id of blobsOf(patch)) {
                const { status, out } = await of.git.try(['cat-file', 'blob', id]);
                if (status === 0) known.set(id, textOfBytes(out));
            }
            return reviewTexts(patch, (id) => known.get(id));
        };

        it('have both sides whole where the base is known, also over several commits', async () => {
            alice.run('mv', 'b.txt', 'moved.txt');
            alice.commit('second', { 'a.txt': edited(3), 'n.txt': 'n\n' });
            alice.run('rm', '--quiet', 'dir/c.txt');
            alice.commit('third', { 'a.txt': edited(3).replace('line 9\n', 'nine\n'), 'n.txt': 'n\nm\n' });
            const { patch } = await collect(alice.git, { kind: 'commits', count: 2 });
            const files = new Map((await texts(patch, bob)).map((file) => [file.newPath ?? file.oldPath, file]));
            assert.equal(files.get('a.txt')?.oldText, TEXT);
            assert.equal(files.get('a.txt')?.newText, alice.read('a.txt'));
            assert.deepEqual([files.get('n.txt')?.oldText, files.get('n.txt')?.newText], ['', 'n\nm\n']);
            assert.equal(files.get('moved.txt')?.oldPath, 'b.txt');
            assert.deepEqual([files.get('dir/c.txt')?.oldText, files.get('dir/c.txt')?.newPath], ['c\n', null]);
        });

        it('are looked up without the network, also in a partial clone', async () => {
            alice.run('config', 'uploadpack.allowFilter', 'true');
            alice.run('config', 'uploadpack.allowAnySHA1InWant', 'true');
            const part = all.create(`part${round}`);
            part.run('config', 'protocol.file.allow', 'always');
            part.run('remote', 'add', 'origin', `file://${alice.root}`);
            part.run('fetch', '--quiet', '--filter=blob:none', 'origin', 'main');
            const blob = alice.run('rev-parse', 'HEAD:a.txt').trim();
            const look = ['cat-file', 'blob', blob];
            const later = alice.commit('later', { 'a.txt': edited(3) });
            assert.equal(await hasCommit(part.git, later), false);
            assert.notEqual((await part.git.try(look, { offline: true })).status, 0);
            assert.equal((await part.git.try(look)).status, 0, 'this clone fetches where it may');
        });

        it('have what the patch shows where it is not', async () => {
            const stranger = all.create(`stranger${round}`);
            alice.write({ 'a.txt': edited(20) });
            const [file] = await texts(await working(), stranger);
            assert.equal(file?.whole, false);
            assert.match(file?.oldText ?? '', /^⋯ from line 17.*\nline 17\nline 18\nline 19\nline 20\nline 21\n/u);
            assert.match(file?.newText ?? '', /line 19\nchanged\nline 21\n/u);
        });
    });
});
