/**
 * Which reactions are the same, and how they look. Clients write one emoji with or without a variation selector, and the
 * homeserver counts them as two (client-server API, "Event annotations and reactions").
 */
import { visibleLine } from './visibleText.ts';

const SELECTORS = /[\uFE0E\uFE0F]/gu;
const EMOJI = /^\p{RGI_Emoji}$/v;
/** The most characters of a label. The key itself is never cut. */
const MAX_LABEL = 48;

/** Two keys are the same reaction if this is equal. */
export function foldReaction(key: string): string {
    return key.normalize('NFC').replaceAll(SELECTORS, '');
}

export function isSameReaction(a: string, b: string): boolean {
    return foldReaction(a) === foldReaction(b);
}

/** One line for a button. `shortcode`: the name of a custom emoji, whose key is an address. */
export function reactionLabel(key: string, shortcode: string | undefined): string {
    if (shortcode !== undefined && key.startsWith('mxc://')) return visibleLine(shortcode, MAX_LABEL) || key;
    return visibleLine(asEmoji(key), MAX_LABEL);
}

/** Without its selector an emoji may be drawn as a black sign. */
function asEmoji(key: string): string {
    if (EMOJI.test(key)) return key;
    const [first = '', ...rest] = foldReaction(key);
    const coloured = `${first}\uFE0F${rest.join('')}`;
    return EMOJI.test(coloured) ? coloured : key;
}
