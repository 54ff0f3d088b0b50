/** The rule of Secret Shield: which files hold secrets. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { readSecretRule } from '../../../src/core/shield/secretFiles.ts';
import { SECRET_PATTERNS } from '../../../src/core/shield/secretPatterns.ts';

const SECRET = [
    '.env',
    '.env.local',
    'prod.env',
    'server.pem',
    'server.key',
    'id_rsa',
    'id_ed25519.bak',
    'cert.p12',
    'cert.pfx',
    '.npmrc',
    '.netrc',
    '.pypirc',
    'vault.kdbx',
    'secrets.yaml',
    'terraform.tfvars',
    'my-service-account-1.json',
    'credentials.json',
];
const PLAIN = [
    'main.ts',
    'env.ts',
    'README.md',
    'id_rsa.pub',
    '.env.example',
    'keyboard.json',
    'monkey.keys.ts',
    'a.pem.ts',
];
const PATHS = [
    '/home/ann/.aws/credentials',
    '/home/ann/.ssh/work',
    '/home/ann/.kube/config',
    '/home/ann/.docker/config.json',
    '/home/ann/.config/Code/User/settings.json',
    '/home/ann/.config/Code/User/profiles/-5f/mcp.json',
    '/c:/Users/Ann/.azure/accessTokens.json',
];
const PLAIN_PATHS = [
    '/ws/.vscode/settings.json',
    '/ws/.ssh/known_hosts',
    '/ws/aws/credentials.ts/a.ts',
    '/ws/config.json',
];

const rule = readSecretRule(SECRET_PATTERNS);
const folder = fc
    .array(
        fc.stringMatching(/^[\w .-]{1,12}$/u).filter((name) => !/^\.(?:ssh|gnupg|azure)$/iu.test(name)),
        { maxLength: 5 },
    )
    .map((names) => ['', ...names].join('/'));
/** The same letters, some of them large. */
const anyCase = (text: string): fc.Arbitrary<string> =>
    fc
        .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
        .map((large) => [...text].map((letter, i) => (large[i] ? letter.toUpperCase() : letter)).join(''));

describe('the rule of Secret Shield', () => {
    it('reads every pattern that comes with it', () => assert.deepEqual(rule.unreadable, []));

    it('hides the usual files with secrets in any folder and any case', () => {
        fc.assert(
            fc.property(folder, fc.constantFrom(...SECRET).chain(anyCase), (path, name) =>
                rule.matches(`${path}/${name}`),
            ),
        );
    });

    it('leaves other files alone in any folder', () => {
        fc.assert(fc.property(folder, fc.constantFrom(...PLAIN), (path, name) => !rule.matches(`${path}/${name}`)));
    });

    for (const path of PATHS) it(`hides ${path}`, () => assert.ok(rule.matches(path)));
    for (const path of PLAIN_PATHS) it(`leaves ${path} alone`, () => assert.ok(!rule.matches(path)));

    it('hides the earlier versions that Git shows', () => {
        for (const path of ['/ws/.env.git', '/ws/server.pem.git', '/home/ann/.aws/credentials.git'])
            assert.ok(rule.matches(path), path);
        assert.ok(!rule.matches('/ws/main.ts.git'));
    });

    it('takes the last pattern that matches', () => {
        const own = readSecretRule(['*.json', '!public.json', '**/really/public.json']);
        assert.deepEqual(
            ['/a.json', '/public.json', '/really/public.json'].map((path) => own.matches(path)),
            [true, false, true],
        );
    });

    it('hides nothing without patterns, and never fails', () => {
        const none = readSecretRule([]);
        fc.assert(fc.property(fc.string(), (path) => !none.matches(path)));
        fc.assert(
            fc.property(fc.array(fc.string({ maxLength: 2_000 }), { maxLength: 5 }), fc.string(), (patterns, path) => {
                const { matches, unreadable } = readSecretRule([...patterns, '.env']);
                matches(path);
                return unreadable.every((pattern) => patterns.includes(pattern)) && matches('/ws/.env');
            }),
        );
    });
});
