/** Uncommitted changes between real git repositories: what is sent and applied, and what Undo brings back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, rmSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { textOfBytes } from '../../src/core/changes/bytesText.ts';
import { HushError } from '../../src/core/base/errors.ts';
import { pathOf, type Patch } from '../../src/core/changes/patch.ts';
import { filesOf } from '../../src/core/changes/cardOf.ts';
import type { AppliedChanges } from '../../src/extension/changes/applied.ts';
import { applyCommits, undoCommits } from '../../src/extension/changes/applyCommits.ts';
import { applyFiles, undoFiles } from '../../src/extension/changes/applyFiles.ts';
import { collect } from '../../src/extension/changes/collect.ts';
import type { Git } from '../../src/extension/changes/gitRunner.ts';
import { skip } from '../stack/skip.ts';
import { openRepositories, type Repositories, type Repository } from './support/repository.ts';
import { edited, keep, refused, TEXT } from './support/changes.ts';

type AppliedFiles = Extract<AppliedChanges, { kind: 'files' }>;

describe('changes between repositories', function () {
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

    describe('of the working tree', () => {
        it('bring edits, new and deleted files, and Undo takes them back; neither index changes', async () => {
            alice.write({ 'a.txt': edited(3), 'new/ü name.txt': 'new\n', ignored: 'x', '.gitignore': 'ignored\n' });
            alice.run('rm', '--quiet', '--cached', 'b.txt');
            alice.run('rm', '--quiet', '-f', 'dir/c.txt');
            const index = alice.run('ls-files', '-s');
            const { patch, base } = await collect(alice.git, { kind: 'working' });
            assert.equal(alice.run('ls-files', '-s'), index);
            assert.equal(base, alice.run('rev-parse', 'HEAD').trim());
            assert.deepEqual(patch.files.map(pathOf).toSorted(), [
                '.gitignore',
                'a.txt',
                'dir/c.txt',
                'new/ü name.txt',
            ]);
            const was = bob.state();
            const applied = await apply(patch);
            assert.equal(bob.read('a.txt'), edited(3));
            assert.equal(bob.read('new/ü name.txt'), 'new\n');
            assert.ok(!bob.has('dir'));
            assert.equal(bob.run('diff', '--cached'), '');
            assert.equal(applied.kind, 'files');
            if (applied.kind === 'files') await undoFiles(applied);
            assert.equal(bob.state(), was);
            assert.ok(!bob.has('new'));
        });

        it('bring a rename, a mode, a link, a binary file and text in another encoding', async () => {
            alice.run('mv', 'a.txt', 'moved here.txt');
            alice.write({ 'pic.bin': Uint8Array.from({ length: 3_000 }, (_, i) => (i * 7) % 256) });
            alice.write({ 'latin.txt': Uint8Array.from([0x67, 0x72, 0xfc, 0xdf, 0x65, 0x0a]) });
            chmodSync(join(alice.root, 'b.txt'), 0o755);
            symlinkSync('b.txt', join(alice.root, 'link'));
            const patch = await working();
            const notes = new Map(filesOf(patch.files).map(({ path, note }) => [path, note]));
            assert.equal(notes.get('moved here.txt'), 'renamed from a.txt');
            assert.equal(notes.get('pic.bin'), 'new, binary');
            assert.equal(notes.get('b.txt'), 'executable');
            assert.equal(notes.get('link'), 'new, link');
            await apply(patch);
            assert.ok(!bob.has('a.txt'));
            assert.equal(bob.read('moved here.txt'), TEXT);
            assert.ok(bob.isExecutable('b.txt'));
            for (const file of ['pic.bin', 'latin.txt', 'link'])
                assert.equal(bob.run('hash-object', file), alice.run('hash-object', file));
        });

        it('fit files that the receiver changed elsewhere, and keep those changes', async () => {
            alice.write({ 'a.txt': edited(3) });
            bob.write({ 'a.txt': edited(35, 'mine') });
            const applied = await apply(await working());
            assert.equal(bob.read('a.txt'), edited(3).replace('line 35\n', 'mine\n'));
            if (applied.kind === 'files') await undoFiles(applied);
            assert.equal(bob.read('a.txt'), edited(35, 'mine'));
        });

        it('are merged where the receiver has the base and lines nearby moved', async () => {
            alice.write({ 'a.txt': edited(10) });
            bob.commit('other', { 'a.txt': `${'top\n'.repeat(30)}${edited(14, 'near')}` });
            await apply(await working());
            assert.ok(bob.read('a.txt').includes('line 9\nchanged\n'));
            assert.ok(bob.read('a.txt').includes('near\n'));
        });

        it('name exactly the files that conflict, and change nothing', async () => {
            alice.write({ 'a.txt': edited(3), 'b.txt': edited(5), 'z.txt': 'z\n' });
            bob.write({ 'b.txt': edited(5, 'mine'), 'z.txt': 'mine\n' });
            const was = bob.state();
            await assert.rejects(apply(await working()), (error: Error) => {
                refused('changes.conflict', 'b.txt', 'z.txt')(error);
                return !error.message.includes('a.txt');
            });
            assert.equal(bob.state(), was);
        });

        it('that are there already say so', async () => {
            alice.write({ 'a.txt': edited(3) });
            const patch = await working();
            await apply(patch);
            await assert.rejects(apply(patch), refused('changes.conflict', 'already'));
        });

        it('keep the line ends that the receiver’s git writes', async () => {
            bob.run('config', 'core.autocrlf', 'true');
            bob.run('rm', '--quiet', '-r', '--cached', '.');
            bob.run('reset', '--quiet', '--hard');
            assert.ok(bob.read('a.txt').includes('line 1\r\n'));
            alice.write({ 'a.txt': edited(3) });
            const applied = await apply(await working());
            assert.equal(bob.read('a.txt'), edited(3).replaceAll('\n', '\r\n'));
            assert.equal(bob.run('diff', '--stat').includes('1 insertion'), true);
            if (applied.kind === 'files') await undoFiles(applied);
            assert.equal(bob.read('a.txt'), TEXT.replaceAll('\n', '\r\n'));
        });

        it('with CR LF in the file itself arrive as they are', async () => {
            alice.commit('crlf', { 'w.txt': 'one\r\ntwo\r\n' });
            bob.run('pull', '--quiet');
            alice.write({ 'w.txt': 'one\r\nTWO\r\n' });
            await apply(await working());
            assert.equal(bob.read('w.txt'), 'one\r\nTWO\r\n');
        });

        it('come from an unborn branch, and go onto one', async () => {
            const young = all.create(`young${round}`);
            young.write({ 'a.txt': 'a\n' });
            const { patch, base } = await collect(young.git, { kind: 'working' });
            assert.equal(base, null);
            const other = all.create(`other${round}`);
            const applied = await apply(patch, other);
            assert.equal(other.read('a.txt'), 'a\n');
            if (applied.kind === 'files') await undoFiles(applied);
            assert.ok(!other.has('a.txt'));
        });

        it('work with a detached HEAD on both sides, and without the base', async () => {
            alice.run('checkout', '--quiet', '--detach');
            bob.run('checkout', '--quiet', '--detach');
            alice.commit('bob has not got this', { 'far.txt': 'far\n', 'a.txt': edited(30) });
            alice.write({ 'a.txt': edited(30).replace('line 3\n', 'changed\n') });
            await apply(await working());
            assert.equal(bob.read('a.txt'), edited(3));
        });

        it('leave submodules alone, and say so where nothing else changed', async () => {
            const library = all.create(`library${round}`);
            library.commit('one', { x: '1\n' });
            alice.run('submodule', '--quiet', 'add', library.root, 'lib');
            alice.commit('with it');
            bob.run('pull', '--quiet');
            const moved = library.commit('two', { x: '2\n' });
            alice.run('-C', 'lib', 'pull', '--quiet');
            const patch = await working();
            assert.deepEqual(
                filesOf(patch.files).map(({ path, note }) => [path, note]),
                [['lib', 'submodule']],
            );
            await assert.rejects(apply(patch), refused('changes.nothing', 'submodules'));
            alice.commit('moves it');
            const sent = await collect(alice.git, { kind: 'commits', count: 1 });
            await apply(sent.patch);
            assert.ok(bob.run('ls-tree', 'HEAD', 'lib').includes(moved));
        });

        it('are seen in a file that was committed in the same second and is as long', async () => {
            alice.run('config', 'core.trustctime', 'false');
            const [file, index] = [join(alice.root, 'a.txt'), join(alice.root, '.git/index')];
            utimesSync(file, 1_000_000_000, 1_000_000_000);
            alice.run('update-index', '--refresh');
            utimesSync(index, 1_000_000_000, 1_000_000_000);
            alice.write({ 'a.txt': edited(10) });
            utimesSync(file, 1_000_000_000, 1_000_000_000);
            assert.deepEqual((await working()).files.map(pathOf), ['a.txt']);
        });

        it('that are empty, staged or not, say so', async () => {
            await assert.rejects(working(), refused('changes.nothing', 'no file has changed'));
            alice.write({ 'a.txt': edited(3) });
            await assert.rejects(collect(alice.git, { kind: 'staged' }), refused('changes.nothing', 'staged'));
            alice.run('add', 'a.txt');
            alice.write({ 'b.txt': edited(3) });
            const staged = await collect(alice.git, { kind: 'staged' });
            assert.deepEqual(staged.patch.files.map(pathOf), ['a.txt']);
        });

        it('with a file that is too large name it, before it is read', async () => {
            alice.write({ 'huge.bin': '' });
            truncateSync(join(alice.root, 'huge.bin'), 60_000_000);
            await assert.rejects(working(), refused('changes.tooLarge', 'huge.bin', '50 MB'));
        });

        it('that make a patch too large are not sent', async () => {
            alice.write({ 'noise.bin': randomBytes(9_000_000) });
            await assert.rejects(working(), refused('changes.tooLarge', '10 MB'));
        });

        it('are not sent in the middle of a conflict', async () => {
            alice.run('checkout', '--quiet', '-b', 'side');
            alice.commit('side', { 'a.txt': edited(3, 'side') });
            alice.run('checkout', '--quiet', 'main');
            alice.commit('main', { 'a.txt': edited(3, 'main') });
            spawnSync('git', ['merge', 'side'], { cwd: alice.root });
            await assert.rejects(working(), refused('changes.conflict', 'a.txt'));
        });

        it('look the same whatever the settings of the sender’s git are', async () => {
            alice.write({ 'a.txt': edited(3), 'ü.txt': 'x\n' });
            const plain = await collect(alice.git, { kind: 'working' });
            const settings = [
                'diff.noprefix=true',
                'diff.mnemonicPrefix=true',
                'color.ui=always',
                'core.quotePath=false',
            ];
            settings.push(
                'diff.suppressBlankEmpty=true',
                'diff.external=false',
                'diff.context=9',
                'diff.algorithm=patience',
            );
            for (const setting of settings) alice.run('config', ...(setting.split('=') as [string, string]));
            const other = await collect(alice.git, { kind: 'working' });
            assert.equal(textOfBytes(other.bytes), textOfBytes(plain.bytes));
        });
    });

    describe('undone', () => {
        it('refuse where a file has changed since, and name it', async () => {
            alice.write({ 'a.txt': edited(3), 'b.txt': edited(5) });
            const applied = await apply(await working());
            bob.write({ 'b.txt': 'mine\n' });
            if (applied.kind === 'files')
                await assert.rejects(undoFiles(applied), (error: Error) => {
                    refused('changes.changed', 'b.txt')(error);
                    return !error.message.includes('a.txt');
                });
            assert.equal(bob.read('a.txt'), edited(3));
        });

        const record = async (patch: Patch): Promise<AppliedFiles> => {
            const applied = await apply(patch);
            return applied.kind === 'files' ? applied : assert.fail('not files');
        };
        /** `a.txt` becomes a folder with a file. */
        const folderForFile = async (): Promise<Patch> => {
            rmSync(join(alice.root, 'a.txt'));
            alice.write({ 'a.txt/b': 'new\n', 'b.txt': edited(5) });
            return working();
        };

        it('a folder that took the place of a file gives it back, but not with other files in it', async () => {
            const was = bob.state();
            const applied = await record(await folderForFile());
            assert.equal(bob.read('a.txt/b'), 'new\n');
            bob.write({ 'a.txt/mine': 'mine\n' });
            await assert.rejects(undoFiles(applied), refused('changes.changed', 'a.txt/mine'));
            assert.equal(bob.read('b.txt'), edited(5));
            rmSync(join(bob.root, 'a.txt/mine'));
            await undoFiles(applied);
            assert.equal(bob.state(), was);
        });

        it('half way go on from there, also after Hush ended in the middle', async () => {
            const was = bob.state();
            const kept: (AppliedFiles | null)[] = [];
            alice.write({ 'a.txt': edited(3), 'b.txt': edited(5), 'n.txt': 'n\n' });
            await applyFiles(bob.git, (await working()).files, async (applied) => void kept.push(applied));
            const [first, ...more] = kept;
            assert.ok(first);
            assert.deepEqual(more, [], 'what is expected is what is written');
            bob.write({ 'a.txt': TEXT });
            rmSync(join(bob.root, 'n.txt'));
            await undoFiles(first);
            assert.equal(bob.state(), was);
            await undoFiles(first);
            assert.equal(bob.state(), was);
        });

        /** Git fails after it has written the files. */
        const failing = (meanwhile: () => void = () => undefined): Git => ({
            ...bob.git,
            bytes: async (args, options) => {
                const out = await bob.git.bytes(args, options);
                if (args[0] !== 'checkout-index' || args[1] !== '-f') return out;
                meanwhile();
                throw new HushError('changes.failed', 'Git could not do this: no space.');
            },
        });

        it('by themselves after a failure leave nothing, and no Undo', async () => {
            const was = bob.state();
            const kept: (AppliedFiles | null)[] = [];
            const { files } = await folderForFile();
            await assert.rejects(
                applyFiles(failing(), files, async (applied) => void kept.push(applied)),
                refused('changes.failed', 'no space'),
            );
            assert.equal(bob.state(), was);
            assert.equal(kept.at(-1), null);
        });

        it('by themselves not whole say so, go on with the others, and keep Undo', async () => {
            const was = bob.state();
            const kept: (AppliedFiles | null)[] = [];
            const { files } = await folderForFile();
            const inTheWay = join(bob.root, 'a.txt/mine');
            const git = failing(() => mkdirSync(inTheWay));
            await assert.rejects(
                applyFiles(git, files, async (applied) => void kept.push(applied)),
                (error: Error) => {
                    refused('changes.failed', 'could not be put back', 'a.txt')(error);
                    return !error.message.includes('b.txt');
                },
            );
            assert.equal(bob.read('b.txt'), TEXT);
            const last = kept.at(-1);
            assert.ok(last);
            rmSync(inTheWay, { recursive: true });
            await undoFiles(last);
            assert.equal(bob.state(), was);
        });

        it('as commits refuse when commits or edits came after', async () => {
            alice.commit('second', { 'a.txt': edited(3) });
            const { patch } = await collect(alice.git, { kind: 'commits', count: 1 });
            const applied = await apply(patch);
            assert.equal(applied.kind, 'commits');
            if (applied.kind !== 'commits') return;
            bob.write({ 'a.txt': 'mine\n' });
            await assert.rejects(undoCommits(bob.git, applied), refused('changes.conflict', 'a.txt'));
            bob.run('checkout', '--quiet', 'a.txt');
            bob.commit('mine', { 'm.txt': 'm\n' });
            await assert.rejects(undoCommits(bob.git, applied), refused('changes.changed', 'git revert'));
        });
    });
});
