/**
 * Makes text from outside (names of people, rooms and devices, sentences of servers) harmless for VS Code. VS Code
 * draws `[text](command:…)` as a link and `$(name)` as an icon, so both are broken up. Characters that reorder or wrap
 * a line are removed. Pure.
 */

const WRAPPING = /[\p{Cc}\u2028\u2029]+/gu;
/** Characters that change the text direction (Unicode, UAX 9). */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const BREAK = '\u200b';

/** Returns one line of at most `most` characters. */
export function plainText(text: string, most = 1_000): string {
    // Remove these first, because they could separate the two characters of a pattern.
    const line = text.replace(TURNING, '').replace(WRAPPING, ' ');
    const broken = line.replaceAll('](', `]${BREAK}(`).replaceAll('$(', `$${BREAK}(`);
    return cut(broken, most);
}

/** A name that is like another has an ID behind it (matrix/names/shownNames.ts). */
const WITH_ID = /^(.+) (\([@!#][^\s()]+:[^\s()]+\))$/su;

const ID = /^[@!#][^\s()]+:[^\s()]+$/u;

/** A name in a row, a title or a sentence. The ID behind it is never cut off. */
export function plainName(name: string): string {
    if (ID.test(name)) return plainText(name, 300);
    const [, own, id] = WITH_ID.exec(name) ?? [];
    return own === undefined || id === undefined ? plainText(name, 80) : `${plainText(own, 80)} ${plainText(id, 300)}`;
}

const segmenter = new Intl.Segmenter();
/** UTF-16 units of what people see as one character. */
const LONGEST = 32;

/** Counts what people see as characters, and divides none. */
function cut(text: string, most: number): string {
    if (text.length <= most) return text;
    const characters = [...segmenter.segment(text.slice(0, most * LONGEST))].map(({ segment }) => segment);
    return characters.length > most || text.length > most * LONGEST
        ? `${characters.slice(0, most - 1).join('')}…`
        : text;
}
