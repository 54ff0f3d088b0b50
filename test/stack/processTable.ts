import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface ProcessEntry {
    readonly pid: number;
    /** Parent first, then its parent, and so on. */
    readonly ancestors: readonly number[];
    readonly command: string;
    /** Rises with the time at which the process began. IDs do not: they begin again. */
    readonly began: number;
}

interface Row {
    readonly pid: number;
    readonly parent: number;
    readonly command: string;
    readonly began: number;
}

/** Every process of this machine that can be seen. On Windows it is empty. */
export async function processTable(): Promise<ProcessEntry[]> {
    const rows = process.platform === 'linux' ? await fromProc() : await fromPs();
    const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
    return rows.map(({ pid, command, began }) => {
        const ancestors: number[] = [];
        for (let at = parents.get(pid); at !== undefined && at > 0 && !ancestors.includes(at); at = parents.get(at))
            ancestors.push(at);
        return { pid, ancestors, command, began };
    });
}

/** Read directly, because small Linux images have no `ps`. */
async function fromProc(): Promise<Row[]> {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const rows = await Promise.all(
        pids.map(async (name): Promise<Row[]> => {
            try {
                const [stat, command] = await Promise.all([
                    readFile(join('/proc', name, 'stat'), 'utf8'),
                    readFile(join('/proc', name, 'cmdline'), 'utf8'),
                ]);
                // The program's name, in parentheses, may itself hold spaces and parentheses.
                const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on (proc(5))
                const [state, parent, began] = [fields[0], Number(fields[1]), Number(fields[19])];
                if (state === 'Z') return [];
                return [{ pid: Number(name), parent, began, command: command.replaceAll('\0', ' ').trim() }];
            } catch {
                return []; // ended in the meantime
            }
        }),
    );
    return rows.flat();
}

async function fromPs(): Promise<Row[]> {
    if (process.platform === 'win32') return [];
    const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,lstart=,args='], {
        maxBuffer: 16 << 20,
    });
    return stdout.split('\n').flatMap((line): Row[] => {
        const [, pid, parent, began, command] = /^\s*(\d+)\s+(\d+)\s+(.{24})\s(.*)$/.exec(line) ?? [];
        if (command === undefined) return [];
        return [{ pid: Number(pid), parent: Number(parent), began: Date.parse(began ?? ''), command }];
    });
}
