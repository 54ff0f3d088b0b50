/** What is said about code: where it is, so that a click goes there, and the code itself, in its language. Pure. */

export interface CodePlace {
    /** Below the workspace folder, with slashes. */
    readonly path: string;
    /** From 1. */
    readonly line: number;
    /** VS Code's language ID. */
    readonly language: string;
}
export interface Problem extends CodePlace {
    /** From 1. */
    readonly column: number;
    readonly severity: 'Error' | 'Warning' | 'Information' | 'Hint';
    readonly message: string;
    /** Such as `ts 2304`; empty: unknown. */
    readonly from: string;
    /** The line of code. */
    readonly code: string;
}

/** The last line that a selection holds some of, from 0: one that ends before a line's first character has none of that. */
export function lastLineOf(
    start: Readonly<Record<'line' | 'character', number>>,
    end: Readonly<Record<'line' | 'character', number>>,
): number {
    return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** Becomes a link to the lines. */
export function placeMessage(path: string, line: number, endLine: number): string {
    return inline(`${path}:${endLine > line ? `${line}-${endLine}` : line}`);
}

/** `endLine` is the last line that holds some of the text. */
export function selectionMessage({ path, line, language }: CodePlace, endLine: number, text: string): string {
    return `${placeMessage(path, line, endLine)}\n\n${fenced(withoutMargin(text), language)}`;
}

export function problemMessage(problem: Problem): string {
    const { path, line, column, severity, message, from, code, language } = problem;
    const head = `**${severity}** at ${inline(`${path}:${line}:${column}`)}${from === '' ? '' : ` (${inline(from)})`}`;
    return `${head}\n\n${fenced(message, '')}\n\n${fenced(withoutMargin(code), language)}`;
}

/** As short a mark as the text does not hold. */
function markFor(text: string, least: number): string {
    const longest = Math.max(0, ...[...text.matchAll(/`+/gu)].map(([run]) => run.length));
    return '`'.repeat(Math.max(least, longest + 1));
}

function inline(text: string): string {
    const mark = markFor(text, 1);
    const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
    return `${mark}${pad}${text.replaceAll(/\s+/gu, ' ')}${pad}${mark}`;
}

function fenced(text: string, language: string): string {
    const mark = markFor(text, 3);
    return `${mark}${/^[\w#+.-]{1,32}$/u.test(language) ? language : ''}\n${text.replace(/\n+$/u, '')}\n${mark}`;
}

/** The indentation that all lines share says nothing. */
function withoutMargin(text: string): string {
    const lines = text.replaceAll(/\r\n?/gu, '\n').split('\n');
    const margins = lines.filter((l) => l.trim() !== '').map((l) => /^[ \t]*/u.exec(l)?.[0] ?? '');
    let margin = margins[0] ?? '';
    for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
    return lines.map((l) => (l.startsWith(margin) ? l.slice(margin.length) : l)).join('\n');
}
