/** Fetches the E2EE worker's bundle and makes a URL from which it can start. */

/**
 * A blob: URL, because a VS Code webview may start workers only from a blob. The page keeps it for its lifetime.
 * Rejects when the bundle cannot be fetched.
 */
export async function loadWorker(url: string): Promise<string> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`The encryption worker could not be loaded (${response.status}).`);
    return URL.createObjectURL(new Blob([await response.text()], { type: 'text/javascript' }));
}
