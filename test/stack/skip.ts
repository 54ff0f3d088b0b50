import type { Context } from 'mocha';

/** Skips what cannot be tested on this machine, and says why beside it. */
export function skip(context: Context, reason: string): never {
    console.log(`        skipped: ${reason}`);
    return context.skip();
}
