import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { linkForRemote, matchesRemote, normaliseRemote } from '../../../src/core/workspace/workspaceHash.ts';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,8}$/u);
/** No names that URLs take for an address (`0x`) or for punycode (`xn--…`). */
const host = fc
    .tuple(name, fc.constantFrom('.org', '.example.com', ''))
    .map(([n, tld]) => `${n.toLowerCase()}x${tld}`)
    .filter((h) => URL.parse(`https://${h}`)?.hostname === h);

describe('the workspace link', () => {
    it('is the same for every way to write a remote', () =>
        fc.assert(
            fc.property(host, name, name, fc.stringMatching(/^[a-z0-9]{1,6}$/u), (h, a, b, secret) => {
                const forms = [
                    `git@${h}:${a}/${b}.git`,
                    `${h}:${a}/${b}`,
                    `git@${h.toUpperCase()}:/${a}/${b}/`,
                    `ssh://git@${h}/${a}/${b}`,
                    `ssh://git@${h}:22/${a}/${b}.git`,
                    `https://${h}/${a}/${b}.git/`,
                    `https://user:${secret}@${h}:443/${a}//${b}`,
                    ` https://${h.toUpperCase()}/${a}/${b} `,
                    `git://${h}/${a}/${b}`,
                ];
                assert.deepEqual(
                    forms.map(normaliseRemote),
                    forms.map(() => `${h}/${a}/${b}`),
                );
            }),
        ));
    it('matches its own repository and no other, whoever made it', () =>
        fc.assert(
            fc.property(host, name, name, (h, owner, repository) => {
                // A shorter path could stand in the link's random letters by accident.
                const [a, b] = [`owner-${owner}`, `repository-${repository}`];
                const link = linkForRemote(`git@${h}:${a}/${b}.git`, randomBytes);
                assert.ok(link);
                assert.ok(matchesRemote(link, `https://${h}/${a}/${b}`));
                assert.ok(!matchesRemote(link, `https://${h}/${a}/${b}x`));
                assert.ok(!matchesRemote(link, `https://${h}:8443/${a}/${b}`));
                assert.ok(!JSON.stringify(link).includes(`${a}/${b}`));
            }),
        ));
    it('keeps a port that means something, and the case of the path', () => {
        assert.equal(normaliseRemote('ssh://git@host.org:2222/A/b.git'), 'host.org:2222/A/b');
        assert.equal(normaliseRemote('git@[::1]:a/b'), '[::1]/a/b');
        assert.equal(normaliseRemote('git@host.org:a b/c'), 'host.org/a b/c');
        assert.equal(normaliseRemote('git@bücher.org:a/b'), normaliseRemote('https://BÜCHER.org/a/b.git'));
        assert.equal(normaliseRemote('ssh://git@ssh.host.org:443/a/b'), 'ssh.host.org:443/a/b');
    });
    it('does not exist for what names no host', () => {
        for (const remote of [
            '',
            '/home/me/repo',
            '../repo',
            'C:\\repo',
            'C:/repo',
            'file:///srv/repo.git',
            'https://host.org/',
            'nonsense',
            'mailto://a@b',
        ])
            assert.equal(normaliseRemote(remote), undefined, remote);
        assert.equal(linkForRemote('/srv/x', randomBytes), undefined);
    });
    it('never throws', () =>
        fc.assert(
            fc.property(fc.string(), (text) => {
                normaliseRemote(text);
                matchesRemote({ salt: text, hash: text }, text);
            }),
        ));
});
