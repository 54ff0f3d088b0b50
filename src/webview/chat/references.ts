/**
 * Finds parts of plain text that a click can open: `path:line`, `path:from-to`, `path:line:column`, and web addresses.
 * Pure.
 */

export type Piece =
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'url'; readonly text: string }
    /** Lines and columns count from 1. 0: not named. */
    | {
          readonly kind: 'file';
          readonly text: string;
          readonly path: string;
          readonly line: number;
          readonly endLine: number;
          readonly column: number;
      };

/** Every repetition is limited, so that no text takes long. */
const FOUND =
    /(?<url>https?:\/\/[^\s<>"'`]{1,2000})|(?<![\p{L}\p{N}_.@+/\\~-])(?<path>[\p{L}\p{N}_.@+/\\~-]{1,260}):(?<line>[1-9]\d{0,6})(?:-L?(?<end>[1-9]\d{0,6})|:(?<column>[1-9]\d{0,4}))?(?![\p{L}\p{N}:/])/gu;

export function findReferences(text: string): Piece[] {
    const pieces: Piece[] = [];
    let done = 0;
    const plain = (to: number): void => {
        if (to > done) pieces.push({ kind: 'text', text: text.slice(done, to) });
        done = to;
    };
    for (const found of text.matchAll(FOUND)) {
        const { url, path, line, end, column } = found.groups ?? {};
        if (url !== undefined) {
            const address = withoutSentence(url);
            plain(found.index);
            pieces.push({ kind: 'url', text: address });
            done = found.index + address.length;
        } else if (path !== undefined && isPath(path)) {
            plain(found.index);
            const [from, to] = [Number(line), Number(end ?? 0)];
            pieces.push({ kind: 'file', text: found[0], path, line: from, endLine: to, column: Number(column ?? 0) });
            done = found.index + found[0].length;
        }
    }
    plain(text.length);
    return pieces;
}

/** A path has an extension or a folder, and names a file. `10:30`, `a//b:1` and `src/:1` are no paths. */
function isPath(path: string): boolean {
    const parts = path.split(/[/\\]/u);
    const name = parts.at(-1) ?? '';
    if (parts.slice(1).includes('') || !/[\p{L}\p{N}_]/u.test(name)) return false;
    return parts.length > 1 || /[^.]\.\p{L}[\p{L}\p{N}]{0,9}$/u.test(name) || /^(?:Makefile|Dockerfile)$/u.test(name);
}

/** Removes the full stop and the bracket after an address. */
function withoutSentence(url: string): string {
    const cut = url.replace(/[.,;:!?]{1,8}$/u, '');
    return cut.endsWith(')') && !cut.includes('(') ? cut.slice(0, -1) : cut;
}
