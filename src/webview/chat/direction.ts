/** Which way a text is written. Code is always written from left to right, so it does not count. */

const LETTER = /\p{L}/u;
/** Scripts from right to left (Unicode, bidirectional classes R and AL). */
const RIGHT_TO_LEFT =
    /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Samaritan}\p{Script=Mandaic}\p{Script=Adlam}\p{Script=Hanifi_Rohingya}\p{Script=Mende_Kikakui}\p{Script=Yezidi}\p{Script=Phoenician}\p{Script=Imperial_Aramaic}]/u;
const BLOCKS = 'p, ul, ol, li, blockquote, h1, h2, h3, h4, h5, h6, table, td, th, caption, div, details, summary';
const LEFT_TO_RIGHT = 'code, pre, .code, .reveal, button.file';

/** By the first letter. Undefined: there is none. */
export function directionOf(text: string): 'ltr' | 'rtl' | undefined {
    const first = LETTER.exec(text)?.[0];
    if (first === undefined) return undefined;
    return RIGHT_TO_LEFT.test(first) ? 'rtl' : 'ltr';
}

/** Gives each block the direction of its own words. A list has its numbers on that side, a quotation its bar. */
export function setDirections(fragment: DocumentFragment): void {
    for (const code of fragment.querySelectorAll('code, pre')) code.setAttribute('dir', 'ltr');
    for (const block of fragment.querySelectorAll(BLOCKS)) {
        if (block.closest('.code')) continue;
        const direction = directionOf(proseOf(block));
        if (direction !== undefined) block.setAttribute('dir', direction);
    }
}

function proseOf(node: Node): string {
    let prose = '';
    for (const child of node.childNodes) {
        if (child.nodeType === 3) prose += child.nodeValue ?? '';
        else if (!(child as Element).matches(LEFT_TO_RIGHT)) prose += proseOf(child);
        if (LETTER.test(prose)) break;
    }
    return prose;
}
