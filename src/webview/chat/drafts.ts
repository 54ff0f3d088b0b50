/** What was being written in each room, kept with the view while it is hidden and across a reload of the window. Pure. */
import * as v from 'valibot';
import type { Draft } from './composer.ts';

const MAX_ROOMS = 20;
const stored = v.object({
    drafts: v.array(
        v.tuple([
            v.string(),
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
    get(roomId: string): Draft | undefined;
    set(roomId: string, draft: Draft): void;
}

/** `state` is whatever was kept; of another shape it counts as nothing. */
export function createDrafts(state: unknown, keep: (state: v.InferOutput<typeof stored>) => void): Drafts {
    const parsed = v.safeParse(stored, state);
    const drafts = new Map<string, Draft>(parsed.success ? parsed.output.drafts : []);
    return {
        get: (roomId) => drafts.get(roomId),
        set(roomId, draft) {
            drafts.delete(roomId);
            if (draft.text !== '' || draft.replyTo !== null || draft.edits !== null) drafts.set(roomId, draft);
            keep({ drafts: [...drafts].slice(-MAX_ROOMS) });
        },
    };
}
