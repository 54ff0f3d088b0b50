/**
 * Finds places in code in plain text: what compilers, test runners, editors and code hosts print for a file and a line.
 * Whether such a file exists, the host knows. Pure.
 */

import { BEHIND, LISTED, QUOTED } from './placePatterns.ts';

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
    places.push(...listedPlaces(text));
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
            quoted || skipped > 0 || /^(?:[/\\~.]|[A-Za-z]:|[a-z-]+:\/\/)/u.test(path)
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
    const bare = path.replace(/^[a-z-]+:\/\/\/?(?:\.\/)?|^\\\\/u, '').replace(/^[A-Za-z]:/u, '');
    const parts = bare.split(/[/\\]/u);
    const name = parts.at(-1) ?? '';
    if (parts.slice(1).includes('') || !/[\p{L}\p{N}_]/u.test(name)) return false;
    return parts.length > 1 || /[^.]\.\p{L}[\p{L}\p{N}_+]{0,15}$/u.test(name) || PLAIN_NAMES.test(name);
}

/** A linter's list: the last line that is a path, and the places below it. */
function listedPlaces(text: string): Place[] {
    const places: Place[] = [];
    let [at, path] = [0, ''];
    for (const line of text.split('\n')) {
        const { place, line: number, column } = LISTED.exec(line)?.groups ?? {};
        if (place !== undefined && path !== '')
            places.push({
                index: at + line.indexOf(place),
                text: place,
                path,
                wider: [],
                line: Number(number),
                endLine: 0,
                column: Number(column),
            });
        else if (line.trim() !== '')
            path = line.length <= 260 && !/[:*?"<>|]/u.test(line.slice(2)) && isPath(line) ? line : '';
        at += line.length + 1;
    }
    return places;
}
