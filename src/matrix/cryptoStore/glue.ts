/**
 * Rewrites two third-party files so that they use our private IndexedDB instead of globals. Used by esbuild.mjs for the
 * bundle and by a Node load hook for unbundled tests, so that both run the same code. Pure.
 */

/** Which files need it: the crypto glue, and matrix-js-sdk's store (for `IDBKeyRange`). */
export const GLUE_FILES =
    /[/\\](?:matrix_sdk_crypto_wasm_bg\.js|matrix-js-sdk[/\\]lib[/\\]store[/\\]indexeddb-local-backend\.js)$/;

const NAMES = ['IDBCursor', 'IDBCursorWithValue', 'IDBDatabase', 'IDBKeyRange', 'IDBOpenDBRequest', 'IDBRequest'];

export interface GlueImports {
    /** Import specifiers of handle.ts and idbNames.ts as seen from the rewritten file. */
    readonly handle: string;
    readonly idbNames: string;
}

/** @throws if the file no longer looks as expected: an update must be reviewed, not guessed. */
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
    return `${head}\n${body}`; // one line above: source positions shift by one
}
