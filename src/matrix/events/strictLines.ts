/**
 * Keeps the lines of a message as they are where Markdown would read a comment, a prompt, a diff or an indentation as a
 * heading, a quotation or a list. Such a line gets a mark in front, which no rule of Markdown knows. The mark is taken
 * out of the HTML again.
 */
import { fenceAfter } from '../../core/base/codeLook.ts';
import { createNumbers, isWrong, type Count } from './listNumbers.ts';

/** A noncharacter: no text that is well formed for exchange has it (Unicode, "Noncharacters"). */
export const GUARD = '\uFDD0';

const LIST = /^(?:[-*]|\d{1,9}[.)])(?:[ \t]|$)/u;
/** The marks in front of the words of an item. Inner lists may begin in the same line. */
const MARKS = /^(?:(?:[-*]|\d{1,9}[.)])(?:[ \t]+|$))+/u;

export function guardLines(text: string): string {
    const lines = text.split('\n');
    const kept = new Set<number>();
    for (;;) {
        const { guarded, counts } = guard(lines, kept);
        const wrong = counts.filter(isWrong);
        if (wrong.length === 0) return guarded.join('\n');
        // The lists inside it, too: otherwise the next line of the text would belong to their last item.
        for (const list of wrong) for (let at = list[0]?.at ?? 0; at <= (list.at(-1)?.at ?? -1); at++) kept.add(at);
    }
}

/** `kept`: the lines that are no items, although they look so. `counts`: the numbers of each numbered list. */
function guard(lines: readonly string[], kept: ReadonlySet<number>): { guarded: string[]; counts: Count[][] } {
    const numbers = createNumbers();
    const isDiff = lines.some((line) => line.startsWith('+ ')) && lines.some((line) => line.startsWith('- '));
    let fence: string | undefined;
    /** The indentation of the item that the fence is in. A line with less ends it. */
    let fenceIndent = 0;
    /** A list began above, and no line without indentation has ended it. */
    let inList = false;
    /** Where the words of the item begin. */
    let content = 0;
    const isBlank = (line: string | undefined): boolean => line === undefined || line.trim() === '';
    /** The first `from` characters stay in front of the mark: they put the line into its item. */
    const guardAt = (line: string, from: number): string => line.slice(0, from) + GUARD + line.slice(from);
    const guarded = lines.map((line, i) => {
        const words = line.trimStart();
        const indent = line.length - words.length;
        const inside = inList ? Math.min(indent, content) : 0;
        if (fence !== undefined && (words === '' || indent >= fenceIndent)) {
            fence = fenceAfter(fence, line.slice(inside));
            return line;
        }
        fence = fenceAfter(undefined, line.slice(inside));
        if (fence !== undefined) {
            fenceIndent = inside;
            if (indent === 0) {
                numbers.end();
                inList = false;
            }
            return line;
        }
        if (words === '') return line;
        // One `#` is a comment, unless the line stands by itself above a text.
        const isTitle = isBlank(lines[i - 1]) && isBlank(lines[i + 1]) && i + 1 < lines.length;
        const isOther = (of: string): boolean =>
            of.startsWith('+') ||
            (of.startsWith('>') && !/^>(?:[ \t]|$)/u.test(of)) ||
            (/^#(?:[ \t]|$)/u.test(of) && !isTitle);
        const looksItem = LIST.test(words);
        const isItem = looksItem && !kept.has(i) && !isNoItem(words) && !(isDiff && words.startsWith('-'));
        if (isItem && (inList || indent < 4)) {
            inList = true;
            content = indent + (MARKS.exec(words)?.[0].length ?? 0);
            numbers.add(i, indent, words, content);
            const own = line.slice(content);
            fence = fenceAfter(undefined, own);
            fenceIndent = content;
            return isOther(own) ? guardAt(line, content) : line;
        }
        if (indent === 0 || !inList) {
            // Words right below an item still belong to it.
            if (isBlank(lines[i - 1]) || /^(?:>|#{1,6}(?:[ \t]|$))/u.test(words)) numbers.end();
            inList = false;
        }
        const from = inList ? inside : 0;
        return indent > from || looksItem || isOther(words) ? guardAt(line, from) : line;
    });
    return { guarded, counts: numbers.lists };
}

/** The fields of a cron table, and rulers. */
function isNoItem(words: string): boolean {
    return /^([-*])[ \t]+(?:\1|[*/?]|\d+[-,/\d]*[ \t]+[*\d])(?:[ \t]|$)/u.test(words);
}
