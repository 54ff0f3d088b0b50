/** What the in-host suite and those who start it agree on. */

/** Publisher and name of the manifest. */
export const EXTENSION_ID = 'hush.hush';

export interface InHostResult {
    readonly title: string;
    /** With its stack; absent when the test passed. */
    readonly error?: string | undefined;
}
