/** The rule of Secret Shield: whether a file holds secrets, by its path. Pure. */
import picomatch from 'picomatch';

export interface SecretRule {
    /** `path`: with slashes, as in a URI. */
    matches(path: string): boolean;
    /** Patterns that cannot be read. They count for nothing. */
    readonly unreadable: readonly string[];
}

/**
 * Names are compared without case, because many file systems do so. `dot`: most secrets are in files whose names begin
 * with one.
 */
const OPTIONS = { nocase: true, dot: true, windows: false } as const;
/** picomatch refuses longer ones, and no path is that long. */
const MAX_PATTERN = 1_000;

/**
 * Reads the patterns as Git reads an ignore file: one without a slash is about the name in any folder, `!` makes an
 * exception, and the last that matches decides.
 */
export function readSecretRule(patterns: readonly string[]): SecretRule {
    const unreadable: string[] = [];
    const rules = patterns.flatMap((pattern) => {
        const exception = pattern.startsWith('!');
        const glob = exception ? pattern.slice(1) : pattern;
        const matches = compile(glob);
        if (!matches) unreadable.push(pattern);
        return matches ? [{ matches, exception, ofName: !glob.includes('/') }] : [];
    });
    const decide = (path: string): boolean => {
        const name = path.slice(path.lastIndexOf('/') + 1);
        const last = rules.findLast(({ matches, ofName }) => matches(ofName ? name : path));
        return last !== undefined && !last.exception;
    };
    return {
        unreadable,
        // The Git extension shows earlier versions under the path with `.git` behind it.
        matches: (path) => decide(path) || (path.endsWith('.git') && decide(path.slice(0, -'.git'.length))),
    };
}

function compile(glob: string): ((text: string) => boolean) | undefined {
    if (glob === '' || glob.length > MAX_PATTERN) return undefined;
    try {
        return picomatch(glob, OPTIONS);
    } catch {
        return undefined;
    }
}
