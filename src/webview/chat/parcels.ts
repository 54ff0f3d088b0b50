/** Splits several files and a text into messages. Pure. */
import type { Draft } from './drafts.ts';

export interface Parcel<F> {
    readonly file: F;
    /** Markdown. Empty if there is none. */
    readonly caption: string;
    readonly replyTo: string | null;
}

/**
 * The text and the reply go with the first file; the other files follow. The text of an edit stays in the field, and
 * only the files are sent.
 */
export function parcelsOf<F>(
    files: readonly F[],
    { text, replyTo, edits }: Pick<Draft, 'text' | 'replyTo' | 'edits'>,
): Parcel<F>[] {
    return files.map((file, i) =>
        i === 0 && edits === null ? { file, caption: text.trim(), replyTo } : { file, caption: '', replyTo: null },
    );
}

/** Puts unsent text above the text that the person is writing now. */
export function joinWords(back: string, now: string): string {
    return [back, now].filter((part) => part !== '').join('\n');
}
