/** The page in the person's own browser: a loopback server for it, and the browser opened on it. */
import { env, Uri, window } from 'vscode';
import { createBrowserLink } from './browserLink.ts';
import type { BrowserLinkOptions, OpenUrl } from './browserLink.ts';
import type { PageLink } from './pageLink.ts';
import type { PageRequest } from '../session/ports.ts';

export function openBrowserPage(request: PageRequest, options: Omit<BrowserLinkOptions, 'openUrl'>): PageLink {
    return createBrowserLink(request, { ...options, openUrl });
}

/**
 * In a remote window VS Code forwards the port and names it anew. The token is added afterwards: a forwarder need not
 * keep a fragment, and has no business with it.
 */
const openUrl: OpenUrl = async (url, token, allow) => {
    const external = await env.asExternalUri(Uri.parse(url));
    allow(external);
    const target = external.with({ fragment: token });
    if (await env.openExternal(target)) return;
    // The browser did not open (or the person said no to VS Code's question): the link works in any browser, once.
    const copy = 'Copy Link';
    const chosen = await window.showWarningMessage(
        'Your browser was not opened. Copy the link and open it in Chrome, Edge, Firefox or Safari on this machine to choose the screen to share. The link works once.',
        copy,
    );
    if (chosen === copy) await env.clipboard.writeText(target.toString(true));
};
