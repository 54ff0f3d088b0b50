/**
 * A sheet: a tab of words, rows and buttons. The host composes it and the page draws it. It shows who can see a share,
 * verification and recovery. The page decides nothing: it only reports the pressed button.
 */
import * as v from 'valibot';

const text = v.pipe(v.string(), v.maxLength(4_096));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(1_024));
const sheetTones = ['plain', 'good', 'warn', 'bad'] as const;
const tone = v.picklist(sheetTones);

const button = v.object({ id, label: text, primary: v.boolean() });
export type SheetButton = v.InferOutput<typeof button>;

const block = v.variant('kind', [
    v.object({ kind: v.literal('text'), text }),
    v.object({ kind: v.literal('facts'), rows: v.array(v.object({ name: text, value: text })) }),
    /** Devices of people, each with a badge and its actions. */
    v.object({
        kind: v.literal('list'),
        heading: text,
        note: text,
        rows: v.array(v.object({ id, title: text, detail: text, badge: text, tone, buttons: v.array(button) })),
    }),
    v.object({ kind: v.literal('emoji'), items: v.array(v.object({ symbol: text, name: text })) }),
    /** Shown only in this tab, and never stored with it. */
    v.object({ kind: v.literal('secret'), label: text, value: text }),
]);
export type SheetBlock = v.InferOutput<typeof block>;

export const sheet = v.object({
    title: text,
    lead: text,
    tone,
    blocks: v.array(block),
    buttons: v.array(button),
    /** Screen readers announce this line when it changes. */
    status: text,
});
export type Sheet = v.InferOutput<typeof sheet>;

export const sheetHostMessage = v.object({ type: v.literal('sheet'), sheet });
export const sheetPageMessage = v.variant('type', [
    v.object({ type: v.literal('ready') }),
    v.object({ type: v.literal('press'), id }),
]);
export type SheetPageMessage = v.InferOutput<typeof sheetPageMessage>;
