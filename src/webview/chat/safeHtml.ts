/**
 * Cleans the HTML of a message with DOMPurify. It keeps the elements that Matrix allows (client-server API,
 * "m.room.message msgtypes"), no styles and no identifiers, and only links that a browser opens. Pictures become their
 * words, because loading one would tell a server who reads.
 */
import createDOMPurify, { type Config, type WindowLike } from 'dompurify';
import { visibleLine } from '../../core/base/visibleText.ts';

export interface SafeHtml {
    /** The HTML of a sender. */
    message(html: string): DocumentFragment;
    /** Coloured code. */
    colours(html: string): DocumentFragment;
}

const TAGS =
    'del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span details summary'.split(
        ' ',
    );
const MESSAGE: Config & { RETURN_DOM_FRAGMENT: true } = {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ['href', 'class', 'start', 'value', 'reversed', 'type', 'data-mx-spoiler'],
    // Else their values would have to look like the addresses below.
    ADD_URI_SAFE_ATTR: ['start', 'value', 'reversed', 'type', 'data-mx-spoiler'],
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
/** Elements that show or play something, and the words for one that has none of its own. */
const MEDIA: Readonly<Record<string, string>> = {
    img: '[picture]',
    svg: '[picture]',
    video: '[video]',
    audio: '[sound]',
};
const MAX_WORDS = 200;

export function createSafeHtml(window: WindowLike & { document: Document }): SafeHtml {
    const purify = createDOMPurify(window);
    purify.addHook('uponSanitizeElement', (node, { tagName }) => {
        const sign = Object.hasOwn(MEDIA, tagName) ? MEDIA[tagName] : undefined;
        if (sign !== undefined)
            node.parentNode?.insertBefore(window.document.createTextNode(wordsOf(node, sign)), node);
    });
    return {
        message: (html) => purify.sanitize(html, MESSAGE),
        colours: (html) => purify.sanitize(html, COLOURS),
    };
}

function wordsOf(node: Node, sign: string): string {
    for (const name of ['alt', 'title', 'aria-label']) {
        const words = visibleLine((node as Partial<Element>).getAttribute?.call(node, name) ?? '', MAX_WORDS);
        if (words !== '') return words;
    }
    return sign;
}
