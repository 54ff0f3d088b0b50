/**
 * `com.hush.workspace`: Hush can offer the room to a teammate who opens a clone of the same repository. The room does
 * not name the repository.
 */
import { createHash } from 'node:crypto';
import type { WorkspaceLink } from '../rooms/room.ts';

const DEFAULT_PORTS: Readonly<Record<string, string>> = {
    ssh: '22',
    'git+ssh': '22',
    https: '443',
    http: '80',
    git: '9418',
};

/**
 * One text for every form of a remote: `git@host:a/b.git`, `ssh://git@host/a/b`, `https://user:pw@HOST/a/b.git/` all
 * give `host/a/b`. A port that is not the scheme's default stays, and so does the case of the path. Undefined without a
 * host (a local path): on two machines it would not mean the same.
 */
export function normaliseRemote(remote: string): string | undefined {
    const { scheme, host, port, path } = split(remote.trim()) ?? {};
    if (scheme === undefined || host === undefined || path === undefined) return undefined;
    // One parser for every scheme. URL treats IDNs and odd IPv4 spellings differently for https and ssh.
    const hostname = host === '' ? undefined : URL.parse(`https://${host}`)?.hostname;
    const defaultPort = DEFAULT_PORTS[scheme];
    if (!hostname || defaultPort === undefined) return undefined;
    const clean = decode(path)
        .replace(/\/{2,}/gu, '/')
        .replace(/^\/|\/+$/gu, '')
        .replace(/\.git$/u, '')
        .replace(/\/+$/u, '');
    if (clean === '') return undefined;
    return `${hostname.replace(/\.$/u, '')}${port === undefined || port === defaultPort ? '' : `:${port}`}/${clean}`;
}

interface RemoteParts {
    readonly scheme: string;
    readonly host: string;
    readonly port: string | undefined;
    /** Percent-encoded in a URL, plain in git's short form. */
    readonly path: string;
}

function split(text: string): RemoteParts | undefined {
    const url = /^([a-z+]+):\/\/(?:[^@/?#]*@)?(\[[^\]/]*\]|[^:/?#]*)(?::(\d*))?(\/[^?#]*)/iu.exec(text);
    if (url)
        return {
            scheme: (url[1] ?? '').toLowerCase(),
            host: url[2] ?? '',
            port: url[3] || undefined,
            path: url[4] ?? '',
        };
    if (text.includes('://')) return undefined;
    // `[user@]host:path`, git's short form for ssh. A single letter before the colon is a Windows drive.
    const scp = /^(?:[^@/\s]+@)?(\[[0-9A-Fa-f:.]+\]|[^:/@\s\\]{2,}):(.+)$/u.exec(text);
    return scp ? { scheme: 'ssh', host: scp[1] ?? '', port: undefined, path: scp[2] ?? '' } : undefined;
}

function decode(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        return path;
    }
}

/** Base64 of SHA-256 over salt, NUL, normalised remote. */
function hashRemote(normalised: string, salt: string): string {
    return createHash('sha256').update(salt).update('\0').update(normalised).digest('base64');
}

/** `random(n)` returns n random bytes, such as a Node `Buffer`. Undefined when the remote names no host. */
export function linkForRemote(
    remote: string,
    random: (bytes: number) => { toString(encoding: 'base64'): string },
): WorkspaceLink | undefined {
    const normalised = normaliseRemote(remote);
    if (normalised === undefined) return undefined;
    const salt = random(16).toString('base64');
    return { salt, hash: hashRemote(normalised, salt) };
}

/** Whether `link` stands for the repository of `remote`. */
export function matchesRemote(link: WorkspaceLink, remote: string): boolean {
    const normalised = normaliseRemote(remote);
    return normalised !== undefined && hashRemote(normalised, link.salt) === link.hash;
}
