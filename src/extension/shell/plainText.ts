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
    const characters = [...broken];
    return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : broken;
}

/** A name in a row, a title or a sentence. */
export function plainName(name: string): string {
    return plainText(name, 80);
}
