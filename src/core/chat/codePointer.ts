/**
 * `com.hush.point`: the lines of code that a message points at. Other clients show the message's text. All of it is a
 * claim of its sender: whether there is such a file, and whether it may be opened, each receiver finds out.
 */
import * as v from 'valibot';
import { objectId } from '../changes/changesClaim.ts';
import { pathRefusal } from '../changes/paths.ts';

export const POINTER_KEY = 'com.hush.point';
const VERSION = 1;

/** Counts from 1. */
const line = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000_000));

export const codePointer = v.pipe(
    v.object({
        version: v.literal(VERSION),
        /** Relative to the repository, with slashes. */
        path: v.pipe(
            v.string(),
            v.check((path) => pathRefusal(path) === undefined),
        ),
        from: line,
        /** The last line. */
        to: line,
        /** The commit that the sender has checked out. Null: unknown. */
        commit: v.nullable(objectId),
    }),
    v.check(({ from, to }) => from <= to),
);
export type CodePointer = Readonly<v.InferOutput<typeof codePointer>>;

/** Undefined: others would refuse it. */
export function newPointer(where: Omit<CodePointer, 'version'>): CodePointer | undefined {
    return pointerIn({ [POINTER_KEY]: { ...where, version: VERSION } });
}

/** Undefined: the content has none, or one that this version of Hush refuses. */
export function pointerIn(content: Readonly<Record<string, unknown>>): CodePointer | undefined {
    const found = v.safeParse(codePointer, content[POINTER_KEY]);
    return found.success ? found.output : undefined;
}

/** `src/app.ts:12-18` */
export function placeOf({ path, from, to }: Pick<CodePointer, 'path' | 'from' | 'to'>): string {
    return `${path}:${to > from ? `${from}-${to}` : from}`;
}

/** The path of a file below a folder. Undefined: it is not below it. Both are absolute, with slashes. */
export function pathBelow(folder: string, file: string): string | undefined {
    const start = folder.endsWith('/') ? folder : `${folder}/`;
    return file.startsWith(start) && file.length > start.length ? file.slice(start.length) : undefined;
}
