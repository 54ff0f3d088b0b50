import assert from 'node:assert/strict';
import { posix } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { checkedPath, mayTellName, pathWithin } from '../../../src/core/sideChannel/repositoryPath.ts';

describe('a path inside a repository', () => {
    it('is taken if every system reads it as a file inside', () => {
        for (const path of [
            'a',
            'src/app.ts',
            'src/a b/ü.ts',
            '.github/x.yml',
            '.gitignore',
            'a..b/c',
            '...a',
            'git~x',
        ])
            assert.equal(checkedPath(path), path);
    });

    it('is refused if it leads out, or into what git keeps', () => {
        for (const path of [
            '',
            '../../x',
            'src/../../x',
            'src/..',
            './x',
            '/etc/passwd',
            '//server/share/x',
            'src//x',
            'src/',
            'C:/x',
            'c:x',
            'C:\\x',
            '..\\x',
            'src\\..\\..\\x',
            '.. /x',
            '../x',
            '.../x',
            '.git/config',
            'sub/.GIT/hooks/pre-commit',
            '.git',
            '.git ./config',
            '.git::$INDEX_ALLOCATION/config',
            'GIT~1/config',
            '.env::$DATA',
            'src/.env:x',
            'a:b/c',
            'server.pem::$DATA',
            'a\0b',
            'a\nb',
        ])
            assert.equal(checkedPath(path), undefined, JSON.stringify(path));
    });

    it('never leads out of the root, whatever another device says', () => {
        const part = fc.oneof(
            fc.constantFrom('..', '.', '', '.git', 'src', 'a.ts', '. .', '\\', '..\\..', 'C:'),
            fc.string(),
        );
        fc.assert(
            fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
                const path = checkedPath(parts.join('/'));
                if (path === undefined) return;
                const full = posix.join('/repo', path);
                assert.equal(full, `/repo/${path}`);
                assert.equal(pathWithin('/repo', full), path);
                assert.doesNotMatch(path, /(?:^|\/)\.git(?:\/|$)/iu);
            }),
        );
    });

    it('is found by the root, but only inside of it', () => {
        assert.equal(pathWithin('/repo', '/repo/src/a.ts'), 'src/a.ts');
        assert.equal(pathWithin('/repo/', '/repo/a'), 'a');
        assert.equal(pathWithin('/', '/a'), 'a');
        assert.equal(pathWithin('C:/Repo', '/c:/Repo/a'), 'a'); // the letter of a drive has no case
        for (const file of ['/repo', '/repository/a', '/other/a', '/REPO/a', '/repo/../a', '/repo/.git/config'])
            assert.equal(pathWithin('/repo', file), undefined, file);
    });
});

describe('a file with secrets, by its name', () => {
    it('is not told', () => {
        for (const path of [
            '.env',
            '.env.local',
            'apps/web/.ENV.production',
            'prod.env',
            'tls/server.pem',
            'tls/server.KEY',
            'id_rsa',
            'id_ed25519.pub',
            '.npmrc',
            '.netrc',
            'credentials.json',
            'config/secrets.yaml',
            '.aws/config',
            'home/.ssh/config',
            'store.jks',
            'passwords.kdbx',
        ])
            assert.equal(mayTellName(path), false, path);
    });

    it('is another than one that only sounds like it', () => {
        for (const path of [
            'src/env.ts',
            'environment.ts',
            'keys.ts',
            'secretsStore.ts',
            'src/credentials/a.ts',
            'a.keys',
        ])
            assert.equal(mayTellName(path), true, path);
    });
});
