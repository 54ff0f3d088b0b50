/**
 * Runs git in one repository, with arguments and no shell. VS Code's Git API gives neither binary patches nor a trial
 * of a patch. No setting of the person changes what a patch looks like, and no hook runs: received changes may have
 * written it.
 */
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { HushError } from '../../core/base/errors.ts';

/** ms. A large repository on a slow disk takes a while. */
const MAX_MS = 120_000;
/** Bytes of an answer. */
const MAX_ANSWER = 64_000_000;

const SETTINGS = [
    `core.hooksPath=${devNull}`,
    'core.fsmonitor=false',
    'core.quotePath=true',
    'core.safecrlf=false',
    'core.protectNTFS=true',
    'core.protectHFS=true',
    'diff.suppressBlankEmpty=false',
    'diff.ignoreSubmodules=none',
    'diff.renames=true',
    'apply.whitespace=nowarn',
    'apply.ignoreWhitespace=no',
    'i18n.commitEncoding=UTF-8',
    'i18n.logOutputEncoding=UTF-8',
    'submodule.recurse=false',
    'advice.mergeConflict=false',
].flatMap((setting) => ['-c', setting]);

/** Git before 2.44 knows only the second: it may use no protocol. */
const OFFLINE = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: 'none' };

interface GitOptions {
    readonly input?: string | Uint8Array;
    /** Instead of the repository's own index. */
    readonly index?: string | undefined;
    readonly env?: Readonly<Record<string, string>>;
    /** A partial clone then does not fetch what it has not got. */
    readonly offline?: boolean;
}

interface GitAnswer {
    /** 0: it worked. */
    readonly status: number;
    readonly out: Buffer;
    /** For the log. */
    readonly said: string;
}

export interface Git {
    readonly root: string;
    /** @throws HushError `changes.failed` if git cannot run or takes too long. */
    try(args: readonly string[], options?: GitOptions): Promise<GitAnswer>;
    /** As UTF-8, without the last line end. @throws HushError `changes.failed` also when git refuses. */
    text(args: readonly string[], options?: GitOptions): Promise<string>;
    bytes(args: readonly string[], options?: GitOptions): Promise<Buffer>;
}

/** `path`: of git itself. `root`: top folder of the working tree. */
export function createGit(path: string, root: string): Git {
    const run = (
        args: readonly string[],
        { input, index, env, offline = false }: GitOptions = {},
    ): Promise<GitAnswer> =>
        new Promise((resolve, reject) => {
            const child = spawn(path, [...SETTINGS, ...args], {
                cwd: root,
                env: {
                    ...inherited(),
                    ...env,
                    ...(index === undefined ? {} : { GIT_INDEX_FILE: index }),
                    ...(offline ? OFFLINE : {}),
                },
                stdio: 'pipe',
                timeout: MAX_MS,
                windowsHide: true,
            });
            const out: Buffer[] = [];
            const said: Buffer[] = [];
            let size = 0;
            child.stdout.on('data', (chunk: Buffer) => {
                size += chunk.length;
                if (size <= MAX_ANSWER) out.push(chunk);
                else child.kill();
            });
            child.stderr.on('data', (chunk: Buffer) => {
                if (said.length < 100) said.push(chunk);
            });
            // Git may end before it has read everything; its status says why.
            child.stdin.on('error', () => undefined);
            child.on('error', (cause) =>
                reject(new HushError('changes.failed', 'Git could not be started.', { cause })),
            );
            child.on('close', (status) => {
                if (status !== null) resolve({ status, out: Buffer.concat(out), said: Buffer.concat(said).toString() });
                else if (size > MAX_ANSWER)
                    reject(new HushError('changes.tooLarge', 'These changes are too large for Hush.'));
                else reject(new HushError('changes.failed', 'Git did not finish in time.'));
            });
            child.stdin.end(input ?? '');
        });
    const bytes: Git['bytes'] = async (args, options) => {
        const { status, out, said } = await run(args, options);
        if (status !== 0)
            throw new HushError('changes.failed', `Git could not do this: ${firstLine(said) || `status ${status}`}.`, {
                cause: new Error(`git ${args[0] ?? ''}: ${said}`),
            });
        return out;
    };
    return {
        root,
        try: run,
        bytes,
        text: async (args, options) => (await bytes(args, options)).toString().replace(/\n$/u, ''),
    };
}

/** The first line of what git said, as the end of a sentence. */
function firstLine(said: string): string {
    const line = said.split('\n').find((one) => one.trim() !== '') ?? '';
    return line
        .replace(/^(?:fatal|error): /u, '')
        .replace(/\.$/u, '')
        .slice(0, 300);
}

/** Variables that name another repository, or ask in a terminal, are left out. */
function inherited(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
    return {
        ...Object.fromEntries(kept),
        GIT_TERMINAL_PROMPT: '0',
        GIT_LITERAL_PATHSPECS: '1',
        GIT_OPTIONAL_LOCKS: '0',
        LC_ALL: 'C',
    };
}

/** A list of paths for `-z --stdin`. */
export function listed(paths: readonly string[]): string {
    return paths.map((path) => `${path}\0`).join('');
}

/** The other way. */
export function parts(out: Buffer): string[] {
    return out.toString().split('\0').filter(Boolean);
}

/** The ID of the current commit. Undefined: the branch has none yet. */
export async function headOf(git: Git): Promise<string | undefined> {
    const { status, out } = await git.try(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
    return status === 0 ? out.toString().trim() : undefined;
}

export async function hasCommit(git: Git, id: string): Promise<boolean> {
    return (await git.try(['cat-file', '-e', `${id}^{commit}`], { offline: true })).status === 0;
}

/** The folder without any file. */
export async function emptyTree(git: Git): Promise<string> {
    return git.text(['mktree'], { input: '' });
}
