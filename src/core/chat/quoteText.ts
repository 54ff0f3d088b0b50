/** The words of a message for a short quotation. */

/** The most characters of HTML that are read: a quotation is short. */
const MAX_HTML = 4_000;
/** A tag, also with `>` in an attribute. The whole name belongs to the name: otherwise each part of it is tried. */
const TAG = /<(\/?)([a-z][a-z0-9-]*)(?![a-z0-9-])((?:"[^"]*"|'[^']*'|[^"'>]){0,2000})>/giu;
/** A blank separates the words of two blocks. */
const BLOCKS = new Set(
    'p div br hr li ul ol pre blockquote h1 h2 h3 h4 h5 h6 table tr td th caption details summary'.split(' '),
);
const MEDIA: Readonly<Record<string, string>> = {
    img: '[picture]',
    svg: '[picture]',
    video: '[video]',
    audio: '[sound]',
};
const VOID = new Set(['br', 'hr', 'img', 'wbr']);
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/**
 * The visible words of its HTML, if it has HTML. The body is then Markdown, with marks that a reader should not see. A
 * spoiler stays covered, and a picture has its words. The result is plain text and must be shown as text.
 */
export function quoteText(body: string, html: string | null): string {
    if (html === null) return body;
    const words = wordsOf(startOf(withoutReplies(html))).trim();
    return words === '' ? body : words;
}

/** Removes each quotation from its start tag to the next end tag. */
function withoutReplies(html: string): string {
    const parts = html.split(/<\/mx-reply>/iu);
    const last = parts.pop() ?? '';
    return parts.map((part) => part.replace(/<mx-reply>[\s\S]*$/iu, '')).join('') + last;
}

/** Without the tag in which it is cut. */
function startOf(html: string): string {
    if (html.length <= MAX_HTML) return html;
    const start = html.slice(0, MAX_HTML).toWellFormed();
    const open = start.lastIndexOf('<');
    return open > start.lastIndexOf('>') ? start.slice(0, open) : start;
}

function wordsOf(html: string): string {
    let words = '';
    let done = 0;
    /** The element of the spoiler that is left out, and how many of its name are open in it. */
    let covered: { readonly name: string; depth: number } | undefined;
    for (const { 0: tag, 1: slash, 2: spelled = '', 3: attributes = '', index } of html.matchAll(TAG)) {
        const name = spelled.toLowerCase();
        if (!covered) words += entities(html.slice(done, index));
        done = index + tag.length;
        if (covered) {
            if (name !== covered.name) continue;
            covered.depth += slash === '/' ? -1 : 1;
            if (covered.depth === 0) covered = undefined;
            continue;
        }
        const reason = slash === '/' ? undefined : attribute(attributes, 'data-mx-spoiler');
        if (reason !== undefined && !VOID.has(name)) {
            words += reason.trim() === '' ? '[spoiler]' : `[spoiler: ${reason.trim()}]`;
            covered = { name, depth: 1 };
        } else if (slash !== '/' && Object.hasOwn(MEDIA, name)) {
            const own = [attribute(attributes, 'alt'), attribute(attributes, 'title')];
            words += own.find((one) => one !== undefined && one.trim() !== '') ?? MEDIA[name] ?? '';
        } else if (BLOCKS.has(name)) words += ' ';
    }
    return covered ? words : words + entities(html.slice(done));
}

/** The value of an attribute; empty if it has none. Undefined: the attribute is not there. */
function attribute(attributes: string, name: string): string | undefined {
    const found = new RegExp(
        `(?:^|[\\s"'/])${name}(?:\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]*))|(?=[\\s/]|$))`,
        'iu',
    ).exec(attributes);
    return found ? entities(found[1] ?? found[2] ?? found[3] ?? '') : undefined;
}

function entities(text: string): string {
    return text.replaceAll(
        /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/giu,
        (whole, hex?: string, decimal?: string, name?: string) => {
            if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
            const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
            return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
        },
    );
}
