/** What is on the screens that `npm run pictures` takes: two people and the code they talk about. */

export const WORKSPACE = 'pipeline';
export const SERVER = 'example.org';
export const ANN = { localpart: 'ann', displayName: 'Ann Berg' };
export const BEN = { localpart: 'ben', displayName: 'Ben Okafor' };

export const FILES: Readonly<Record<string, string>> = {
    'src/stage.ts': `/** One step of the pipeline: takes what the step before gave, and gives the next one something. */
export interface Stage<In, Out> {
    readonly name: string;
    run(input: In, signal: AbortSignal): Promise<Out>;
}

export class StageError extends Error {
    readonly stage: string;

    constructor(stage: string, cause: unknown) {
        super(\`stage "\${stage}" failed\`, { cause });
        this.stage = stage;
    }
}
`,
    'src/pipeline.ts': `import { StageError, type Stage } from './stage.ts';

/** Runs the stages in order. The first that fails ends the run, and says which one it was. */
export async function runPipeline<T>(
    stages: readonly Stage<T, T>[],
    input: T,
    signal: AbortSignal,
): Promise<T> {
    let value = input;
    for (const stage of stages) {
        signal.throwIfAborted();
        try {
            value = await stage.run(value, signal);
        } catch (cause) {
            throw new StageError(stage.name, cause);
        }
    }
    return value;
}

/** The same with a limit for each stage, ms. A stage that takes longer is told to stop. */
export function withLimit<T>(stage: Stage<T, T>, ms: number): Stage<T, T> {
    return {
        name: stage.name,
        run(input, signal) {
            const limit = AbortSignal.timeout(ms);
            return stage.run(input, AbortSignal.any([signal, limit]));
        },
    };
}
`,
};

/** Who writes what, in order. */
export const TALK: readonly (readonly [who: 'ann' | 'ben', text: string])[] = [
    ['ann', 'Ready when you are. It is about the limits in `src/pipeline.ts:24`.'],
    ['ben', 'I see your screen, sharp down to the semicolons.'],
    ['ann', 'Look at `AbortSignal.any`: does it leak when the stage ends first?'],
    ['ben', 'No, both are held weakly:\n```ts\nAbortSignal.any([signal, limit])\n```'],
];
