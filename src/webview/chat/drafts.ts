/**
 * What each person was writing in each room, kept with the view while it is hidden and across a reload of the window; files
 * that were to go with it only as long as the page is there. Pure.
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
                files: v.optional(v.number(), 0), // how many
            }),
        ]),
    ),
});

export interface Drafts {
    get(userId: string, roomId: string): Draft | undefined;
    set(userId: string, roomId: string, draft: Draft): void;
    /** How many files of the draft went with an earlier page; told once. */
    lost(userId: string, roomId: string): number;
    /** The person signed out. */
    forget(userId: string): void;
}

/** `state` is whatever was kept; of another shape it counts as nothing. */
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

/** Where a message is written: Enter sends, Shift+Enter breaks the line, Escape leaves a reply or an edit. */

export interface Draft {
    readonly text: string;
    readonly replyTo: string | null;
    readonly edits: string | null;
    /** What stands over the text. */
    readonly about: string;
    /** What was pasted or dropped, to go with it. */
    readonly files: readonly File[];
}
