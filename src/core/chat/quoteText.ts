/** The words of a message for a short quotation. */

/** A blank separates the words of two blocks. */
const BLOCK = /<\/?(?:p|div|br|hr|li|ul|ol|pre|blockquote|h[1-6]|table|tr|td|th)\b[^>]*>/giu;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The visible words of its HTML, if it has HTML. The body is then Markdown, with marks that a reader should not see.
 * The result is plain text and must be shown as text.
 */
export function quoteText(body: string, html: string | null): string {
    if (html === null) return body;
    const words = html
        .replaceAll(/<mx-reply>[\s\S]*?<\/mx-reply>/giu, '')
        .replaceAll(BLOCK, ' ')
        .replaceAll(/<[^>]*>/gu, '')
        .replaceAll(
            /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/giu,
            (whole, hex?: string, decimal?: string, name?: string) => {
                if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
                const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
                return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
            },
        )
        .trim();
    return words === '' ? body : words;
}
