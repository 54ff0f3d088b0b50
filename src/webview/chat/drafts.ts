/** What each person was writing in each room, kept with the view while it is hidden and across a reload of the window. Pure. */
import * as v from 'valibot';
import type { Draft } from './composer.ts';

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
            }),
        ]),
    ),
});

export interface Drafts {
    get(userId: string, roomId: string): Draft | undefined;
    set(userId: string, roomId: string, draft: Draft): void;
    /** The person signed out. */
    forget(userId: string): void;
}

/** `state` is whatever was kept; of another shape it counts as nothing. */
export function createDrafts(state: unknown, keep: (state: v.InferOutput<typeof stored>) => void): Drafts {
    const parsed = v.safeParse(stored, state);
    let all = parsed.success ? parsed.output.drafts : [];
    const set = (next: typeof all): void => {
        all = next.slice(-MAX_ROOMS);
        keep({ drafts: all });
    };
    return {
        get: (userId, roomId) => all.find(([user, room]) => user === userId && room === roomId)?.[2],
        set(userId, roomId, draft) {
            const others = all.filter(([user, room]) => user !== userId || room !== roomId);
            const empty = draft.text === '' && draft.replyTo === null && draft.edits === null;
            set(empty ? others : [...others, [userId, roomId, { ...draft }]]);
        },
        forget: (userId) => set(all.filter(([user]) => user !== userId)),
    };
}
