/** The import rules of the architecture (docs/architecture.md, "Floors"), held against the sources. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';

interface Import {
    /** A package or `node:` module, or a path from the checkout's root. */
    readonly what: string;
    /** Erased by the compiler: it may name what must not be loaded. */
    readonly typeOnly: boolean;
    readonly names: readonly string[];
}

interface Source {
    readonly file: string;
    readonly text: string;
    readonly imports: readonly Import[];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const STATEMENT = /^(?:import|export)\s+(type\s)?([^'"]*?)\s*from\s*'([^']+)'/gmu;
const SIDE_EFFECT = /^import\s+'([^']+)'/gmu;
const DYNAMIC = /\bimport\('([^']+)'\)/gu;

function importsOf(file: string, text: string): Import[] {
    const resolved = (what: string): string =>
        what.startsWith('.') ? slashed(relative(root, join(root, dirname(file), what))) : what;
    const named = (list: string): string[] =>
        [...list.matchAll(/(?:^|[{,])\s*(?:type\s+)?([\w*]+)/gu)].map((m) => m[1] ?? '');
    return [
        ...[...text.matchAll(STATEMENT)].map(([, type, list = '', what = '']) => ({
            what: resolved(what),
            typeOnly: type !== undefined,
            names: named(list),
        })),
        ...[...text.matchAll(SIDE_EFFECT), ...text.matchAll(DYNAMIC)].map(([, what = '']) => ({
            what: resolved(what),
            typeOnly: false,
            names: [],
        })),
    ];
}

function slashed(path: string): string {
    return path.replaceAll('\\', '/');
}

const sources: readonly Source[] = globSync('src/**/*.ts', { cwd: root })
    .map(slashed)
    .filter((file) => !file.endsWith('.d.ts'))
    .toSorted()
    .map((file) => {
        const text = readFileSync(join(root, file), 'utf8');
        return { file, text, imports: importsOf(file, text) };
    });
const byFile = new Map(sources.map((source) => [source.file, source]));

const under =
    (...folders: readonly string[]) =>
    (file: string): boolean =>
        folders.some((folder) => file.startsWith(`src/${folder}/`));
const isLocal = (what: string): boolean => what.startsWith('src/');
const isSdk = (what: string): boolean => what.startsWith('matrix-js-sdk') || what.startsWith('@matrix-org/');
const isNode = (what: string): boolean => what.startsWith('node:') || what === 'ws' || what === 'keytar';

/**
 * The floors, from the ground: each may import of those that it names, and of its own. Types count as values do, and so do
 * imports on demand. `livekit/browser` is LiveKit's half in the page, and stands on the page's floor.
 */
const FLOORS = {
    core: [],
    matrix: ['core'],
    livekit: ['core'],
    'livekit/browser': ['core'],
    webview: ['core', 'livekit/browser'],
    extension: ['core', 'matrix', 'livekit'],
} as const satisfies Record<string, readonly string[]>;
type Floor = keyof typeof FLOORS;

function floorOf(file: string): Floor {
    const floors = (Object.keys(FLOORS) as Floor[]).filter((floor) => under(floor)(file));
    const deepest = floors.toSorted((a, b) => b.length - a.length)[0];
    if (!deepest) throw new Error(`${file} is on no floor`);
    return deepest;
}

/** Of core, a page knows how to talk to its host and to other pages, and nothing of what the host decides. */
const CORE_OF_PAGES = (file: string): boolean =>
    under('core/base', 'core/page', 'core/sideChannel')(file) ||
    [
        'trust/trustLevels',
        'trust/trustWords',
        'share/mediaMessages',
        'chat/message',
        'chat/chatPageMessages',
        'chat/changesMessages',
        'changes/changesCard',
    ].some((name) => file === `src/core/${name}.ts`);
/** What the extension reaches of the houses beside it: one lazy loader each, else types alone. */
const LOADERS: Readonly<Record<string, string>> = {
    'src/extension/account/engine.ts': 'matrix',
    'src/extension/account/ownSfuKeys.ts': 'livekit',
    'src/extension/account/setUpOwnSfu.ts': 'livekit',
};
/** Files beside the folders of a house: its front doors. */
const FRONT_DOORS = ['extension/main', 'matrix/openAccount', 'matrix/accountDiagnostics', 'webview/mediaPage'];
/** What gives the same answer to the same question, wherever it runs. */
const DETERMINISTIC: Readonly<Record<string, readonly string[]>> = { 'node:crypto': ['createHash'] };

const folderOf = (file: string): string => dirname(file);

/** Groups of nodes that reach each other. */
function circlesOf(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
    const reaches = (from: string): ReadonlySet<string> => {
        const seen = new Set<string>();
        const open = [from];
        for (let node = open.pop(); node !== undefined; node = open.pop())
            for (const next of edges.get(node) ?? []) {
                if (seen.has(next)) continue;
                seen.add(next);
                open.push(next);
            }
        return seen;
    };
    return [...edges.keys()].filter((node) => reaches(node).has(node));
}

function edgesBetween(nameOf: (file: string) => string): Map<string, Set<string>> {
    const edges = new Map<string, Set<string>>();
    for (const { file, imports } of sources)
        for (const { what } of imports) {
            if (!byFile.has(what) || nameOf(what) === nameOf(file)) continue;
            edges.set(nameOf(file), (edges.get(nameOf(file)) ?? new Set()).add(nameOf(what)));
        }
    return edges;
}

/** Without comments and strings. */
function code(text: string): string {
    return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|`[^`]*`|'[^'\n]*'/gmu, '');
}

/** Each import of `files` that `allowed` refuses, as `file -> import`. */
function offences(files: (file: string) => boolean, allowed: (imported: Import, from: Source) => boolean): string[] {
    return sources
        .filter(({ file }) => files(file))
        .flatMap((source) =>
            source.imports.filter((i) => !allowed(i, source)).map((i) => `${source.file} -> ${i.what}`),
        );
}

describe('the architecture', () => {
    it('every import of a file of ours names one that is there', () => {
        const missing = offences(
            () => true,
            ({ what }) => !isLocal(what) || byFile.has(what) || /\.(?:css|d\.ts)$/u.test(what),
        );
        assert.deepEqual(missing, []);
    });

    it('only shell/dialogs.ts speaks to VS Code, so no name of a stranger becomes a link', () => {
        const speaking =
            /\bwindow\s*\.(?:show(?:Information|Warning|Error)Message|showInputBox|showQuickPick|createQuickPick|createInputBox|withProgress|setStatusBarMessage)\b/u;
        const others = sources.filter((s) => speaking.test(s.text) && s.file !== 'src/extension/shell/dialogs.ts');
        assert.deepEqual(
            others.map((s) => s.file),
            [],
        );
    });

    it('each floor imports of the floors below it, and of no other', () => {
        const arrows = new Map<string, number>();
        const bad = offences(
            () => true,
            ({ what }, { file }) => {
                if (!isLocal(what)) return true;
                const [from, to] = [floorOf(file), floorOf(what)];
                if (from === to) return true;
                arrows.set(`${from} -> ${to}`, (arrows.get(`${from} -> ${to}`) ?? 0) + 1);
                return (FLOORS[from] as readonly string[]).includes(to);
            },
        );
        console.log(
            [...arrows]
                .toSorted(([a], [b]) => (a < b ? -1 : 1))
                .map(([arrow, count]) => `        ${arrow}: ${count}`)
                .join('\n'),
        );
        assert.deepEqual(bad, []);
    });

    it('the extension loads the Matrix and LiveKit houses through one door each; else it knows their types', () => {
        assert.deepEqual(
            offences(
                under('extension'),
                ({ what, typeOnly }, { file }) =>
                    typeOnly || !under('matrix', 'livekit')(what) || LOADERS[file] === floorOf(what),
            ),
            [],
        );
        // Loaded when it is first needed: activation must not read a megabyte.
        assert.deepEqual(
            offences(
                () => true,
                ({ what, typeOnly, names }) =>
                    typeOnly ||
                    names.length === 0 ||
                    !['src/extension/account/engine.ts', 'src/livekit/tokens/ownSfuTokens.ts'].includes(what),
            ),
            [],
        );
    });

    it('a page knows of core the messages that it exchanges with its host', () => {
        assert.deepEqual(
            offences(under('webview', 'livekit/browser'), ({ what }) => !under('core')(what) || CORE_OF_PAGES(what)),
            [],
        );
    });

    it('asks a transport what it can, and compares its name in few places', () => {
        const comparison = /(?:[!=]==\s*|\bcase )'(?:mesh|livekit)'/gu;
        const counts = sources
            .map(({ file, text }) => ({ file, count: text.match(comparison)?.length ?? 0 }))
            .filter(({ count }) => count > 0);
        console.log(counts.map(({ file, count }) => `        ${file}: ${count}`).join('\n'));
        assert.ok(counts.reduce((sum, { count }) => sum + count, 0) <= 8);
        // The policy names them on purpose. The flows follow it, and ask `publishPath.ts` and `subscribePath.ts`.
        const flows = counts.map(({ file }) => file).filter(under('core/session'));
        assert.deepEqual(flows, ['src/core/session/topology.ts']);
    });

    it('no circle of files, and none of folders within a house', () => {
        assert.deepEqual(circlesOf(edgesBetween((file) => file)), []);
        assert.deepEqual(circlesOf(edgesBetween(folderOf)), []);
    });

    it('a name stands for one file, and a house has only its front doors beside its folders', () => {
        const names = sources.map(({ file }) => basename(file));
        assert.deepEqual(
            names.filter((name, index) => names.indexOf(name) !== index),
            [],
        );
        const loose = sources.map(({ file }) => file).filter((file) => file.split('/').length === 3);
        assert.deepEqual(loose.toSorted(), FRONT_DOORS.map((name) => `src/${name}.ts`).toSorted());
    });

    it('core imports nothing from outside but valibot, ULIDs, hashes and globs', () => {
        const bad = offences(
            under('core'),
            ({ what, names }) =>
                isLocal(what) ||
                what === 'valibot' ||
                what === 'ulid' ||
                what === 'picomatch' ||
                (names.length > 0 && names.every((name) => DETERMINISTIC[what]?.includes(name) ?? false)),
        );
        assert.deepEqual(bad, []);
    });

    it('core takes time, chance and the world as arguments', () => {
        const world =
            /\b(?:Date\.now|performance\.now|Math\.random|setTimeout|setInterval|fetch|randomBytes|randomUUID)\s*\(|\bprocess\.|\bdocument\.|\bglobalThis\./u;
        assert.deepEqual(
            sources.filter((s) => under('core')(s.file) && world.test(code(s.text))).map((s) => s.file),
            [],
        );
    });

    it('only src/extension knows vscode', () => {
        assert.deepEqual(
            offences(
                (file) => !under('extension')(file),
                ({ what }) => what !== 'vscode',
            ),
            [],
        );
    });

    it('only src/matrix knows the Matrix SDK, and it knows no media', () => {
        assert.deepEqual(
            offences(
                (file) => !under('matrix')(file),
                ({ what }) => !isSdk(what),
            ),
            [],
        );
        assert.deepEqual(
            offences(under('matrix'), ({ what }) => !what.startsWith('livekit-') && !under('livekit')(what)),
            [],
        );
    });

    it('the LiveKit host files stand on their own and core’s base, so that the authoriser runs by itself', () => {
        const host = (file: string): boolean => under('livekit')(file) && !under('livekit/browser')(file);
        assert.deepEqual(
            offences(
                host,
                ({ what }) =>
                    host(what) ||
                    under('core/base')(what) ||
                    isNode(what) ||
                    what === 'livekit-server-sdk' ||
                    what === 'ipaddr.js' ||
                    what === 'valibot',
            ),
            [],
        );
        assert.deepEqual(
            offences(
                (file) => !host(file),
                ({ what }) => what !== 'livekit-server-sdk' && !under('livekit/authoriser')(what),
            ),
            [],
        );
    });

    it('page code uses livekit-client and valibot: no Node, no vscode, no Matrix', () => {
        const page = under('webview', 'livekit/browser');
        const allowed = ['valibot', 'livekit-client', 'livekit-client/e2ee-worker'];
        assert.deepEqual(
            offences(
                page,
                ({ what }, { file }) =>
                    isLocal(what) ||
                    allowed.includes(what) ||
                    // What makes the bodies of messages safe and readable is the chat's alone.
                    (under('webview/chat')(file) && (what === 'dompurify' || what.startsWith('highlight.js/lib/'))),
            ),
            [],
        );
    });

    it('host code never loads page code', () => {
        const page = under('webview', 'livekit/browser');
        assert.deepEqual(
            offences(
                (file) => !page(file),
                ({ what }) => !page(what) && !what.startsWith('livekit-client'),
            ),
            [],
        );
    });

    it('nothing in src knows the tests', () => {
        assert.deepEqual(
            offences(
                () => true,
                ({ what }) => isLocal(what) || !/^(?:test\/|mocha|playwright|@vscode\/test)/u.test(what),
            ),
            [],
        );
    });

    it('nothing writes to the console but the authoriser’s own command', () => {
        const talks = sources.filter((s) => /\bconsole\./u.test(code(s.text))).map((s) => s.file);
        assert.deepEqual(talks, ['src/livekit/authoriser/authoriserMain.ts']);
    });

    it('no file is longer than 400 lines', () => {
        const linesOf = (file: string): number => readFileSync(join(root, file), 'utf8').split('\n').length - 1;
        const files = globSync('{src,test}/**/*.{ts,mjs,css}', { cwd: root });
        assert.deepEqual(
            files.filter((file) => linesOf(file) > 400),
            [],
        );
    });
});
