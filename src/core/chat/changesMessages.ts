/** The messages between the chat view and its host that are about received changes. */
import * as v from 'valibot';
import { changesCard } from '../changes/changesCard.ts';
import { id, problem } from './message.ts';

/** Page to host: the card of this message came into view. */
export const changesAsked = v.object({ type: v.literal('chat.changes'), roomId: id, key: id });

/** Page to host: the person pressed a button of the card. */
export const changesAct = v.object({
    type: v.literal('chat.changesAct'),
    roomId: id,
    key: id,
    act: v.picklist(['review', 'apply', 'undo']),
});

/** Host to page: what the patch of this message does, or why it cannot be read. */
export const changesShown = v.object({
    type: v.literal('chat.changes'),
    roomId: id,
    key: id,
    card: v.nullable(changesCard),
    problem,
    /** Whether a repository of this window has the commit that the changes start from. Null: no repository is open. */
    hasBase: v.nullable(v.boolean()),
    /** They were applied here and can be undone. */
    applied: v.boolean(),
});

export type ChangesShown = v.InferOutput<typeof changesShown>;
export type ChangesMessage = v.InferOutput<typeof changesAsked> | v.InferOutput<typeof changesAct>;
export type ChangesAct = v.InferOutput<typeof changesAct>['act'];
