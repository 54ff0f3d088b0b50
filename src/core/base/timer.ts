/** A timer that core is handed: what runs it is the host's, and a test runs it when it wants. */

/** Runs `work` once after `ms`; the result takes it back. */
export type After = (ms: number, work: () => void) => () => void;
