/**
 * Paths inside a repository, as one device tells them to another. What comes from another device may try to lead out of
 * the repository, or into what git keeps there. Pure.
 */

/** `root`, `file`: absolute, with slashes and without links. Undefined: the file is not inside. */
export function pathWithin(root: string, file: string): string | undefined {
    const base = `${withDrive(root).replace(/\/+$/u, '')}/`;
    const full = withDrive(file);
    return full.startsWith(base) ? checkedPath(full.slice(base.length)) : undefined;
}

/** The path, if every system reads it as a file inside the repository. */
export function checkedPath(path: string): string | undefined {
    const parts = path.split('/');
    return parts.some(isRefused) ? undefined : path;
}

/**
 * Windows reads `\` as `/`, and ignores dots and spaces at the end of a name. It also knows `.git` as `git~1`, and
 * `.env::$DATA` as `.env`.
 */
function isRefused(part: string): boolean {
    return /^[. ]*$|[:\\\p{Cc}]|^(?:\.git|git~\d+)[. ]*$/iu.test(part);
}

/** The letter of a drive has no case, and a slash may stand before it. */
function withDrive(path: string): string {
    return path.replace(/^\/?([A-Za-z]):/u, (_, letter: string) => `/${letter.toLowerCase()}:`);
}

/** Files whose name alone says that they hold secrets. Nobody is told that they are open. */
const SECRET_NAMES =
    /^(?:\.env(?:\..*|rc)?|.*\.env|.*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|gpg|asc)|id_(?:rsa|dsa|ecdsa|ed25519)(?:\..*)?|\.npmrc|\.netrc|_netrc|\.pypirc|\.pgpass|\.htpasswd|credentials(?:\..*)?|secrets?(?:\..*)?)$/iu;
const SECRET_FOLDERS = /^\.(?:ssh|gnupg|aws|azure|kube|docker)$/iu;

/** By its name, the file may be told to others. `path`: with slashes. */
export function mayTellName(path: string): boolean {
    const parts = path.split('/');
    return !SECRET_NAMES.test(parts.at(-1) ?? '') && !parts.slice(0, -1).some((part) => SECRET_FOLDERS.test(part));
}
