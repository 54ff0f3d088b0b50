/** The files that the loopback server serves. It serves no others. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loopbackHtml } from '../../shell/pageHtml.ts';

export interface PageFile {
    readonly type: string;
    readonly body: string;
}

export const PAGE_SCRIPT = 'page.js';
export const PAGE_STYLE = 'page.css';
export const MEDIA_WORKER = 'mediaWorker.js';

const SCRIPT = 'text/javascript; charset=utf-8';

/** Rejects if the extension was not built. */
export async function readPageFiles(dist: string): Promise<ReadonlyMap<string, PageFile>> {
    const read = async (name: string, type: string): Promise<[string, PageFile]> => [
        name,
        { type, body: await readFile(join(dist, name), 'utf8') },
    ];
    return new Map([
        ['', { type: 'text/html; charset=utf-8', body: loopbackHtml() }],
        await read(PAGE_SCRIPT, SCRIPT),
        await read(PAGE_STYLE, 'text/css; charset=utf-8'),
        await read(MEDIA_WORKER, SCRIPT),
    ]);
}
