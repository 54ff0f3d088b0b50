/** A timer as a port. The host runs it in real time. A test runs it when it wants. */

/** Runs `work` once after `ms`. The result cancels it. */
export type After = (ms: number, work: () => void) => () => void;
