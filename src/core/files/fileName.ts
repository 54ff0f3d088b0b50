/** Names of attachments: as they are shown, and as they may be given to a file here. Pure. */
import { visibleLine } from '../base/visibleText.ts';

const MAX_SHOWN = 200;
/** UTF-16 units; most file systems take 255 bytes. */
const MAX_STEM = 60;
const MAX_ENDING = 16;
/** Devices of Windows, which are files in every folder. */
const RESERVED = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])$/iu;
/** Separators, what a shell or Windows reads otherwise, controls, and what cannot be seen or reorders the rest. */
const UNSAFE =
    /[/\\:*?"<>|\u0000-\u001F\u007F-\u009F\u2028\u2029\u2800\uFFF9-\uFFFB]|(?![\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/gu;

/** What a person reads; never empty. */
export function shownName(name: string): string {
    return visibleLine(name, MAX_SHOWN) || 'a file without a name';
}

/** The name of a file in whatever folder the person chooses: no path, not hidden, the ending as it looks. Never empty. */
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

/** Without half a character at its end. */
function cut(text: string, most: number): string {
    return text.slice(0, most).replace(/[\uD800-\uDBFF]$/u, '');
}
