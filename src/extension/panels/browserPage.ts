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
    const direct = Uri.parse(url);
    const external = await env.asExternalUri(direct);
    allow(external);
    const place = (await isForwarded(external, direct)) ? external : withoutForwarding(direct);
    allow(place);
    const target = place.with({ fragment: token });
    if (await env.openExternal(target)) return;
    // The browser did not open (or the person said no to VS Code's question): the link works in any browser, once.
    const copy = 'Copy Link';
    const chosen = await window.showWarningMessage(
        'Your browser was not opened. Copy the link and open it in Chrome, Edge, Firefox or Safari on this machine to choose the screen to share. The link works once.',
        copy,
    );
    if (chosen === copy) await env.clipboard.writeText(target.toString(true));
};

/** A page of a server on this very machine, by an address that the browser reaches. Others are returned as they are. */
export async function browserAddress(url: string): Promise<string> {
    if (!/^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/u.test(url)) return url;
    const direct = Uri.parse(url);
    const external = await env.asExternalUri(direct);
    if (external.authority === direct.authority) return url;
    if (await isForwarded(external, direct)) return url; // openExternal takes it there by itself
    return url.replace(/\/\/(?:127\.0\.0\.1|localhost)/u, '//hush.localhost');
}

/** This machine under a name (RFC 6761, section 6.3) that openExternal does not take for a port to forward. */
function withoutForwarding(direct: Uri): Uri {
    return direct.with({ authority: direct.authority.replace('127.0.0.1', 'hush.localhost') });
}

/**
 * False when VS Code names a forwarder that is not there: a server that stands alone, without the proxy its product names,
 * answers 404. Any other answer, or none from here, says nothing about the person's browser, and VS Code is believed.
 */
export async function isForwarded(external: Uri, direct: Uri): Promise<boolean> {
    if (external.authority === direct.authority) return true;
    try {
        const { status } = await fetch(external.toString(true), {
            signal: AbortSignal.timeout(2_000),
            redirect: 'manual',
        });
        return status !== 404;
    } catch {
        return true;
    }
}
