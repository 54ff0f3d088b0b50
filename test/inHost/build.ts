/** Bundles the in-host suite. It stays out of `dist`, so that it can never be packaged. */
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** People of the Matrix tests open their accounts with the engine that is built, not with its sources. */
const builtEngine: Plugin = {
    name: 'built-engine',
    setup(b) {
        b.onResolve({ filter: /\/matrixEngine\.ts$/ }, () => ({
            path: fileURLToPath(new URL('complement/builtEngine.ts', import.meta.url)),
        }));
    },
};

/** Returns the absolute path of the bundle, for `extensionTestsPath`. */
export async function buildInHostSuite(): Promise<string> {
    const outfile = fileURLToPath(new URL('../../out/inHost/index.cjs', import.meta.url));
    const entry = fileURLToPath(new URL('index.ts', import.meta.url));
    await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        platform: 'node',
        target: 'node22',
        format: 'cjs',
        external: ['vscode', 'mocha'],
        plugins: [builtEngine],
        logLevel: 'warning',
    });
    return outfile;
}
