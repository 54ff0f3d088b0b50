/** Sending, reviewing and applying changes. A bundle of its own, loaded on first use. */
export { createReceivedChanges } from './receivedChanges.ts';
export { sendChanges } from './sendChanges.ts';
