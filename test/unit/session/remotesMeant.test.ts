import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { remotesMeant, type RepositoryRemotes } from '../../../src/core/workspace/remotesMeant.ts';
import { normaliseRemote } from '../../../src/core/workspace/workspaceHash.ts';

const repository = (remotes: Record<string, string>, tracked?: string, root = '/work/a'): RepositoryRemotes => ({
    root,
    remotes: Object.entries(remotes).map(([name, url]) => ({ name, url })),
    tracked,
});
const meant = (...repositories: RepositoryRemotes[]): string[] =>
    remotesMeant(repositories).map(({ address }) => address);

describe('the remote that a session belongs to', () => {
    const fork = { origin: 'git@hub.example:me/x.git', upstream: 'https://hub.example/team/x' };
    it('is the one that the current branch follows', () => {
        assert.deepEqual(meant(repository(fork, 'upstream')), ['hub.example/team/x']);
        assert.deepEqual(meant(repository(fork, 'origin')), ['hub.example/me/x']);
    });
    it('is origin when no branch says otherwise, wherever it stands', () => {
        assert.deepEqual(meant(repository(fork)), ['hub.example/me/x']);
        assert.deepEqual(meant(repository({ a: 'https://h.example/a', origin: 'https://h.example/b' })), [
            'h.example/b',
        ]);
        assert.deepEqual(meant(repository(fork, 'gone')), ['hub.example/me/x']);
    });
    it('is the only one, whatever its name', () =>
        assert.deepEqual(meant(repository({ company: 'ssh://git@h.example:2222/x' })), ['h.example:2222/x']));
    it('is none without a remote, and none that only this machine knows', () => {
        assert.deepEqual(meant(), []);
        assert.deepEqual(meant(repository({})), []);
        assert.deepEqual(meant(repository({ origin: '/srv/git/x.git', backup: 'file:///mnt/x' }, 'origin')), []);
        assert.deepEqual(meant(repository({ origin: 'C:\\git\\x', far: 'git@h.example:x' }, 'origin')), [
            'h.example/x',
        ]);
    });
    it('is asked for between several that git does not prefer, and between repositories', () => {
        assert.deepEqual(meant(repository({ a: 'https://h.example/a', b: 'https://h.example/b' })), [
            'h.example/a',
            'h.example/b',
        ]);
        assert.deepEqual(
            meant(repository({ origin: 'h.example:a' }), repository({ origin: 'h.example:b' }, undefined, '/work/b')),
            ['h.example/a', 'h.example/b'],
        );
    });
    it('is not asked for between forms of one address: other schemes, worktrees, two clones', () => {
        assert.deepEqual(
            meant(
                repository({ a: 'git@H.example:x.git', b: 'https://u:p@h.example/x/' }),
                repository({ origin: 'ssh://git@h.example/x' }, undefined, '/work/tree'),
            ),
            ['h.example/x'],
        );
    });
    it('never shows a password, and is one of the remotes', () => {
        const url = fc.webUrl({ withQueryParameters: false }).map((u) => u.replace('://', '://user:secret@'));
        fc.assert(
            fc.property(
                fc.dictionary(fc.constantFrom('origin', 'a', 'b', 'c'), url),
                fc.string(),
                (remotes, tracked) => {
                    for (const remote of remotesMeant([repository(remotes, tracked)])) {
                        assert.ok(!remote.address.includes('secret@'));
                        assert.equal(remote.address, normaliseRemote(remotes[remote.name] ?? ''));
                    }
                },
            ),
        );
    });
});
