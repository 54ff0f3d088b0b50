/**
 * Turns the body of a message into nodes for the page. DOMPurify cleans the HTML. It keeps the elements that Matrix
 * allows (client-server API, "m.room.message msgtypes"), except images, because an image would tell a server who reads.
 * It keeps no styles, no identifiers, and only links that a browser opens. Later steps only change text: links to
 * files, and code colours.
 */
import createDOMPurify, { type Config, type WindowLike } from 'dompurify';
import { visibleText } from '../../core/base/visibleText.ts';
import { highlight } from './highlight.ts';
import { findReferences, type Piece } from './references.ts';

export interface BodyRenderer {
    /** `html`: the sender's HTML, or null. With null, `body` is drawn with its line breaks. */
    render(body: string, html: string | null): DocumentFragment;
}
export interface BodyActions {
    open(file: Extract<Piece, { kind: 'file' }>): void;
    copy(text: string): void;
}

const TAGS =
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span details summary'.split(
        ' ',
    );
const MESSAGE: Config & { RETURN_DOM_FRAGMENT: true } = {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'class', 'start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/iu,
    ADD_FORBID_CONTENTS: ['mx-reply'],
    RETURN_DOM_FRAGMENT: true,
};
const COLOURS: Config & { RETURN_DOM_FRAGMENT: true } = {
    ALLOWED_TAGS: ['span'],
    ALLOWED_ATTR: ['class'],
    RETURN_DOM_FRAGMENT: true,
};

export function createBodyRenderer(window: WindowLike & { document: Document }, actions: BodyActions): BodyRenderer {
    const purify = createDOMPurify(window);
    const { document } = window;
    const element = (tag: string, text: string, attributes: Readonly<Record<string, string>>): HTMLElement => {
        const made = document.createElement(tag);
        made.textContent = text;
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        return made;
    };

    const nodeOf = (piece: Piece): Node => {
        if (piece.kind === 'text') return document.createTextNode(piece.text);
        if (piece.kind === 'url') {
            const url = URL.parse(piece.text);
            return url
                ? element('a', piece.text, { href: url.href, title: url.href })
                : document.createTextNode(piece.text);
        }
        const button = element('button', piece.text, { type: 'button', class: 'file', title: `Open ${piece.text}` });
        button.addEventListener('click', () => actions.open(piece));
        return button;
    };
    const linked = (text: string): Node[] => findReferences(visibleText(text)).map(nodeOf);

    function code(block: Element): void {
        const text = visibleText(block.textContent ?? '').replace(/\n$/u, '');
        const inner = document.createElement('code');
        const name = block.querySelector('code')?.className.replace('language-', '') ?? '';
        const coloured = name === '' ? undefined : highlight(text, name.toLowerCase());
        if (coloured === undefined) inner.textContent = text;
        else inner.append(purify.sanitize(coloured, COLOURS));
        const copy = element('button', 'Copy', { type: 'button', class: 'copy', title: 'Copy this code' });
        copy.addEventListener('click', () => actions.copy(text));
        const pre = document.createElement('pre');
        pre.tabIndex = 0; // it scrolls
        pre.append(inner);
        const frame = element('div', '', { class: 'code' });
        frame.append(element('span', name, { class: 'language' }), copy, pre);
        block.replaceWith(frame);
    }

    function tidy(fragment: DocumentFragment): void {
        for (const classy of fragment.querySelectorAll('[class]')) {
            const language = /^language-[\w#+.-]{1,32}$/u.exec(classy.className);
            if (classy.localName !== 'code' || !language) classy.removeAttribute('class');
        }
        // Start with the innermost. A block inside a block becomes text of the outer one.
        for (const block of [...fragment.querySelectorAll('pre')].filter((pre) => !pre.parentElement?.closest('pre')))
            code(block);
        for (const link of fragment.querySelectorAll('a')) {
            const url = URL.parse(link.getAttribute('href') ?? '');
            if (url) {
                link.setAttribute('href', url.href);
                link.setAttribute('title', url.href); // shows the real target, whatever the text says
            } else link.removeAttribute('href');
        }
        const texts: Text[] = [];
        const collect = (node: Node): void => {
            for (const child of node.childNodes) {
                if (child.nodeType === 3) texts.push(child as Text);
                else if (!(child as Element).classList.contains('code')) collect(child);
            }
        };
        collect(fragment);
        for (const text of texts) {
            if (text.parentElement?.closest('a')) text.data = visibleText(text.data);
            else text.replaceWith(...linked(text.data));
        }
    }

    return {
        render(body, html) {
            const fragment = document.createDocumentFragment();
            if (html !== null) {
                const clean = purify.sanitize(html, MESSAGE);
                tidy(clean);
                if ((clean.textContent ?? '').trim() !== '' || clean.querySelector('hr')) {
                    fragment.append(clean);
                    return fragment;
                }
            }
            const plain = element('p', '', { class: 'plain' });
            plain.append(...linked(body));
            fragment.append(plain);
            return fragment;
        },
    };
}
