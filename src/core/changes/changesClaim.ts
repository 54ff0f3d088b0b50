/**
 * `com.hush.changes`: what the message of a patch says about it. All of it is a claim; what the patch does is read from
 * the patch itself.
 */
import * as v from 'valibot';

export const CHANGES_KEY = 'com.hush.changes';
const VERSION = 1;

export const objectId = v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000_000_000));
const words = v.pipe(v.string(), v.maxLength(255));
const hash = v.pipe(v.string(), v.maxLength(64));

export const changesClaim = v.object({
    version: v.literal(VERSION),
    kind: v.picklist(['working', 'staged', 'commits']),
    /** The commit that the changes start from. Null: the branch had none. */
    base: v.nullable(objectId),
    /** Null: no branch was checked out. */
    branch: v.nullable(words),
    /** Name of the person, as git knows it. */
    author: words,
    files: count,
    insertions: count,
    deletions: count,
    /** Number of commits. */
    commits: count,
    /** Salted hash of the repository's remote, as in `com.hush.workspace`. Null: it has no remote that others know. */
    workspace: v.nullable(v.object({ salt: hash, hash })),
});
export type ChangesClaim = Readonly<v.InferOutput<typeof changesClaim>>;

export function newClaim(claim: Omit<ChangesClaim, 'version'>): ChangesClaim {
    const { author, branch } = claim;
    return { ...claim, version: VERSION, author: author.slice(0, 255), branch: branch?.slice(0, 255) ?? null };
}

/** Undefined: this message has none, or one that this version of Hush does not understand. */
export function claimOf(content: Readonly<Record<string, unknown>>): ChangesClaim | undefined {
    const found = v.safeParse(changesClaim, content[CHANGES_KEY]);
    return found.success ? found.output : undefined;
}
