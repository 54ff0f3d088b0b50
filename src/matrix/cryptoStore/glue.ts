/**
 * Rewrites two third-party files so that they use our private IndexedDB instead of globals. esbuild.mjs uses it for the
 * bundle, and a Node load hook uses it for unbundled tests. So both run the same code.
 */

/** The files to rewrite: the crypto glue, and matrix-js-sdk's store (for `IDBKeyRange`). */
export const GLUE_FILES =
    /[/\\](?:matrix_sdk_crypto_wasm_bg\.js|matrix-js-sdk[/\\]lib[/\\]store[/\\]indexeddb-local-backend\.js)$/;

const NAMES = ['IDBCursor', 'IDBCursorWithValue', 'IDBDatabase', 'IDBKeyRange', 'IDBOpenDBRequest', 'IDBRequest'];

export interface GlueImports {
    /** Import specifiers of handle.ts and idbNames.ts as seen from the rewritten file. */
    readonly handle: string;
    readonly idbNames: string;
}

/** @throws if the file differs from what is expected. Then an update needs a review. */
export function rewriteGlue(source: string, path: string, imports: GlueImports): string {
    const names = NAMES.filter((name) => new RegExp(`\\b${name}\\b`, 'u').test(source));
    let head = `import { ${names.join(', ')} } from ${JSON.stringify(imports.idbNames)};`;
    let body = source;
    if (path.endsWith('matrix_sdk_crypto_wasm_bg.js')) {
        const parts = source.split('= arg0.indexedDB;');
        if (parts.length !== 4)
            throw new Error(`${path}: expected 3 uses of arg0.indexedDB, found ${parts.length - 1}`);
        body = parts.join('= __hushIndexedDb();');
        head += ` import { currentFactory as __hushIndexedDb } from ${JSON.stringify(imports.handle)};`;
    }
    if (names.length === 0) throw new Error(`${path}: expected free IDB names, found none`);
    return `${head}\n${body}`; // adds one line above, so source positions shift by one
}
