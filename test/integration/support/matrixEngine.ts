/**
 * Loads the real `src/matrix` unbundled in this process. A load hook rewrites the crypto glue as esbuild does, so no
 * global is set here either. Import this before any import of matrix-js-sdk.
 */
import { registerHooks } from 'node:module';
import { GLUE_FILES, rewriteGlue } from '../../../src/matrix/cryptoStore/glue.ts';

const imports = {
    handle: new URL('../../../src/matrix/cryptoStore/handle.ts', import.meta.url).href,
    idbNames: new URL('../../../src/matrix/cryptoStore/idbNames.ts', import.meta.url).href,
};
registerHooks({
    load(url, context, next) {
        const loaded = next(url, context);
        const path = url.startsWith('file:') ? new URL(url).pathname : '';
        if (!GLUE_FILES.test(path)) return loaded;
        const source =
            typeof loaded.source === 'string'
                ? loaded.source
                : Buffer.from(loaded.source as Uint8Array).toString('utf8');
        return { ...loaded, source: rewriteGlue(source, path, imports) };
    },
});

export const { openAccount, newStorageKey } = await import('../../../src/matrix/openAccount.ts');
export const { discoverHomeserver } = await import('../../../src/matrix/signIn/discovery.ts');
export const { logInWithPassword } = await import('../../../src/matrix/signIn/login.ts');
