/** The page in the person's own browser: starts a loopback server and opens the browser. */
import { env, Uri } from 'vscode';
import { createBrowserLink, type BrowserLinkOptions, type OpenUrl } from './browserLink.ts';
import type { PageLink } from './pageLink.ts';
import type { PageRequest } from '../../../core/session/mediaPort.ts';
import { showWarningMessage } from '../../shell/dialogs.ts';
import { isForwarded, withoutForwarding } from '../../shell/browserAddress.ts';

export function openBrowserPage(request: PageRequest, options: Omit<BrowserLinkOptions, 'openUrl'>): PageLink {
    return createBrowserLink(request, { ...options, openUrl });
}

/**
 * In a remote window, VS Code forwards the port under another address. The token is added after that, because a
 * forwarder may drop the fragment and must not see the token.
 */
const openUrl: OpenUrl = async (url, token, allow) => {
    const direct = Uri.parse(url);
    const external = await env.asExternalUri(direct);
    allow(external);
    const place = (await isForwarded(external, direct)) ? external : withoutForwarding(direct);
    allow(place);
    const target = place.with({ fragment: token });
    if (await env.openExternal(target)) return;
    // The browser did not open, or the person refused VS Code's question. The link works once, in any browser.
    const copy = 'Copy Link';
    const chosen = await showWarningMessage(
        'Your browser was not opened. Copy the link and open it in Chrome, Edge, Firefox or Safari on this machine to choose the screen to share. The link works once.',
        copy,
    );
    if (chosen === copy) await env.clipboard.writeText(target.toString(true));
};
