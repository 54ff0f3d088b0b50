/**
 * Text from outside (names of people, rooms and devices, sentences of servers) made harmless for VS Code's own surfaces,
 * which draw `[text](command:…)` as a link and `$(name)` as an icon: both are broken up, and what reorders or wraps a
 * line is taken out. Pure.
 */

const WRAPPING = /[\p{Cc}\u2028\u2029]+/gu;
/** Characters that turn the direction of what follows (Unicode, UAX 9). */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const BREAK = '\u200b';

/** One line of at most `most` characters. */
export function plainText(text: string, most = 1_000): string {
    // Taken out first: they could stand between the two characters that must not meet.
    const line = text.replace(TURNING, '').replace(WRAPPING, ' ');
    const broken = line.replaceAll('](', `]${BREAK}(`).replaceAll('$(', `$${BREAK}(`);
    const characters = [...broken];
    return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : broken;
}

/** A name within a row, a title or a sentence. */
export function plainName(name: string): string {
    return plainText(name, 80);
}
