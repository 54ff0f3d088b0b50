/** The import rules of the architecture (README, "Architecture"), held against the sources. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
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
    .sort()
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

/** A file is pure when its head comment says so; these must. */
const saysPure = ({ text }: Source): boolean => /\bpure\b/iu.test(/^\/\*\*[\s\S]*?\*\//u.exec(text)?.[0] ?? '');
const mustBePure = ({ file }: Source): boolean =>
    (under('extension/session', 'webview/protocol')(file) && file !== 'src/extension/session/orchestrator.ts') ||
    ['commands', 'config', 'contexts', 'errors', 'lifecycle', 'log', 'views/viewModel'].some(
        (name) => file === `src/extension/${name}.ts`,
    ) ||
    file === 'src/matrix/rtc/keyRing.ts' ||
    file === 'src/livekit/claims.ts';
const pure = new Set(sources.filter((s) => saysPure(s) || mustBePure(s)).map((s) => s.file));
/** What gives the same answer to the same question, wherever it runs. */
const DETERMINISTIC: Readonly<Record<string, readonly string[]>> = {
    'node:crypto': ['createHash', 'timingSafeEqual'],
    'node:path': ['join'],
};

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

/** Everything that loading `file` loads, by value imports. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
    for (const { what, typeOnly } of byFile.get(file)?.imports ?? []) {
        if (typeOnly || seen.has(what)) continue;
        seen.add(what);
        if (isLocal(what)) loadedBy(what, seen);
    }
    return seen;
}

describe('the architecture', () => {
    it('every import of a file of ours names one that is there', () => {
        const missing = offences(
            () => true,
            ({ what }) => !isLocal(what) || byFile.has(what) || /\.(?:css|d\.ts)$/u.test(what),
        );
        assert.deepEqual(missing, []);
    });

    it('only views/messages.ts speaks to VS Code, so no name of a stranger becomes a link', () => {
        const speaking =
            /\bwindow\s*\.(?:show(?:Information|Warning|Error)Message|showInputBox|withProgress|setStatusBarMessage)\b/u;
        const others = sources.filter((s) => speaking.test(s.text) && s.file !== 'src/extension/views/messages.ts');
        assert.deepEqual(
            others.map((s) => s.file),
            [],
        );
    });

    it('the session core, the protocol and the tables say that they are pure', () => {
        assert.deepEqual(
            sources.filter((s) => mustBePure(s) && !saysPure(s)).map((s) => s.file),
            [],
        );
    });

    it('pure files and the orchestrator import only pure files, valibot and ULIDs', () => {
        const orchestrator = 'src/extension/session/orchestrator.ts';
        const bad = offences(
            (file) => pure.has(file) || file === orchestrator,
            ({ what, typeOnly, names }) =>
                typeOnly ||
                pure.has(what) ||
                what === 'valibot' ||
                what === 'ulid' ||
                names.every((name) => DETERMINISTIC[what]?.includes(name) ?? false),
        );
        assert.deepEqual(bad, []);
    });

    it('pure files take time, chance and the world as arguments', () => {
        const world =
            /\b(?:Date\.now|performance\.now|Math\.random|setTimeout|setInterval|fetch|randomBytes|randomUUID)\s*\(|\bprocess\.|\bdocument\.|\bglobalThis\./u;
        assert.deepEqual(
            sources.filter((s) => pure.has(s.file) && world.test(code(s.text))).map((s) => s.file),
            [],
        );
    });

    it('the protocol between page and host knows nothing but valibot', () => {
        assert.deepEqual(
            offences(under('webview/protocol'), ({ what }) => what === 'valibot' || under('webview/protocol')(what)),
            [],
        );
    });

    it('only src/extension knows vscode, and never its pure files', () => {
        assert.deepEqual(
            offences(
                (file) => !under('extension')(file),
                ({ what }) => what !== 'vscode',
            ),
            [],
        );
        assert.deepEqual(
            offences(
                (file) => pure.has(file),
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

    it('src/matrix loads of src/extension only what loads nothing but valibot', () => {
        const light = (file: string): boolean =>
            [...loadedBy(file)].every((what) => isLocal(what) || what === 'valibot');
        assert.deepEqual(
            offences(
                under('matrix'),
                ({ what, typeOnly }) => typeOnly || !under('extension', 'webview')(what) || light(what),
            ),
            [],
        );
    });

    it('the LiveKit host files stand alone, so that the authoriser runs by itself', () => {
        const host = (file: string): boolean => under('livekit')(file) && !under('livekit/browser')(file);
        assert.deepEqual(
            offences(
                host,
                ({ what }) => host(what) || isNode(what) || what === 'livekit-server-sdk' || what === 'valibot',
            ),
            [],
        );
        // The extension makes tokens for a person's own server; everything else of these is the authoriser's.
        const forExtension = ['src/livekit/ownServer.ts', 'src/livekit/rateLimit.ts'];
        assert.deepEqual(
            offences(
                (file) => !host(file),
                ({ what }, { file }) =>
                    what !== 'livekit-server-sdk' &&
                    (!host(what) || (under('extension')(file) && forExtension.includes(what))),
            ),
            [],
        );
    });

    it('page code knows the page, livekit-client and the protocol: no Node, no vscode, no Matrix', () => {
        const page = under('webview', 'livekit/browser');
        const allowed = ['valibot', 'livekit-client', 'livekit-client/e2ee-worker'];
        assert.deepEqual(
            offences(
                page,
                ({ what }, { file }) =>
                    page(what) ||
                    allowed.includes(what) ||
                    // What makes the bodies of messages safe and readable is the chat's alone.
                    (under('webview/chat')(file) && (what === 'dompurify' || what.startsWith('highlight.js/lib/'))),
            ),
            [],
        );
    });

    it('host code never loads page code: of src/webview only the protocol', () => {
        const page = (file: string): boolean =>
            under('livekit/browser')(file) || (under('webview')(file) && !under('webview/protocol')(file));
        assert.deepEqual(
            offences(
                (file) => !page(file),
                ({ what }) => !page(what) && !what.startsWith('livekit-client'),
            ),
            [],
        );
    });

    it('the entry reaches the engine only by the import that is loaded on demand', () => {
        const statically = offences(
            () => true,
            ({ what, typeOnly, names }) => typeOnly || what !== 'src/extension/engine.ts' || names.length === 0,
        );
        assert.deepEqual(statically, []);
        assert.deepEqual(
            offences(
                under('extension'),
                ({ what, typeOnly }, { file }) =>
                    typeOnly || !under('matrix')(what) || pure.has(what) || file.endsWith('/engine.ts'),
            ),
            [],
        );
    });

    it('no file loads itself by a detour', () => {
        assert.deepEqual(
            sources.map((s) => s.file).filter((file) => loadedBy(file).has(file)),
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
        assert.deepEqual(talks, ['src/livekit/authoriserMain.ts']);
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
