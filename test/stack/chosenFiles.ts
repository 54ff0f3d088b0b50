/** Chooses the test files of a run, and what must be installed for them. */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

export const SUITES = ['unit', 'integration', 'e2e'] as const;
export type Suite = (typeof SUITES)[number];

/** The choice on the command line. */
export interface Choice {
    /** Paths of test files from the checkout's root; empty: all. */
    readonly paths: readonly string[];
    readonly only: string | undefined;
}

/** The chosen files of each suite, in order. Suites without any are left out. @throws Error with a sentence for the person. */
export function chosenFiles(root: string, { paths, only }: Choice): ReadonlyMap<Suite, readonly string[]> {
    if (only !== undefined && !isSuite(only)) throw new Error(`--only is one of ${SUITES.join(', ')}.`);
    const files = new Map<Suite, string[]>();
    for (const suite of SUITES) {
        if (only !== undefined && suite !== only) continue;
        const all = globSync(`test/${suite}/**/*.test.ts`, { cwd: root }).map((file) => file.replaceAll('\\', '/'));
        const wanted = paths.length === 0 ? all : all.filter((file) => paths.some((path) => isAt(file, path)));
        if (wanted.length > 0) files.set(suite, wanted.toSorted());
    }
    for (const path of paths) {
        const found = [...files.values()].some((list) => list.some((file) => isAt(file, path)));
        if (!found) throw new Error(`There is no test file at "${path}". "npm test -- --list" names them all.`);
    }
    return files;
}

/** Names (without ending) of the installers under test/stack/install that `files` reach through their imports. */
export function installersOf(root: string, files: readonly string[]): ReadonlySet<string> {
    const seen = new Set<string>();
    const open = [...files];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
        if (seen.has(file)) continue;
        seen.add(file);
        const text = readFileSync(join(root, file), 'utf8');
        for (const [, path = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/gu)) {
            const next = relative(root, join(root, dirname(file), path)).replaceAll('\\', '/');
            if (next.startsWith('test/')) open.push(next);
        }
    }
    return new Set(
        [...seen].filter((file) => file.startsWith('test/stack/install/')).map((file) => basename(file, '.ts')),
    );
}

function isSuite(text: string): text is Suite {
    return (SUITES as readonly string[]).includes(text);
}

function isAt(file: string, path: string): boolean {
    const clean = path.replaceAll('\\', '/').replace(/^\.\//u, '').replace(/\/$/u, '');
    return file === clean || file.startsWith(`${clean}/`);
}
