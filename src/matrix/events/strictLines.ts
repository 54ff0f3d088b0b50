/**
 * Keeps the lines of a message as they are where Markdown would read a comment, a prompt, a diff or an indentation as a
 * heading, a quotation or a list. Such a line gets a mark in front, which no rule of Markdown knows. The mark is taken
 * out of the HTML again.
 */

/** A noncharacter: no text that is well formed for exchange has it (Unicode, "Noncharacters"). */
export const GUARD = '\uFDD0';

const LIST = /^(?:[-*]|\d{1,9}[.)])(?:[ \t]|$)/u;
const FENCE = /^ {0,3}(`{3,}|~{3,})/u;

export function guardLines(text: string): string {
    const lines = text.split('\n');
    const isDiff = /^\+ /mu.test(text) && /^- /mu.test(text);
    let fence: string | undefined;
    /** A list began above, and no line without indentation has ended it. */
    let inList = false;
    const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === '';
    return lines
        .map((line, i) => {
            const mark = FENCE.exec(line)?.[1];
            if (fence !== undefined) {
                if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
                return line;
            }
            if (mark !== undefined) {
                fence = mark;
                return line;
            }
            const words = line.trimStart();
            const indent = line.length - words.length;
            if (words === '') return line;
            const item = LIST.test(words) && !isNoItem(words) && !(isDiff && words.startsWith('-'));
            if (item && (inList || indent < 4)) {
                inList = true;
                return line;
            }
            if (inList && indent > 0) return line;
            inList = false;
            if (indent > 0 || item || LIST.test(words) || words.startsWith('+')) return GUARD + line;
            if (words.startsWith('>')) return /^>(?:[ \t]|$)/u.test(words) ? line : GUARD + line;
            // One `#` is a comment, unless the line stands by itself above a text.
            const isComment = /^#(?:[ \t]|$)/u.test(words);
            const isTitle = isBlank(lines[i - 1]) && isBlank(lines[i + 1]) && i + 1 < lines.length;
            return isComment && !isTitle ? GUARD + line : line;
        })
        .join('\n');
}

/** The fields of a cron table, and rulers. */
function isNoItem(words: string): boolean {
    return /^([-*])[ \t]+(?:\1|[*/?]|\d+[-,/\d]*[ \t]+[*\d])(?:[ \t]|$)/u.test(words);
}
