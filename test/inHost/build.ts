/** Bundles the in-host suite. It stays out of `dist`, so that it can never be packaged. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
        logLevel: 'warning',
    });
    return outfile;
}
