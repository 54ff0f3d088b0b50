/** Addresses of this machine as the person’s browser reaches them, also from a remote window. */
import { env, Uri } from 'vscode';

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
export function withoutForwarding(direct: Uri): Uri {
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
