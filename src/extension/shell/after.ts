/** The host's timer for core. */
import type { After } from '../../core/base/timer.ts';

/** Does not keep the process alive. */
export const after: After = (ms, work) => {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
};
