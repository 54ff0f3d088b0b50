/**
 * The draft of each person in each room. The view keeps the text while it is hidden and across a reload of the window.
 * It keeps the files only while the page lives. Pure.
 */
import * as v from 'valibot';

const MAX_ROOMS = 20;
const stored = v.object({
    drafts: v.array(
        v.tuple([
            v.string(), // user ID
            v.string(), // room ID
            v.object({
                text: v.string(),
                replyTo: v.nullable(v.string()),
                edits: v.nullable(v.string()),
                about: v.string(),
                files: v.optional(v.number(), 0), // number of files
            }),
        ]),
    ),
});

export interface Drafts {
    get(userId: string, roomId: string): Draft | undefined;
    set(userId: string, roomId: string, draft: Draft): void;
    /** Returns how many files of the draft were lost with an earlier page. Reports them once. */
    lost(userId: string, roomId: string): number;
    /** Deletes the drafts of a person who signed out. */
    forget(userId: string): void;
}

/** `state`: the stored value. A value with another shape is ignored. */
export function createDrafts(state: unknown, keep: (state: v.InferOutput<typeof stored>) => void): Drafts {
    const parsed = v.safeParse(stored, state);
    let all = parsed.success ? parsed.output.drafts : [];
    const files = new Map<string, readonly File[]>();
    const keyOf = (userId: string, roomId: string): string => JSON.stringify([userId, roomId]);
    const find = (userId: string, roomId: string): (typeof all)[number][2] | undefined =>
        all.find(([user, room]) => user === userId && room === roomId)?.[2];
    const set = (next: typeof all): void => {
        all = next.slice(-MAX_ROOMS);
        keep({ drafts: all });
    };
    return {
        get(userId, roomId) {
            const draft = find(userId, roomId);
            return draft && { ...draft, files: files.get(keyOf(userId, roomId)) ?? [] };
        },
        set(userId, roomId, draft) {
            const others = all.filter(([user, room]) => user !== userId || room !== roomId);
            const { text, replyTo, edits, files: held } = draft;
            files.set(keyOf(userId, roomId), held);
            const empty = text === '' && replyTo === null && edits === null && held.length === 0;
            set(empty ? others : [...others, [userId, roomId, { ...draft, files: held.length }]]);
        },
        lost(userId, roomId) {
            const draft = this.get(userId, roomId);
            const gone = (find(userId, roomId)?.files ?? 0) - (draft?.files.length ?? 0);
            if (draft && gone > 0) this.set(userId, roomId, draft);
            return gone;
        },
        forget(userId) {
            for (const [user, room] of all) if (user === userId) files.delete(keyOf(user, room));
            set(all.filter(([user]) => user !== userId));
        },
    };
}

/** A message that is not sent yet. */

export interface Draft {
    readonly text: string;
    readonly replyTo: string | null;
    readonly edits: string | null;
    /** The line above the text: a reply or an edit. */
    readonly about: string;
    /** Pasted or dropped files that go with the message. */
    readonly files: readonly File[];
}

export const EMPTY_DRAFT: Draft = { text: '', replyTo: null, edits: null, about: '', files: [] };
