/**
 * Turns a path from a message into paths inside the workspace folders. Messages come from other machines: the path may be
 * of Windows, of a share, an address of a file, or lie in a copy of the folder at another place. Pure.
 */

/** `folders`: absolute, with slashes. Returns undefined if the path leads out of them. */
export function pathInWorkspace(path: string, folders: readonly string[]): string | undefined {
    const slashed = withSlashes(path);
    const within = folders.map(comparable).findIndex((folder) => comparable(slashed).startsWith(`${folder}/`));
    if (within !== -1) return withoutDots(slashed.slice((folders[within] ?? '').length + 1));
    if (!isAbsolute(slashed) && !slashed.startsWith('~')) return withoutDots(slashed);
    // A copy of the folder elsewhere: the part after the last folder with the same name.
    for (const folder of folders) {
        const name = `/${folder.split('/').at(-1) ?? ''}/`;
        const at = name === '//' ? -1 : slashed.lastIndexOf(name);
        if (at !== -1) return withoutDots(slashed.slice(at + name.length));
    }
    return undefined;
}

/** The drive letter and the name of a server have no case. */
function comparable(path: string): string {
    return path.replace(/^\/?[A-Za-z]:|^\/\/[^/]+/u, (start) => start.replace(/^\/(?=[A-Za-z]:)/u, '').toLowerCase());
}

function withSlashes(path: string): string {
    const plain = /^file:\/\//iu.test(path) ? pathOfAddress(path) : path.replace(/^webpack(?:-internal)?:\/\/\/?/u, '');
    const slashed = plain.replaceAll('\\', '/');
    return /^[A-Za-z]:\//u.test(slashed) ? `/${slashed}` : slashed;
}

function pathOfAddress(address: string): string {
    const url = URL.parse(address);
    if (!url) return address;
    const path = decoded(url.pathname);
    return url.host === '' ? path : `//${url.host}${path}`;
}

function decoded(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        return path; // not a valid escape, so a part of the name
    }
}

function isAbsolute(path: string): boolean {
    return path.startsWith('/') || /^[A-Za-z]:/u.test(path);
}

/** Undefined for a path that leads out of its folder, or that no file has. */
function withoutDots(path: string): string | undefined {
    const parts: string[] = [];
    for (const part of path.replace(/^(?:\.\/)+/u, '').split('/')) {
        if (part === '..' && parts.pop() === undefined) return undefined;
        if (part === '' || /[\u0000-\u001F]/u.test(part)) return undefined;
        if (part !== '.' && part !== '..') parts.push(part);
    }
    return parts.length === 0 ? undefined : parts.join('/');
}

/** A glob that finds exactly this path, in any folder. */
export function globOf(path: string): string {
    return `**/${path.replaceAll(/[*?{}[\]]/gu, (sign) => `[${sign}]`)}`;
}
