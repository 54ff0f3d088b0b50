/** Shows the slowest tests and hooks of a run. */
import type Mocha from 'mocha';

export interface Timed {
    readonly title: string;
    readonly ms: number;
}

/** Watches a runner, including hooks, because servers and windows start in them. */
export function watchTimes(runner: Mocha.Runner): () => readonly Timed[] {
    const timed: Timed[] = [];
    const began = new Map<Mocha.Runnable, number>();
    runner.on('hook', (hook) => began.set(hook, performance.now()));
    runner.on('hook end', (hook) => {
        const ms = performance.now() - (began.get(hook) ?? performance.now());
        timed.push({ title: `${hook.parent?.fullTitle() ?? ''} ${hook.title}`.trim(), ms });
    });
    runner.on('test end', (test) => timed.push({ title: test.fullTitle(), ms: test.duration ?? 0 }));
    return () => timed;
}

/** Lines for a person, the slowest first. */
export function slowestLines(timed: readonly Timed[], count = 20): string[] {
    return timed
        .toSorted((a, b) => b.ms - a.ms)
        .slice(0, count)
        .filter(({ ms }) => ms >= 1_000)
        .map(({ title, ms }) => `${(ms / 1_000).toFixed(1).padStart(7)} s  ${title}`);
}
