/** The timer of the extension host, for core. */
import type { After } from '../../core/base/timer.ts';

/** The timer does not keep the process alive. */
export const after: After = (ms, work) => {
    const timer = setTimeout(work, ms).unref();
    return () => clearTimeout(timer);
};
