/**
 * Where a `*`, `**` or `~~` begins or ends formatting. CommonMark finds formatting in globs, pointers and powers, and
 * takes their characters away. Here a mark opens only before a word, and closes only after one. An underscore is always
 * part of a name, and a backslash always stays. (CommonMark, "Emphasis and strong emphasis", "Backslash escapes".)
 */
import type { MarkdownIt, StateInline, Token } from 'markdown-it';
import { GUARD } from './strictLines.ts';

/** A mark opens after these: the start of a line, a blank, an opening bracket or quote, a dash, another mark. */
const BEFORE = new RegExp(`^$|[\\s${GUARD}(["'“‘«„—–>*~]`, 'u');
/** A mark closes before these: the end of a line, a blank, or the end of a phrase. */
const AFTER = /[\s)\]}"'”’»“.,;:!?…—–<*~]/u;
/** Scripts that put no blank between words, or join particles to them. There a mark may stand inside a word. */
const UNSPACED =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u3000-\u303F\uFF00-\uFFEF]/u;
/** Formatted text begins with a word, an emoji, code, a link or another mark. */
const FIRST = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}`*~¿¡#@]/u;
const STOP = /[.,;:!?]/u;
const NAME = /^[\p{L}\p{N}_*/]/u;
const QUOTE = /["'“‘«„]/u;
const PUNCTUATION = /[!-/:-@[-`{-~]/u;

export function strictMarks(md: MarkdownIt): void {
    const Plain = md.inline.State;
    md.inline.State = class extends Plain {
        override scanDelims(start: number, canSplitWord: boolean): ReturnType<StateInline['scanDelims']> {
            const found = super.scanDelims(start, canSplitWord);
            if (this.src[start] === '_') return { ...found, can_open: false, can_close: false };
            const before = [...this.src.slice(Math.max(0, start - 2), start)].at(-1) ?? '';
            const end = start + found.length;
            const after = String.fromCodePoint(this.src.codePointAt(end) ?? 0x0a);
            // A name goes on behind a point: `*foo*.ts`.
            const goesOn = STOP.test(after) && NAME.test(this.src.slice(end + 1, end + 3));
            const isLink = after === '[' && found.length > 1;
            const begins = isLink || FIRST.test(after) || (QUOTE.test(after) && !QUOTE.test(before));
            const ends = before !== '' && !/[\s([{]/u.test(before) && before !== GUARD;
            return {
                ...found,
                can_open: begins && (BEFORE.test(before) || UNSPACED.test(before)) && !isInCode(this.src, start),
                can_close: ends && !goesOn && (AFTER.test(after) || UNSPACED.test(after)),
            };
        }
    };
    md.inline.ruler.at('escape', (state, silent) => {
        if (state.src[state.pos] !== '\\') return false;
        const escaped = state.src[state.pos + 1] ?? '';
        if (!PUNCTUATION.test(escaped)) return false;
        if (!silent) state.pending += `\\${escaped}`;
        state.pos += 2;
        return true;
    });
    md.core.ruler.push('hush_marks', ({ tokens }) => {
        for (const { children } of tokens) if (children) undoBroken(children);
    });
}

/** The line so far is a comment of C, or a command: it begins like one, or has an option. */
const CODE =
    /\/\*|^\s*\/\/|^\s*(?:\$ |(?:ls|rm|cp|mv|e?grep|rg|sed|awk|tar|unzip|chmod|chown|mkdir|du|ln|rsync|scp) )|\s--?[A-Za-z][\w-]*(?=[\s=])/u;
/** In a longer line, only the text near the mark counts. */
const MAX_LINE = 400;

function isInCode(src: string, at: number): boolean {
    const near = src.slice(Math.max(0, at - MAX_LINE), at);
    return CODE.test(near.slice(near.lastIndexOf('\n') + 1).replace(GUARD, ''));
}

/** A formatted phrase stays in its line and closes its brackets. Any other pair of marks was no formatting. */
function undoBroken(tokens: readonly Token[]): void {
    const open: number[] = [];
    for (const [i, token] of tokens.entries()) {
        if (!/^(?:em|strong|s)_(?:open|close)$/u.test(token.type)) continue;
        if (token.nesting === 1) {
            open.push(i);
            continue;
        }
        const at = open.pop() ?? i;
        if (isPhrase(tokens.slice(at + 1, i))) continue;
        for (const mark of [tokens[at], token]) if (mark) toText(mark);
    }
}

function toText(mark: Token): void {
    Object.assign(mark, { type: 'text', content: mark.markup, tag: '', nesting: 0 });
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

function isPhrase(tokens: readonly Token[]): boolean {
    const open: string[] = [];
    for (const { type, content } of tokens) {
        if (type.endsWith('break')) return false;
        if (type !== 'text') continue;
        for (const character of content) {
            if ('([{'.includes(character)) open.push(character);
            else if (Object.hasOwn(PAIRS, character) && open.pop() !== PAIRS[character]) return false;
        }
    }
    return open.length === 0;
}
