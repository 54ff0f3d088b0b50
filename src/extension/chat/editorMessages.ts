/** Messages about code: the place, so that a click opens it, and the code itself in its language. Pure. */

import { asCodeBlock, markFor } from '../../core/base/codeLook.ts';

export interface CodePlace {
    /** Relative to the workspace folder, with slashes. */
    readonly path: string;
    /** Counts from 1. */
    readonly line: number;
    /** VS Code's language ID. */
    readonly language: string;
}
export interface Problem extends CodePlace {
    /** Counts from 1. */
    readonly column: number;
    readonly severity: 'Error' | 'Warning' | 'Information' | 'Hint';
    readonly message: string;
    /** For example `ts 2304`. Empty if unknown. */
    readonly from: string;
    /** The text of the line. */
    readonly code: string;
}

/**
 * Returns the last line that contains selected characters, from 0. A selection that ends at the start of a line
 * contains nothing of that line.
 */
export function lastLineOf(
    start: Readonly<Record<'line' | 'character', number>>,
    end: Readonly<Record<'line' | 'character', number>>,
): number {
    return end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
}

/** The chat shows it as a link to the lines. */
export function placeMessage(path: string, line: number, endLine: number): string {
    return inline(`${path}:${endLine > line ? `${line}-${endLine}` : line}`);
}

/** `endLine`: the last line that contains some of the text. */
export function selectionMessage({ path, line, language }: CodePlace, endLine: number, text: string): string {
    return `${placeMessage(path, line, endLine)}\n\n${asCodeBlock(withoutMargin(text), language)}`;
}

export function problemMessage(problem: Problem): string {
    const { path, line, column, severity, message, from, code, language } = problem;
    const head = `**${severity}** at ${inline(`${path}:${line}:${column}`)}${from === '' ? '' : ` (${inline(from)})`}`;
    return `${head}\n\n${asCodeBlock(message, '')}\n\n${asCodeBlock(withoutMargin(code), language)}`;
}

function inline(text: string): string {
    const mark = markFor(text, 1);
    const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
    return `${mark}${pad}${text.replaceAll(/\s+/gu, ' ')}${pad}${mark}`;
}

/** Removes the indentation that all lines share. */
function withoutMargin(text: string): string {
    const lines = text.replaceAll(/\r\n?/gu, '\n').split('\n');
    const margins = lines.filter((l) => l.trim() !== '').map((l) => /^[ \t]*/u.exec(l)?.[0] ?? '');
    let margin = margins[0] ?? '';
    for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
    return lines.map((l) => (l.startsWith(margin) ? l.slice(margin.length) : l)).join('\n');
}
