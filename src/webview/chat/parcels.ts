/** What goes in which message when several things are sent at once. Pure. */
import type { Draft } from './drafts.ts';

export interface Parcel<F> {
    readonly file: F;
    /** Markdown; empty: none. */
    readonly caption: string;
    readonly replyTo: string | null;
}

/**
 * The words go with the first file, and so does the reply; the others follow it. Words that edit a message stay where they
 * are: the files go alone.
 */
export function parcelsOf<F>(
    files: readonly F[],
    { text, replyTo, edits }: Pick<Draft, 'text' | 'replyTo' | 'edits'>,
): Parcel<F>[] {
    return files.map((file, i) =>
        i === 0 && edits === null ? { file, caption: text.trim(), replyTo } : { file, caption: '', replyTo: null },
    );
}

/** What could not be sent, over what is being written by now. */
export function joinWords(back: string, now: string): string {
    return [back, now].filter((part) => part !== '').join('\n');
}
