/** Guesses the type of a file for the receiver's client. Hush itself decides nothing by it. Pure. */

const BY_ENDING: Readonly<Record<string, string>> = {
    css: 'text/css',
    csv: 'text/csv',
    gz: 'application/gzip',
    html: 'text/html',
    json: 'application/json',
    md: 'text/markdown',
    mp3: 'audio/mpeg',
    mp4: 'video/mp4',
    pdf: 'application/pdf',
    svg: 'image/svg+xml',
    tar: 'application/x-tar',
    txt: 'text/plain',
    wasm: 'application/wasm',
    webm: 'video/webm',
    xml: 'application/xml',
    yaml: 'application/yaml',
    yml: 'application/yaml',
    zip: 'application/zip',
};

/** Uses the ending of the name. `text`: the file comes from an editor. */
export function mimeTypeOf(name: string, text = false): string {
    const ending = /\.(\w+)$/u.exec(name)?.[1]?.toLowerCase() ?? '';
    if (Object.hasOwn(BY_ENDING, ending)) return BY_ENDING[ending] ?? '';
    return text ? 'text/plain' : 'application/octet-stream';
}
