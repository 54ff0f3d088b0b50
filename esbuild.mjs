// Makes the bundles: the entry that VS Code loads (small), the engine that it loads on demand (matrix-js-sdk, crypto),
// the media page and its E2EE worker. `npm run check` checks the types. `--watch` rebuilds on changes.
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { rewriteGlue } from './src/matrix/cryptoStore/glue.ts';

const require = createRequire(import.meta.url);
const watching = process.argv.includes('--watch');
const production = !watching && !process.argv.includes('--dev');
await rm('dist', { recursive: true, force: true });
await mkdir('dist/pkg', { recursive: true });

const shared = {
    bundle: true,
    minify: production,
    sourcemap: production ? false : 'linked',
    metafile: true,
    logLevel: 'warning',
    // The code below collects the full licences of every package.
    legalComments: 'none',
};

/** Parts that the host loads on first use, so that activation reads little: source file → bundle. */
const engine = { 'src/extension/account/engine.ts': 'engine' };
const parts = {
    'src/extension/account/accountDialogs.ts': 'accountDialogs',
    'src/extension/changes/changesDesk.ts': 'changesDesk',
    'src/extension/chat/chatDesk.ts': 'chatDesk',
    'src/extension/pairing/pairing.ts': 'pairing',
    'src/extension/pointHere/pointerDesk.ts': 'pointerDesk',
    'src/extension/rooms/roomCommands.ts': 'roomCommands',
    'src/extension/share/page/loopbackServer.ts': 'loopbackServer',
    'src/extension/shield/secretWatch.ts': 'secretWatch',
    'src/extension/tree/showStatusMenu.ts': 'statusMenu',
    'src/extension/trust/trustCommands.ts': 'trustCommands',
    'src/extension/windows/openShared.ts': 'openShared',
    'src/livekit/tokens/ownSfuTokens.ts': 'ownSfuTokens',
};
const bundleOf = new Map(Object.entries({ ...engine, ...parts }).map(([file, name]) => [resolve(file), name]));
const entries = (map) => Object.fromEntries(Object.entries(map).map(([file, name]) => [name, file]));

/**
 * A dynamic import of these stays in its own file. A dynamic import of any other file of ours would silently become
 * part of its importer.
 */
const onDemand = {
    name: 'on-demand',
    setup(b) {
        b.onResolve({ filter: /^\./ }, (args) => {
            if (args.kind !== 'dynamic-import' || args.importer.includes('node_modules')) return undefined;
            const file = resolve(args.resolveDir, args.path);
            const bundle = bundleOf.get(file);
            if (bundle !== undefined) return { path: `./${bundle}.cjs`, external: true };
            return { errors: [{ text: `${args.path} is loaded on demand, but esbuild.mjs has no bundle for it` }] };
        });
    },
};

/** The crypto glue and the SDK's store get our own IndexedDB, so that the extension host needs no globals. */
const privateIndexedDb = {
    name: 'private-indexeddb',
    setup(b) {
        const folder = resolve('src/matrix/cryptoStore');
        const imports = { handle: resolve(folder, 'handle.ts'), idbNames: resolve(folder, 'idbNames.ts') };
        b.onLoad({ filter: /[/\\](?:matrix_sdk_crypto_wasm_bg|indexeddb-local-backend)\.js$/ }, async ({ path }) => ({
            contents: rewriteGlue(await readFile(path, 'utf8'), path, imports),
            loader: 'js',
        }));
    },
};

const importMetaUrl = {
    banner: { js: "const __importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': '__importMetaUrl' },
};
const host = { ...shared, ...importMetaUrl, platform: 'node', target: 'node22', format: 'cjs', external: ['vscode'] };

const bundles = [
    {
        ...host,
        entryPoints: { main: 'src/extension/main.ts' },
        outdir: 'dist',
        outExtension: { '.js': '.cjs' },
        plugins: [onDemand],
    },
    {
        ...host,
        entryPoints: entries(parts),
        outdir: 'dist',
        outExtension: { '.js': '.cjs' },
        plugins: [onDemand],
    },
    {
        ...host,
        entryPoints: entries(engine),
        outdir: 'dist',
        outExtension: { '.js': '.cjs' },
        plugins: [onDemand, privateIndexedDb],
    },
    {
        ...shared,
        platform: 'browser',
        target: ['chrome128', 'firefox128'],
        format: 'iife',
        entryPoints: {
            page: 'src/webview/mediaPage.ts',
            chat: 'src/webview/chat/chatPage.ts',
            mediaWorker: 'src/livekit/browser/mediaWorker.ts',
            sheet: 'src/webview/sheet/sheetPage.ts',
        },
        outdir: 'dist',
        loader: { '.css': 'css' },
    },
];
const results = await Promise.all(bundles.map((bundle) => build(bundle)));
await cp(
    require.resolve('@matrix-org/matrix-sdk-crypto-wasm').replace(/[^/\\]+$/u, 'pkg/matrix_sdk_crypto_wasm_bg.wasm'),
    'dist/pkg/matrix_sdk_crypto_wasm_bg.wasm',
);

// keytar is native. Its loader and the prebuilt binaries for every platform are copied unchanged.
await cp('node_modules/keytar/lib', 'dist/keytar/lib', { recursive: true });
await cp('node_modules/keytar/prebuilds', 'dist/keytar/prebuilds', { recursive: true });
await cp('node_modules/keytar/LICENSE.md', 'dist/keytar/LICENSE.md');
// This package is `type: module`; keytar's loader is CommonJS.
await writeFile('dist/keytar/package.json', '{ "type": "commonjs" }\n');

// The licences of every bundled package, of keytar, and of the icons whose shapes are in `src/webview/ui/codicons.ts`.
const packages = new Set(['node_modules/keytar', 'node_modules/@vscode/codicons']);
for (const result of results) {
    for (const file of Object.keys(result.metafile.inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
        if (folder) packages.add(folder);
    }
}
const notices = await Promise.all(
    [...packages].toSorted().map(async (folder) => {
        const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
        const file = (await readdir(folder)).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry));
        const text = file ? await readFile(`${folder}/${file}`, 'utf8') : `Licence: ${license}`;
        return `${name} ${version}\n\n${text.trim()}\n`;
    }),
);
await writeFile('dist/ThirdPartyNotices.txt', notices.join(`\n${'-'.repeat(80)}\n\n`));

// For the architecture test: the sources of each bundle.
const inputs = Object.fromEntries(
    results.flatMap((r) => Object.entries(r.metafile.outputs).map(([out, o]) => [out, Object.keys(o.inputs)])),
);
await mkdir('out', { recursive: true });
await writeFile('out/bundles.json', JSON.stringify(inputs));

// Rebuilds the bundles when their sources change, until Ctrl-C. The copied files above do not change.
if (watching) {
    const report = {
        name: 'report',
        setup: (b) =>
            b.onEnd(({ errors }) => console.log(`${new Date().toLocaleTimeString()} ${errors.length} errors`)),
    };
    for (const bundle of bundles)
        await (await context({ ...bundle, plugins: [...(bundle.plugins ?? []), report] })).watch();
}
