/**
 * What a paste means. A clipboard often has several forms of one thing: words, HTML and a picture of a spreadsheet's
 * cell, or a file with its name as text.
 */

export type Pasted =
    /** Only files: pictures, or files of a file manager. */
    | { readonly kind: 'files'; readonly files: readonly File[] }
    /** Words. `files` came with them and are offered. */
    | { readonly kind: 'words'; readonly text: string; readonly files: readonly File[]; readonly language: string }
    /** Words that the browser does not paste by itself, because only HTML has them. */
    | { readonly kind: 'otherWords'; readonly text: string; readonly files: readonly File[] }
    | { readonly kind: 'nothing' };

/** VS Code's own form: it names the language of the editor that the text was copied from. */
const EDITOR_DATA = 'vscode-editor-data';

export function readPasted(data: Pick<DataTransfer, 'files' | 'getData'>): Pasted {
    const files = [...data.files];
    const text = data.getData('text/plain').replaceAll(/\r\n?/gu, '\n');
    const markup = data.getData('text/html');
    const html = markup === '' ? undefined : new DOMParser().parseFromString(markup, 'text/html').body;
    const htmlWords = html ? wordsOf(html) : '';
    if (text.trim() === '') {
        if (htmlWords !== '') return { kind: 'otherWords', text: htmlWords, files };
        return files.length > 0 ? { kind: 'files', files } : { kind: 'nothing' };
    }
    if (files.length > 0) {
        // A picture that was copied in a browser comes with its address.
        const isPicture = htmlWords === '' && html?.querySelector('img') && /^\S+$/u.test(text.trim());
        if (isPicture || namesFiles(text, files)) return { kind: 'files', files };
    }
    return { kind: 'words', text, files, language: languageOf(data.getData(EDITOR_DATA)) };
}

function wordsOf(body: HTMLElement): string {
    for (const unseen of body.querySelectorAll('style, script, template')) unseen.remove();
    for (const line of body.querySelectorAll('br')) line.replaceWith('\n');
    return (body.textContent ?? '').trim();
}

/** A file manager copies names, paths or addresses of the files as text. */
function namesFiles(text: string, files: readonly File[]): boolean {
    const names = new Set(files.map(({ name }) => name.normalize('NFC')));
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !/^(?:copy|cut|x-special\/\S+)$/u.test(line));
    return lines.length > 0 && lines.every((line) => names.has(lastPart(line.trim())));
}

function lastPart(line: string): string {
    const path = line.replace(/^"(.*)"$/u, '$1');
    const name = path.split(/[/\\]/u).at(-1) ?? '';
    if (!/^file:\/\//iu.test(path)) return name.normalize('NFC');
    try {
        return decodeURIComponent(name).normalize('NFC');
    } catch {
        return name; // no valid escape, so a part of the name
    }
}

function languageOf(data: string): string {
    try {
        const { mode } = JSON.parse(data) as { readonly mode?: unknown };
        return typeof mode === 'string' && mode !== 'plaintext' && /^[\w#+.-]{1,32}$/u.test(mode) ? mode : '';
    } catch {
        return ''; // it was not copied from an editor
    }
}
