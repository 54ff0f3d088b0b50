/**
 * Finds places in code in plain text: what compilers, test runners, editors and code hosts print for a file and a line.
 * Whether such a file exists, the host knows. Pure.
 */

/** Lines and columns count from 1. 0: not named. */
export interface Place {
    readonly index: number;
    readonly text: string;
    readonly path: string;
    /** Longer paths with blanks that may be meant instead, the longest first. They end with `path`. */
    readonly wider: readonly string[];
    readonly line: number;
    readonly endLine: number;
    readonly column: number;
}

/** Every repetition is limited, so that no text takes long. */
const CHARACTERS = '[\\p{L}\\p{M}\\p{N}_.@+/\\\\~$()\\[\\]-]';
const PATH = `(?<path>(?:file:\\/\\/\\/?)?(?:(?<![\\p{L}\\p{N}])[A-Za-z]:(?=[\\\\/]))?${CHARACTERS}{1,260})`;
const START = '(?<![\\p{L}\\p{M}\\p{N}_.@+/\\\\~$()\\[\\]-])';
const NUMBER = '[1-9]\\d{0,6}';
/** What stands behind the path: the line, its end and the column. */
const BEHIND = [
    // path:3, path:3:4, path:3-5, path:3:4-5:6, path:3:4-6
    `:(?<line>${NUMBER})(?:-L?(?<end>${NUMBER})|[:.](?<column>[1-9]\\d{0,4})(?:-(?:(?<end>${NUMBER})[:.])?\\d{1,5})?)?(?![\\p{L}\\p{N}/]|:\\d)`,
    // path(3), path(3,4), path(3-5), path(3,4)-(5,6), path[3, 4]
    `(?:\\((?<line>${NUMBER})(?:-(?<end>${NUMBER})|,\\s?(?<column>\\d{1,5})(?:[,-]\\s?\\d{1,7}){0,3})?\\)|\\[(?<line>${NUMBER}),\\s?(?<column>\\d{1,5})\\])`,
    // path#L3, path#L3-L5, path#L3C4-L5C6
    `#L(?<line>${NUMBER})(?:C(?<column>\\d{1,5}))?(?:-L?(?<end>${NUMBER})(?:C\\d{1,5})?)?(?![\\p{L}\\p{N}])`,
    // path line 3, path, line 3, column 4, path on line 3
    `,?(?:\\s(?:on|at))?\\sline\\s(?<line>${NUMBER})(?:,?\\s(?:col|column|char)\\s(?<column>\\d{1,5}))?(?![\\p{L}\\p{N}])`,
].map((behind) => new RegExp(`${START}${PATH}${behind}`, 'gu'));
/** A path in quotes may have blanks: `"a b.c":3`, `'a b.c:3:4'`, `File "a b.c", line 3`. */
const INSIDE = `(?<path>[^"'\`\\n:*?<>|]{1,260}|[A-Za-z]:[\\\\/][^"'\`\\n:*?<>|]{1,260})`;
const OPEN = '(?<![\\p{L}\\p{N}])["\'`]';
const QUOTED = [
    `${OPEN}${INSIDE}["'\`]:(?<line>${NUMBER})(?::(?<column>[1-9]\\d{0,4}))?(?![\\p{L}\\p{N}])`,
    `${OPEN}${INSIDE}:(?<line>${NUMBER})(?:-(?<end>${NUMBER})|:(?<column>[1-9]\\d{0,4}))?["'\`]`,
    `(?:\\bFile\\s)?${OPEN}${INSIDE}["'\`](?:,|\\son)?\\sline\\s(?<line>${NUMBER})(?:,?\\scolumn\\s(?<column>\\d{1,5}))?(?![\\p{L}\\p{N}])`,
].map((quoted) => new RegExp(quoted, 'gu'));

/** The most words before a path that may belong to it. */
const MAX_WORDS = 4;
const MAX_BEFORE = 420;

export function findPlaces(text: string): Place[] {
    const places: Place[] = [];
    for (const pattern of [...QUOTED, ...BEHIND])
        for (const found of text.matchAll(pattern)) {
            const place = placeOf(found, text, QUOTED.includes(pattern));
            if (place) places.push(place);
        }
    places.sort((a, b) => a.index - b.index || b.text.length - a.text.length);
    let end = 0;
    return places.filter(({ index, text: { length } }) => {
        if (index < end) return false;
        end = index + length;
        return true;
    });
}

function placeOf(found: RegExpExecArray, text: string, quoted: boolean): Place | undefined {
    const { path: whole = '', line, end, column } = found.groups ?? {};
    const path = quoted ? whole : withoutBracket(whole);
    if (!isPath(path)) return undefined;
    const skipped = quoted ? 0 : whole.length - path.length;
    const index = found.index + skipped;
    return {
        index,
        text: found[0].slice(skipped),
        path,
        wider:
            quoted || skipped > 0 || /^(?:[/\\~.]|[A-Za-z]:|file:)/u.test(path)
                ? []
                : widerPaths(text.slice(Math.max(0, index - MAX_BEFORE), index), path),
        line: Number(line),
        endLine: Number(end ?? 0),
        column: Number(column ?? 0),
    };
}

/** Removes what stands before a bracket that the path does not close: `at f (src/a.ts` and `[src/a.ts`. */
function withoutBracket(path: string): string {
    const open: number[] = [];
    let start = 0;
    for (let at = 0; at < path.length; at++) {
        const character = path[at] ?? '';
        if (character === '(' || character === '[') open.push(at);
        else if ((character === ')' || character === ']') && open.pop() === undefined) start = at + 1;
    }
    const last = open.at(-1);
    return path.slice(Math.max(start, last === undefined ? 0 : last + 1));
}

/** Paths with blanks, which nothing marks: the words before it may belong to the path. */
function widerPaths(before: string, path: string): string[] {
    const words =
        /(?:(?:(?<![\p{L}\p{N}])[A-Za-z]:(?=[\\/]))?[\p{L}\p{M}\p{N}_.@+/\\~$()[\]-]{1,100} ){1,4}$/u
            .exec(before)?.[0]
            .split(' ')
            .slice(0, -1) ?? [];
    return words.slice(-MAX_WORDS).map((_, i, all) => `${all.slice(i).join(' ')} ${path}`);
}

/** Files that have neither a folder nor an extension in their name. */
const PLAIN_NAMES =
    /^(?:\.[\p{L}][\p{L}\p{N}._-]{1,40}|(?:GNU|BSD)?[Mm]akefile|Dockerfile|Containerfile|Jenkinsfile|Vagrantfile|Gemfile|Rakefile|Procfile|Justfile|justfile|Brewfile|Podfile|Fastfile|CMakeLists\.txt|LICENSE|README|CHANGELOG|CODEOWNERS|BUILD|WORKSPACE|go\.mod)$/u;

/** A path has an extension or a folder, and names a file. `10:30`, `a//b:1` and `src/:1` are no paths. */
function isPath(path: string): boolean {
    const bare = path.replace(/^file:\/\/\/?|^\\\\/u, '').replace(/^[A-Za-z]:/u, '');
    const parts = bare.split(/[/\\]/u);
    const name = parts.at(-1) ?? '';
    if (parts.slice(1).includes('') || !/[\p{L}\p{N}_]/u.test(name)) return false;
    return parts.length > 1 || /[^.]\.\p{L}[\p{L}\p{N}_+]{0,15}$/u.test(name) || PLAIN_NAMES.test(name);
}
