/**
 * Turns the composer's Markdown into the content of an `m.room.message` (client-server API, "m.room.message msgtypes").
 */
import markdownIt from 'markdown-it';

/** HTML in it stays text, links are found, and a line break stays a line break. */
const markdown = markdownIt({ html: false, linkify: true, breaks: true }).disable('image');

export interface MessageText {
    readonly msgtype: 'm.text';
    readonly body: string;
    readonly format?: 'org.matrix.custom.html';
    readonly formatted_body?: string;
}

/** Plain text stays plain: without formatting there is no HTML. */
export function messageText(source: string): MessageText {
    const body = source.trim();
    const html = markdown.render(body).trim();
    const plain = `<p>${escape(body).replaceAll('\n', '<br>\n')}</p>`;
    return html === plain
        ? { msgtype: 'm.text', body }
        : { msgtype: 'm.text', body, format: 'org.matrix.custom.html', formatted_body: onlyParagraph(html) ?? html };
}

/**
 * A single paragraph is sent without its element, as other clients do. Otherwise it would get margins in a line of
 * chat.
 */
function onlyParagraph(html: string): string | undefined {
    const inner = /^<p>([\s\S]*)<\/p>$/u.exec(html)?.[1];
    return inner?.includes('<p>') || inner?.includes('</p>') ? undefined : inner;
}

function escape(text: string): string {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
