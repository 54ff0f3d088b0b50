/** What kind of file one is, for the other side's client; nothing here is decided by it. Pure. */

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

/** By the name's ending; `text`: it was taken out of an editor. */
export function mimeTypeOf(name: string, text = false): string {
    const ending = /\.(\w+)$/u.exec(name)?.[1]?.toLowerCase() ?? '';
    if (Object.hasOwn(BY_ENDING, ending)) return BY_ENDING[ending] ?? '';
    return text ? 'text/plain' : 'application/octet-stream';
}
