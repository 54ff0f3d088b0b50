/** The repository that a session belongs to, in windows on real clones: what git says, and a question where it is open. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { WORKSPACE_TYPE } from '../../src/core/rooms/eventTypes.ts';
import type { WorkspaceLink } from '../../src/core/rooms/room.ts';
import { matchesRemote } from '../../src/core/workspace/workspaceHash.ts';
import { skip } from '../stack/skip.ts';
import { keepPicture, picturesOfFailure } from './support/failure.ts';
import { ready, signIn } from './support/flows.ts';
import { matrixHttp, type MatrixHttp } from './support/matrixHttp.ts';
import { openPerson, type Person } from './support/person.ts';
import { Workbench } from './support/workbench.ts';
import { sharedWorld } from './support/world.ts';

const git = (...args: readonly string[]): void => {
    const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'protocol.file.allow=always'];
    const { status, stderr } = spawnSync('git', [...author, ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
};
const address = (name: string): string => `https://git.example.org/team/${name}.git`;

describe('the repository of a session', function () {
    this.timeout(180_000);
    let person: Person;
    let http: MatrixHttp;
    let base: string;
    before(async function () {
        if (spawnSync('git', ['--version']).status !== 0) skip(this, 'Git is not installed');
        const { stack, vsix, env } = await sharedWorld();
        const account = await stack.createAccount(`repository-${Date.now().toString(36)}`);
        http = await matrixHttp(stack.baseUrl, account);
        base = await mkdtemp(join(tmpdir(), 'hush-repositories-'));
        person = await openPerson({ vsix, env, workspace: 'plain' });
        await signIn(person.workbench, { homeserver: stack.baseUrl, user: account.userId, password: account.password });
    });
    afterEach(picturesOfFailure(() => ({ person })));
    after(() => person?.stop());

    const repository = async (name: string, remotes: Readonly<Record<string, string>>): Promise<string> => {
        const folder = join(base, name);
        await mkdir(folder, { recursive: true });
        git('init', '--quiet', '--initial-branch=main', folder);
        await writeFile(join(folder, 'a.txt'), name);
        git('-C', folder, 'add', '.');
        git('-C', folder, 'commit', '--quiet', '-m', name);
        for (const [remote, url] of Object.entries(remotes)) git('-C', folder, 'remote', 'add', remote, url);
        return folder;
    };
    /** Starts a session in a window on `where`, and returns the repositories that its room is linked to. */
    const linksFrom = async (where: string, name: string, pick?: string): Promise<WorkspaceLink[]> => {
        const window = new Workbench(await person.context.newPage());
        const url = person.server.url(where);
        if (where.endsWith('.code-workspace')) await openWorkspaceFile(window, url.replace('folder=', 'workspace='));
        else await window.open(url);
        await ready(window);
        const before = await http.joinedRooms();
        await window.command('Hush: Start Session for This Workspace…');
        await window.answer('Start Session', name);
        if (pick !== undefined) {
            await window.asking('Which repository does the session belong to?').waitFor();
            await keepPicture({ workbench: window }, `repository-${name}`);
            await window.pick(pick);
        }
        await window.row(name).waitFor();
        const room = (await http.joinedRooms()).find((id) => !before.includes(id));
        assert.ok(room);
        const state = await http.state(room);
        await window.page.close();
        return state.filter(({ type }) => type === WORKSPACE_TYPE).map(({ content }) => content as never);
    };
    /**
     * VS Code in a browser sometimes opens a workspace file without its folders, and does not read them later. Such a
     * window has nothing that this test is about, so it is opened again.
     */
    const openWorkspaceFile = async (window: Workbench, url: string): Promise<void> => {
        const folder = window.page.locator('.explorer-folders-view .monaco-list-row').first();
        for (let tries = 0; ; tries++) {
            await window.open(url);
            try {
                await folder.waitFor({ timeout: 15_000 });
                return;
            } catch (error) {
                if (tries === 2) throw error;
                console.log('      opened without its folders, so it is opened again');
            }
        }
    };
    const linked = (links: readonly WorkspaceLink[], ...names: readonly string[]): void => {
        assert.equal(links.length, names.length);
        for (const name of names)
            assert.ok(
                links.some((link) => matchesRemote(link, address(name))),
                name,
            );
    };

    it('is the one that the person names, of a window with several', async () => {
        for (const name of ['first', 'second']) await repository(name, { origin: address(name) });
        const file = join(base, 'both.code-workspace');
        await writeFile(file, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
        linked(await linksFrom(file, 'two folders', 'team/second'), 'second');
    });

    it('is none when the person says so', async () => {
        const file = join(base, 'neither.code-workspace');
        await writeFile(file, JSON.stringify({ folders: [{ path: 'first' }, { path: 'second' }] }));
        linked(await linksFrom(file, 'neither', 'No Repository'));
    });

    it('is the submodule in a window on a submodule', async () => {
        const library = await repository('library', {});
        const main = await repository('main', { origin: address('main') });
        git('-C', main, 'submodule', '--quiet', 'add', library, 'lib');
        git('-C', join(main, 'lib'), 'remote', 'set-url', 'origin', address('library'));
        linked(await linksFrom(join(main, 'lib'), 'submodule'), 'library');
    });

    it('is the inner one in a window on a nested clone, also from a folder within it', async () => {
        await repository('main/vendor/nested', { origin: address('nested') });
        await mkdir(join(base, 'main/vendor/nested/src'));
        linked(await linksFrom(join(base, 'main/vendor/nested/src'), 'nested'), 'nested');
    });

    it('is that of the working tree in a worktree', async () => {
        git('-C', join(base, 'first'), 'worktree', 'add', '--quiet', join(base, 'tree'));
        linked(await linksFrom(join(base, 'tree'), 'worktree'), 'first');
    });

    it('is the remote that the branch follows, and asked for where git has no preference', async () => {
        const fork = await repository('fork', { origin: address('my-fork'), upstream: address('upstream') });
        git('-C', fork, 'config', 'branch.main.remote', 'upstream');
        git('-C', fork, 'config', 'branch.main.merge', 'refs/heads/main');
        git('-C', fork, 'update-ref', 'refs/remotes/upstream/main', 'HEAD');
        linked(await linksFrom(fork, 'fork'), 'upstream');
        const open = await repository('open', { one: address('one'), two: address('two') });
        linked(await linksFrom(open, 'open', 'team/two'), 'two');
    });

    it('is none without a remote that others know, and a session starts all the same', async () =>
        linked(await linksFrom(await repository('alone', { origin: '/srv/git/alone.git' }), 'alone')));
});
