/** Copies the current picture to the clipboard as a PNG. */

/** ms for the page to get the focus back. */
const FOCUS_MS = 1_000;

/** Browsers allow the clipboard only to the focused page, and VS Code's menu took the focus. */
async function focused(): Promise<void> {
    if (document.hasFocus()) return;
    await new Promise<void>((done) => {
        const timer = setTimeout(done, FOCUS_MS);
        window.addEventListener('focus', () => (clearTimeout(timer), done()), { once: true });
        window.focus();
    });
}

/** Returns why the copy failed, or undefined if it worked. */
export async function copyPicture(video: HTMLVideoElement): Promise<string | undefined> {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0 || height === 0) return 'There is no picture to copy yet.';
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    try {
        await focused();
        const png = canvas.convertToBlob({ type: 'image/png' });
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
        return undefined;
    } catch (error) {
        const refused = error instanceof DOMException && error.name === 'NotAllowedError';
        return refused
            ? 'The browser does not let Hush use the clipboard here. Click the picture and press Ctrl+C (Cmd+C on macOS), or allow the clipboard for this page.'
            : 'The picture could not be copied: this browser does not take pictures into the clipboard. Send a snapshot instead.';
    }
}
