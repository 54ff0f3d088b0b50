/** One counted line of progress: `[2/6] Synapse 1.163.2 … installing (about 40 s)`. */
export interface PartProgress {
    say(what: string): void;
}

export interface Progress {
    /** Takes the next number. A part that reports nothing new afterwards needs no further call. */
    part(title: string): PartProgress;
}

/** Writes to standard error, so that a task's machine-readable standard output stays clean. */
export function createProgress(total: number, write: (line: string) => void = (line) => console.error(line)): Progress {
    let taken = 0;
    return {
        part(title) {
            const label = `[${++taken}/${total}] ${title}`;
            return { say: (what) => write(`${label} … ${what}`) };
        },
    };
}

/** For tests, because the runner has shown the installation already. */
export const silentProgress: Progress = { part: () => ({ say: () => {} }) };
