/** Turns a path from a message into a path inside a workspace folder. Pure. */

/** `folders`: absolute, with slashes. Returns undefined if the path leads out of them or is a pattern. */
export function pathInWorkspace(path: string, folders: readonly string[]): string | undefined {
    const slashed = path.replaceAll('\\', '/').replace(/^(?:\.\/)+/u, '');
    const within = folders.find((folder) => slashed.startsWith(`${folder}/`));
    const relative = within === undefined ? slashed : slashed.slice(within.length + 1);
    if (relative === '' || relative.startsWith('/') || relative.startsWith('~')) return undefined;
    if (/[*?{}[\]:\u0000-\u001F]/u.test(relative) || relative.split('/').some((p) => p === '..' || p === ''))
        return undefined;
    return relative;
}
