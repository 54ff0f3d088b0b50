/** What the editors show, and which of it is secret. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readSecretRule } from '../../../src/core/shield/secretFiles.ts';
import { createSecretsInView } from '../../../src/extension/shield/secretsInView.ts';
import { visibleFiles, type FileUri, type VisibleFiles } from '../../../src/extension/shield/visibleFiles.ts';

const uri = (path: string, scheme = 'file'): FileUri => ({ scheme, path, fsPath: path });
const RULE = readSecretRule(['.env*', '*.pem']);

type Seen = Parameters<typeof visibleFiles>[0];
/** A window of tabs, each the active one of its group. */
function windowOf(tabs: readonly { input?: unknown; label?: string }[], editors: readonly FileUri[] = []): Seen {
    return {
        tabGroups: {
            all: [...tabs.map(({ input, label = '' }) => ({ activeTab: { input, label } })), { activeTab: undefined }],
        },
        visibleTextEditors: editors.map((of) => ({ document: { uri: of } })),
        visibleNotebookEditors: [],
    } as unknown as Seen;
}

describe('the visible files of a window', () => {
    const paths = (of: Seen): string[] => visibleFiles(of).uris.map(({ path }) => path);
    const TABS: readonly (readonly [kind: string, input: unknown, paths: string[]])[] = [
        ['a text editor', { uri: uri('/a') }, ['/a']],
        ['a diff, both sides', { original: uri('/a', 'git'), modified: uri('/b') }, ['/a', '/b']],
        ['a custom editor', { uri: uri('/a.png'), viewType: 'imagePreview.previewEditor' }, ['/a.png']],
        ['a notebook', { uri: uri('/a.ipynb'), notebookType: 'jupyter' }, ['/a.ipynb']],
        ['a diff of notebooks', { original: uri('/a'), modified: uri('/b'), notebookType: 'x' }, ['/a', '/b']],
        [
            'a merge',
            { base: uri('/a'), input1: uri('/b'), input2: uri('/c'), result: uri('/d') },
            ['/a', '/b', '/c', '/d'],
        ],
        [
            'a diff of many files',
            { textDiffs: [{ original: uri('/a'), modified: uri('/b') }, { original: uri('/c') }] },
            ['/a', '/b', '/c'],
        ],
        ['a terminal', {}, []],
        ['an unknown kind', undefined, []],
    ];
    for (const [kind, input, expected] of TABS)
        it(`are those of ${kind}`, () => assert.deepEqual(paths(windowOf([{ input }])), expected));

    it('are those of every group, and of editors within others, each once', () => {
        const seen = windowOf(
            [{ input: { uri: uri('/a') } }, { input: { uri: uri('/b') } }],
            [uri('/b'), uri('/peek')],
        );
        assert.deepEqual(paths(seen), ['/a', '/b', '/peek']);
    });

    it('have the label of a tab that names none', () => {
        assert.deepEqual(visibleFiles(windowOf([{ input: { viewType: 'x' }, label: 'Preview .env' }])).labels, [
            'Preview .env',
        ]);
    });
});

describe('the secrets in view', () => {
    function open(links: Readonly<Record<string, string>> = {}) {
        const told: string[][] = [];
        const view = createSecretsInView({
            realPath: async ({ path }) => links[path] ?? path,
            seen: (names) => void told.push([...names]),
        });
        const look = (...paths: string[]): void =>
            view.look({ uris: paths.map((path) => uri(path)), labels: [] }, RULE);
        return { view, look, told };
    }
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    it('are told when they come and go, and only then', () => {
        const { look, told } = open();
        look('/main.ts');
        look('/main.ts', '/.env');
        look('/.env');
        look('/other.ts');
        assert.deepEqual(told, [['.env'], []]);
    });

    it('are known by what a link leads to, by file or by folder', async () => {
        for (const [path, real] of [
            ['/notes.txt', '/.env'],
            ['/config/notes', '/keys/server.pem'],
            ['/a', '/b/.env.local'],
        ] as const) {
            const { look, told } = open({ [path]: real });
            look(path);
            await settled();
            assert.deepEqual(told, [[path.slice(path.lastIndexOf('/') + 1)]]);
            look(path, '/main.ts');
            look('/main.ts');
            assert.equal(told.length, 2, 'without a gap while it stays');
        }
    });

    it('are not told of a link that is out of view before it is known', async () => {
        const { look, told } = open({ '/notes.txt': '/.env' });
        look('/notes.txt');
        look('/main.ts');
        await settled();
        assert.deepEqual(told, []);
    });

    it('that the person shows anyway are hidden again when they come back', () => {
        const { view, look, told } = open();
        look('/.env');
        view.allow();
        look('/.env', '/main.ts');
        assert.deepEqual(told, [['.env'], []]);
        look('/.env', '/b.pem');
        assert.deepEqual(told.at(-1), ['b.pem'], 'another one is hidden');
        look('/main.ts');
        look('/.env');
        assert.deepEqual(told.at(-1), ['.env']);
    });

    it('that the person shows anyway are hidden again in the next share', () => {
        const { view, look, told } = open();
        for (const files of [['/.env'], ['/a.pem', '/main.ts'], ['/.env', '/b.pem']]) {
            look(...files);
            view.allow();
            assert.deepEqual(told.at(-1), []);
            view.begin();
            assert.deepEqual(
                told.at(-1),
                files.map((path) => path.slice(1)).filter((name) => name !== 'main.ts'),
            );
        }
    });

    it('are told again to a new share, and follow the settings', () => {
        const { view, look, told } = open();
        look('/.env');
        view.begin();
        assert.deepEqual(told, [['.env'], ['.env']]);
        const files: VisibleFiles = { uris: [uri('/.env')], labels: [] };
        view.look(files, readSecretRule([]));
        assert.deepEqual(told.at(-1), []);
    });

    it('are in a preview whose label names one', () => {
        const { view, told } = open();
        view.look({ uris: [], labels: ['Preview .env.local', 'Welcome'] }, RULE);
        assert.deepEqual(told, [['.env.local']]);
    });
});
