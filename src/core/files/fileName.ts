/** Names of attachments: for display, and safe for a file on this machine. */
import { visibleLine } from '../base/visibleText.ts';

const MAX_SHOWN = 200;
/** UTF-16 units; most file systems take 255 bytes. */
const MAX_STEM = 60;
const MAX_ENDING = 16;
/** Windows reserves these device names in every folder. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])$/iu;
/**
 * Separators, characters with a meaning for a shell or for Windows, control characters, and characters that are
 * invisible or reorder the rest.
 */
const UNSAFE =
    /[/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u2028\u2029\u2800\uFFF9-\uFFFB]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/gu;

/** The name for people. Never empty. */
export function shownName(name: string): string {
    return visibleLine(name, MAX_SHOWN) || 'a file without a name';
}

/**
 * A safe file name for any folder that the person chooses: no path, not hidden, with the ending that it shows. Never
 * empty.
 */
export function safeFileName(name: string): string {
    const bare = name
        .toWellFormed()
        .normalize('NFC')
        .replaceAll(UNSAFE, '_')
        .replaceAll(/\s+/gu, ' ')
        .replaceAll(/[\s.]+\./gu, '.')
        .replace(/^[\s.]+/u, '')
        .replace(/[\s.]+$/u, '');
    const dot = bare.lastIndexOf('.');
    const hasEnding = dot > 0 && bare.length - dot <= MAX_ENDING;
    const whole = hasEnding ? bare.slice(0, dot) : bare;
    const reserved = RESERVED.test(whole.split('.')[0] ?? '');
    const stem = cut(reserved ? `_${whole}` : whole, MAX_STEM).replace(/[\s.]+$/u, '');
    return stem === '' ? 'attachment' : `${stem}${hasEnding ? bare.slice(dot) : ''}`;
}

/** Removes half a character at the end. */
function cut(text: string, most: number): string {
    return text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, '');
}
