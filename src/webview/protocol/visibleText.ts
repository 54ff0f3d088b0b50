/**
 * Text of others, made honest: characters that reorder what follows or that cannot be seen are shown by their code, so
 * that a name, a file path or a line of code is what it looks like (CVE-2021-42574). Right-to-left text needs none of
 * them. Pure.
 */

/** Controls but tab and newline; the embeddings, overrides and isolates of Unicode's bidirectional algorithm; tags. */
const UNSEEN =
    /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\u2028\u2029\uFEFF]|[\u{E0000}-\u{E007F}]/gu;

/** CR LF becomes LF. */
export function visibleText(text: string): string {
    return text
        .replaceAll(/\r\n?/gu, '\n')
        .toWellFormed()
        .replaceAll(UNSEEN, (c) => `[U+${(c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`);
}

/** One line, at most `max` characters. */
export function visibleLine(text: string, max: number): string {
    const line = visibleText(text.slice(0, max * 4))
        .replaceAll(/\s+/gu, ' ')
        .trim();
    return line.length <= max ? line : `${line.slice(0, max - 1).toWellFormed()}…`;
}
