/**
 * ms that each picture waits in strict mode: longer than VS Code should take to tell Hush what is visible.
 * `npm run bench -- --shield` is to measure that time; docs/secret-shield.md has what was proved with this delay.
 */
export const STRICT_DELAY_MS = 500;
