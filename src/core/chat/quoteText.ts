/** What a message says, as the few words of a quotation. Pure. */

/** Between the words of two of these is a blank. */
const BLOCK = /<\/?(?:p|div|br|hr|li|ul|ol|pre|blockquote|h[1-6]|table|tr|td|th)\b[^>]*>/giu;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The words that its HTML shows, where there is HTML: its body then is Markdown, whose marks nobody reads. It is text, and
 * to be shown as text.
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
