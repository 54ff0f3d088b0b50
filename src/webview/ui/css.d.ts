/** esbuild writes these beside the bundle. */
declare module '*.css';
