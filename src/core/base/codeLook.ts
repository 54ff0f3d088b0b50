/**
 * Tells pasted code and terminal output from written words. Code is sent as it is, and the chat page offers to send it
 * as a code block. Pure.
 */

/** Opens a code block. More backticks in the line make it code in a sentence. */
const OPENS = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/u;
const CLOSES = /^ {0,3}(`{3,}|~{3,})\s*$/u;
/** Markdown that only a writer makes: lists and quotations. An indented `- name: value` is YAML. */
const WRITTEN = /^(?!\s+- [\w-]+:(?:\s|$))\s*(?:[-*•]|\d{1,9}[.)])\s|^> /u;
/** Lines that are complete only in a programming language, a diff or a terminal. */
const SIGNS: readonly RegExp[] = [
    /[{;]$/u,
    /^[)\]}]+[),;\]}]*$/u,
    /^(?:if|for|while|def|class|try|else|elif|except|finally|with|case|switch|match)\b.*:$|^[\w."'-]+:$/u,
    /^(?:\/\/|\/\*|\*\/|#!|#include\b|@@ |diff --git |--- [ab]\/|\+\+\+ [ab]\/)/u,
    /^(?:import|from|def|class|function|const|let|var|fn|func|package|use|using|namespace|public|private|protected|static|async|export|struct|enum|impl|interface|return)\b.*(?:[(){}[\]=;<>"'`]|::)/u,
    /^(?:from \S+ import |import [\w.]+$|package \w+;?$|(?:FROM|RUN|COPY|SELECT|INSERT|UPDATE|CREATE|DELETE|WHERE) \S)/u,
    /^(?:if|for|while|switch|catch)\s?\(/u,
    /^[\w.$[\]'"]+\s?(?:[+*/%|&^-]|<<|>>)?=\s?\S/u,
    /=>|::|->|!==|===|&&|\|\|/u,
    /^<\/?[a-z][\w.-]*(?:\s[^>]*)?>/iu,
    /^[\w.$]+\([^)]*\)[;,]?$/u,
    /^(?:\$|>>>|\.\.\.|PS [^>]*>) \S/u,
];
/** Longer text is judged by its beginning. */
const MAX_LINES = 200;
const MAX_LINE = 400;

/** Returns whether the text is several lines of code without a fence around them. */
export function looksLikeCode(text: string): boolean {
    if (text.split(/\r\n?|\n/u).some((line) => OPENS.test(line))) return false;
    const lines = text
        .split(/\r\n?|\n/u, MAX_LINES)
        .map((line) => line.slice(0, MAX_LINE))
        .filter((line) => line.trim() !== '' && !WRITTEN.test(line));
    if (lines.length < 2) return false;
    const signs = lines.filter((line) => SIGNS.some((sign) => sign.test(line.trim()))).length;
    const deeper = lines.filter((line) => /^(?: {2,}|\t)/u.test(line)).length;
    if (text.startsWith('#!')) return true;
    return deeper > 0 ? signs > 0 : signs >= 2 && signs * 2 >= lines.length;
}

/** The text ends inside a code block: the last fence is open. */
export function endsInFence(text: string): boolean {
    let open: string | undefined;
    for (const line of text.split('\n')) open = fenceAfter(open, line);
    return open !== undefined;
}

/** The fence that is open after this line. `open`: the one that was open before it. */
export function fenceAfter(open: string | undefined, line: string): string | undefined {
    if (open === undefined) return OPENS.exec(line)?.[1];
    const mark = CLOSES.exec(line)?.[1];
    return mark?.startsWith(open) === true ? undefined : open;
}

/** Puts the text between fences that do not occur in it. `language`: empty if unknown. */
export function asCodeBlock(text: string, language: string): string {
    const mark = markFor(text, 3);
    return `${mark}${/^[\w#+.-]{1,32}$/u.test(language) ? language : ''}\n${text.replace(/(?<!\n)\n+$/u, '')}\n${mark}`;
}

/** Returns the shortest mark of backticks that does not occur in the text. `least`: its smallest length. */
export function markFor(text: string, least: number): string {
    let longest = 0;
    for (const [run] of text.matchAll(/`+/gu)) longest = Math.max(longest, run.length);
    return '`'.repeat(Math.max(least, longest + 1));
}
