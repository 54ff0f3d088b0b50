/** The page in the person's own browser: a loopback server for it, and the browser opened on it. */
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
 * In a remote window VS Code forwards the port and names it anew. The token is added afterwards: a forwarder need not
 * keep a fragment, and has no business with it.
 */
const openUrl: OpenUrl = async (url, token, allow) => {
    const direct = Uri.parse(url);
    const external = await env.asExternalUri(direct);
    allow(external);
    const place = (await isForwarded(external, direct)) ? external : withoutForwarding(direct);
    allow(place);
    const target = place.with({ fragment: token });
    if (await env.openExternal(target)) return;
    // The browser did not open (or the person said no to VS Code's question): the link works in any browser, once.
    const copy = 'Copy Link';
    const chosen = await showWarningMessage(
        'Your browser was not opened. Copy the link and open it in Chrome, Edge, Firefox or Safari on this machine to choose the screen to share. The link works once.',
        copy,
    );
    if (chosen === copy) await env.clipboard.writeText(target.toString(true));
};
