/**
 * `com.hush.workspace`: lets a teammate who opens a clone of the same repository be offered the room, without the room
 * naming the repository. Pure.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { WorkspaceLink } from '../extension/session/types.ts';

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'ssh:': '22', 'git+ssh:': '22', 'https:': '443', 'http:': '80', 'git:': '9418' };

/**
 * One text for all the ways to write a remote: `git@host:a/b.git`, `ssh://git@host/a/b`, `https://user:pw@HOST/a/b.git/`
 * all give `host/a/b`. A port that is not the scheme's own stays, as does the case of the path. Undefined for what names
 * no host (a local path): two machines could not mean the same by it.
 */
export function normaliseRemote(remote: string): string | undefined {
    const text = remote.trim();
    const url = text.includes('://') ? URL.parse(text) : fromScp(text);
    if (!url?.hostname || !(url.protocol in DEFAULT_PORTS)) return undefined;
    const port = url.port === '' || url.port === DEFAULT_PORTS[url.protocol] ? '' : `:${url.port}`;
    const path = decode(url.pathname).replace(/\/{2,}/gu, '/').replace(/^\/|\/+$/gu, '').replace(/\.git$/u, '').replace(/\/+$/u, '');
    if (path === '') return undefined;
    return `${url.hostname.toLowerCase().replace(/\.$/u, '')}${port}/${path}`;
}

/** `[user@]host:path`, git's short form of ssh. A single letter before the colon is a Windows drive. */
function fromScp(text: string): URL | undefined {
    const match = /^(?:[^@/\s]+@)?(\[[0-9A-Fa-f:.]+\]|[^:/@\s]{2,}):(?!\/\/)(.+)$/u.exec(text);
    const [, host, path] = match ?? [];
    if (host === undefined || path === undefined) return undefined;
    return URL.parse(`ssh://${host}/${path.replace(/^\/+/u, '').split('/').map(encodeURIComponent).join('/')}`) ?? undefined;
}

function decode(path: string): string {
    try {
        return decodeURIComponent(path);
    } catch {
        return path;
    }
}

/** Base64 of SHA-256 over salt, NUL, normalised remote. */
export function hashRemote(normalised: string, salt: string): string {
    return createHash('sha256').update(salt).update('\0').update(normalised).digest('base64');
}

/** `random(n)` gives n random bytes. Undefined when the remote names no host. */
export function linkForRemote(remote: string, random: (bytes: number) => Uint8Array): WorkspaceLink | undefined {
    const normalised = normaliseRemote(remote);
    if (normalised === undefined) return undefined;
    const salt = Buffer.from(random(16)).toString('base64');
    return { salt, hash: hashRemote(normalised, salt) };
}

/** Whether `remote` is the repository that `link` stands for. */
export function matchesRemote(link: WorkspaceLink, remote: string): boolean {
    const normalised = normaliseRemote(remote);
    if (normalised === undefined) return false;
    const [ours, theirs] = [Buffer.from(hashRemote(normalised, link.salt)), Buffer.from(link.hash)];
    return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}
