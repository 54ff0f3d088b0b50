/**
 * Pasting into the field. Files go to the tray, words into the field. What came with the words is offered: a picture as a
 * file, code as a code block.
 */
import { asCodeBlock, endsInFence, looksLikeCode } from '../../core/base/codeLook.ts';
import { createOffer } from './offer.ts';
import { readPasted } from './pasted.ts';

export interface Pasting {
    /** The line with the offer. */
    readonly element: HTMLElement;
    /** The text of the field has changed: an offer about text that is gone is withdrawn. */
    follow(): void;
}
export interface PastingActions {
    attach(files: readonly File[]): void;
    /** The text in the field was changed here. */
    changed(): void;
}

export function createPasting(input: HTMLTextAreaElement, { attach, changed }: PastingActions): Pasting {
    const offer = createOffer();
    /** Pasted code that is offered as a code block. */
    let code = '';
    let isPasting = false;
    const insert = (text: string, start: number, end: number): void => {
        input.setRangeText(text, start, end, 'end');
        changed();
        input.focus();
    };
    const offerFiles = (files: readonly File[]): void => {
        if (files.length === 0) return;
        const what = files.every(({ type }) => type.startsWith('image/')) ? 'picture' : 'file';
        offer.make(`There is a ${what}, too.`, 'Attach', () => {
            attach(files);
            input.focus();
        });
    };
    const offerBlock = (text: string, language: string): void => {
        code = text;
        const named = language === '' ? '' : ` (${language})`;
        offer.make(`${text.trim().split('\n').length} lines`, `Make It a Code Block${named}`, () => {
            code = '';
            const at = input.value.lastIndexOf(text);
            if (at === -1) return;
            const end = at + text.length;
            const before = at > 0 && input.value[at - 1] !== '\n' ? '\n' : '';
            const after = end < input.value.length && input.value[end] !== '\n' ? '\n' : '';
            insert(`${before}${asCodeBlock(text.replace(/^\n+/u, ''), language)}${after}`, at, end);
        });
    };
    input.addEventListener('paste', (event) => {
        if (!event.clipboardData || input.disabled) return;
        const pasted = readPasted(event.clipboardData);
        if (pasted.kind === 'nothing') return;
        code = '';
        offer.take();
        if (pasted.kind === 'files') {
            event.preventDefault();
            attach(pasted.files);
            input.focus();
            return;
        }
        if (pasted.kind === 'otherWords') {
            event.preventDefault();
            insert(pasted.text, input.selectionStart, input.selectionEnd);
        } else if (pasted.files.length === 0 && !isInFence(input) && looksLikeCode(pasted.text)) {
            isPasting = true; // the browser inserts it after this event
            offerBlock(pasted.text, pasted.language);
        }
        offerFiles(pasted.files);
    });
    return {
        element: offer.element,
        follow() {
            const wasPasting = isPasting;
            isPasting = false;
            const isGone = code === '' ? input.value === '' : !input.value.includes(code);
            if (isGone && !wasPasting) {
                code = '';
                offer.take();
            }
        },
    };
}

/** Code in a code block is one already. */
function isInFence({ value, selectionStart }: HTMLTextAreaElement): boolean {
    return endsInFence(value.slice(0, selectionStart));
}
