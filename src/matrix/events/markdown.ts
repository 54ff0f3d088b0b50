/**
 * Turns the composer's Markdown into the content of an `m.room.message` (client-server API, "m.room.message msgtypes").
 * Only marks that are surely meant as formatting count. All other text stays as typed.
 */
import markdownIt from 'markdown-it';
import { looksLikeCode } from '../../core/base/codeLook.ts';
import { GUARD, guardLines } from './strictLines.ts';
import { strictMarks } from './strictMarks.ts';

/**
 * HTML and entities in it stay text, and a line break stays a line break. Addresses stay text too: clients find them by
 * themselves, and markdown-it would take a version or a remote for one.
 */
const markdown = markdownIt({ html: false, linkify: false, breaks: true })
    .use(strictMarks)
    .disable(['image', 'entity', 'autolink', 'reference', 'lheading', 'code', 'hr']);
markdown.validateLink = (href) => /^(?:https?|mailto):/iu.test(href);
const escape = markdown.utils.escapeHtml;
markdown.renderer.rules['text'] = (tokens, i) => keepBlanks(escape(tokens[i]?.content ?? ''));

export interface MessageText {
    readonly msgtype: 'm.text';
    readonly body: string;
    readonly format?: 'org.matrix.custom.html';
    readonly formatted_body?: string;
}

/** Text without formatting, and code without a fence, are sent plain: HTML would lose their blanks. */
export function messageText(source: string): MessageText {
    const body = withoutBlankEnds(source);
    if (body.includes(GUARD) || looksLikeCode(body)) return { msgtype: 'm.text', body };
    const guarded = guardLines(body);
    if (!isFormatted(guarded)) return { msgtype: 'm.text', body };
    const html = markdown.render(guarded).replaceAll(GUARD, '').trim();
    // A list without an item, a fence without code: nothing but the marks was written.
    if (html.replaceAll(/<[^>]*>/gu, '').trim() === '') return { msgtype: 'm.text', body };
    return { msgtype: 'm.text', body, format: 'org.matrix.custom.html', formatted_body: onlyParagraph(html) ?? html };
}

/** Removes blank lines at both ends. The indentation of the first line stays. */
function withoutBlankEnds(source: string): string {
    return source
        .replaceAll(/\r\n?/gu, '\n')
        .replace(/^(?:[^\S\n]*\n)+/u, '')
        .trimEnd();
}

const UNFORMATTED = new Set(['paragraph_open', 'paragraph_close', 'inline', 'text', 'softbreak', 'hardbreak']);

function isFormatted(text: string): boolean {
    return markdown
        .parse(text, {})
        .some(
            ({ type, children }) => !UNFORMATTED.has(type) || children?.some((child) => !UNFORMATTED.has(child.type)),
        );
}

/** HTML shows a run of blanks as one. Tabs become four. */
function keepBlanks(text: string): string {
    const wide = (blanks: string): string => '\u00A0'.repeat(blanks.replaceAll('\t', '    ').length);
    return text
        .replaceAll(new RegExp(`(?<=${GUARD})[ \\t]+`, 'gu'), wide)
        .replaceAll(/[ \t]{2,}|\t/gu, (run) => `${wide(run).slice(1)} `);
}

/**
 * A single paragraph is sent without its element, as other clients do. Otherwise it would get margins in a line of
 * chat.
 */
function onlyParagraph(html: string): string | undefined {
    const inner = /^<p>([\s\S]*)<\/p>$/u.exec(html)?.[1];
    return inner?.includes('<p>') || inner?.includes('</p>') ? undefined : inner;
}
