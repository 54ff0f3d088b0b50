/**
 * Spoilers: parts of a message that its sender covered (client-server API, "Spoiler messages"). They stay covered until
 * the person opens them by mouse or keyboard.
 */
import { visibleLine } from '../../core/base/visibleText.ts';

const SPOILER = 'data-mx-spoiler';
const MAX_REASON = 200;

/** Covers them. `opened`: what the person has opened on this page; a message that is drawn again stays open. */
export function coverSpoilers(fragment: DocumentFragment, of: string, opened: Set<string>): void {
    const document = fragment.ownerDocument;
    // A code block becomes text later, so it is covered as a whole.
    for (const pre of fragment.querySelectorAll('pre')) {
        const inner = pre.querySelector(`[${SPOILER}]`);
        if (!inner) continue;
        if (!pre.closest(`[${SPOILER}]`)) pre.setAttribute(SPOILER, inner.getAttribute(SPOILER) ?? '');
        for (const part of pre.querySelectorAll(`[${SPOILER}]`)) part.removeAttribute(SPOILER);
    }
    for (const [i, part] of [...fragment.querySelectorAll(`[${SPOILER}]`)].entries()) {
        const reason = visibleLine(part.getAttribute(SPOILER) ?? '', MAX_REASON);
        part.removeAttribute(SPOILER);
        const id = `${i} ${of}`;
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'reveal';
        button.textContent = reason === '' ? 'Spoiler' : `Spoiler: ${reason}`;
        const secret = document.createElement('span');
        secret.className = 'secret';
        const show = (open: boolean): void => {
            secret.hidden = !open;
            button.setAttribute('aria-expanded', String(open));
            button.title = open ? 'Hide' : 'Show';
        };
        button.addEventListener('click', (event) => {
            event.preventDefault(); // it may be in a link
            event.stopPropagation();
            if (!opened.delete(id)) opened.add(id);
            show(opened.has(id));
        });
        show(opened.has(id));
        const cover = document.createElement('span');
        cover.className = 'spoiler';
        part.replaceWith(cover);
        secret.append(part);
        cover.append(button, ' ', secret);
    }
}
