/**
 * Makes text of others safe to read. Invisible characters, and characters that reorder the text, are shown by their
 * code. So a name, a file path or a line of code is what it looks like (CVE-2021-42574). Right-to-left text needs none
 * of these characters.
 */
import { cutText } from './cutText.ts';

/**
 * Control characters except tab and newline, line separators, and characters that Unicode lets be invisible
 * (bidirectional formatting, fillers, tags). Joiners and variation selectors are allowed: scripts and emoji need them.
 * The first part finds the flags that are made of tags, such as England's. They stay whole.
 */
const UNSEEN =
    /\p{RGI_Emoji_Tag_Sequence}|[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u2028\u2029\uFFF9-\uFFFB]|(?![\u180B-\u180D\u180F\u200C\u200D\uFE00-\uFE0F\u{E0100}-\u{E01EF}])\p{Default_Ignorable_Code_Point}/gv;
/** Blank characters that count as writing. In a name they push its end out of sight. */
const BLANK = /\u2800/gu;

/** CR LF becomes LF. */
export function visibleText(text: string): string {
    return text
        .replaceAll(/\r\n?/gu, '\n')
        .toWellFormed()
        .replaceAll(UNSEEN, (found) => (found.length > 2 ? found : codeOf(found)));
}

function codeOf(character: string): string {
    return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}

/** One line, at most `max` characters. */
export function visibleLine(text: string, max: number): string {
    const line = visibleText(text.slice(0, max * 4))
        .replaceAll(BLANK, codeOf)
        .replaceAll(/\s+/gu, ' ')
        .trim();
    return cutText(text.length > max * 4 ? `${line}…` : line, max);
}
