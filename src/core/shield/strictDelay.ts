/**
 * ms that each picture waits in strict mode: longer than VS Code may take to tell Hush what is visible. Measured by
 * `npm run bench -- --shield` (docs/security.md).
 */
export const STRICT_DELAY_MS = 500;
