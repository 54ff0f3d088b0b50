/**
 * Turns the body of a message into nodes for the page: cleaned HTML, or plain text. Later steps only change text: links,
 * code colours, covers of spoilers, and the direction of each block.
 */
import type { WindowLike } from 'dompurify';
import { visibleText } from '../../core/base/visibleText.ts';
import { MAX_MESSAGE_PATHS } from '../../core/chat/chatPageMessages.ts';
import { directionOf, setDirections } from './direction.ts';
import { highlight } from './highlight.ts';
import type { PlaceLinks } from './placeLinks.ts';
import { findReferences, type Piece } from './references.ts';
import { createSafeHtml } from './safeHtml.ts';
import { coverSpoilers } from './spoilers.ts';

export interface BodyRenderer {
    /** `html`: the sender's HTML, or null. With null, `body` is drawn with its line breaks. */
    render(body: string, html: string | null): DocumentFragment;
}
export interface BodyActions {
    copy(text: string): void;
}

/** Lists with larger numbers have them inside, where they are not cut off. */
const MAX_OUTSIDE = 99;

export function createBodyRenderer(
    window: WindowLike & { document: Document },
    places: Pick<PlaceLinks, 'element'>,
    actions: BodyActions,
): BodyRenderer {
    const safe = createSafeHtml(window);
    const { document } = window;
    const opened = new Set<string>();
    const element = (tag: string, text: string, attributes: Readonly<Record<string, string>>): HTMLElement => {
        const made = document.createElement(tag);
        made.textContent = text;
        for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
        return made;
    };

    /** The paths of the message that is drawn. */
    const paths = new Set<string>();
    const nodeOf = (piece: Piece): Node => {
        if (piece.kind === 'file') {
            for (const path of [...piece.wider, piece.path]) paths.add(path);
            if (paths.size <= MAX_MESSAGE_PATHS) return places.element(piece);
        }
        if (piece.kind !== 'url') return document.createTextNode(piece.text);
        return element('a', piece.text, { href: piece.href, title: piece.href });
    };
    const linked = (text: string): Node[] => findReferences(visibleText(text)).map(nodeOf);
    function link(root: Node): void {
        const texts: Text[] = [];
        const collect = (node: Node): void => {
            for (const child of node.childNodes) {
                if (child.nodeType === 3) texts.push(child as Text);
                else if (!(child as Element).matches('.code, .reveal')) collect(child);
            }
        };
        collect(root);
        for (const text of texts) {
            if (text.parentElement?.closest('a')) text.data = visibleText(text.data);
            else text.replaceWith(...linked(text.data));
        }
    }

    function code(block: Element): void {
        for (const line of block.querySelectorAll('br')) line.replaceWith('\n');
        for (const line of block.querySelectorAll('div, p, li, tr')) line.append('\n');
        const text = visibleText(block.textContent ?? '').replace(/\n$/u, '');
        const inner = document.createElement('code');
        const name = block.querySelector('code')?.className.replace('language-', '') ?? '';
        const coloured = name === '' ? undefined : highlight(text, name.toLowerCase());
        if (coloured === undefined) inner.textContent = text;
        else inner.append(safe.colours(coloured));
        link(inner);
        const copy = element('button', 'Copy', { type: 'button', class: 'copy', title: 'Copy this code' });
        copy.addEventListener('click', () => actions.copy(text));
        const pre = document.createElement('pre');
        pre.tabIndex = 0; // it scrolls
        pre.append(inner);
        const frame = element('div', '', { class: 'code' });
        frame.append(element('span', name, { class: 'language' }), copy, pre);
        block.replaceWith(frame);
    }

    function tidy(fragment: DocumentFragment, html: string): void {
        for (const classy of fragment.querySelectorAll('[class]')) {
            const language = /^language-[\w#+.-]{1,32}$/u.exec(classy.className);
            if (classy.localName !== 'code' || !language) classy.removeAttribute('class');
        }
        coverSpoilers(fragment, html, opened);
        for (const list of fragment.querySelectorAll('ol, ul, li')) number(list);
        // Start with the innermost. A block inside a block becomes text of the outer one.
        for (const block of [...fragment.querySelectorAll('pre')].filter((pre) => !pre.parentElement?.closest('pre')))
            code(block);
        for (const anchor of fragment.querySelectorAll('a')) {
            const url = URL.parse(anchor.getAttribute('href') ?? '');
            if (url) {
                anchor.setAttribute('href', url.href);
                anchor.setAttribute('title', url.href); // shows the real target, whatever the text says
            } else anchor.removeAttribute('href');
        }
        setDirections(fragment);
        link(fragment);
    }

    return {
        render(body, html) {
            paths.clear();
            const fragment = document.createDocumentFragment();
            if (html !== null) {
                const clean = safe.message(html);
                tidy(clean, html);
                if ((clean.textContent ?? '').trim() !== '' || clean.querySelector('hr')) {
                    fragment.append(clean);
                    return fragment;
                }
            }
            const plain = element('p', '', { class: 'plain', dir: directionOf(body) ?? 'auto' });
            plain.append(...linked(body));
            fragment.append(plain);
            return fragment;
        },
    };
}

/** Keeps the numbers of a list as they were sent, where they are numbers. */
function number(list: Element): void {
    const keep = (name: string, allowed: RegExp): void => {
        if (!allowed.test(list.getAttribute(name) ?? '')) list.removeAttribute(name);
    };
    const ordered = list.localName === 'ol';
    keep('start', ordered ? /^-?\d{1,9}$/u : /^$/u);
    keep('value', list.localName === 'li' ? /^-?\d{1,9}$/u : /^$/u);
    keep('type', ordered || list.localName === 'li' ? /^[1aAiI]$/u : /^$/u);
    if (!ordered) list.removeAttribute('reversed');
    for (const name of ['start', 'value', 'type']) if (list.getAttribute(name) === '') list.removeAttribute(name);
    if (!ordered) return;
    const items = [...list.children];
    const numbers = [list.getAttribute('start'), ...items.map((item) => item.getAttribute('value'))].map(Number);
    if (Math.max(items.length, ...numbers.map((n) => Math.abs(n) + items.length)) > MAX_OUTSIDE)
        list.className = 'wide';
}
