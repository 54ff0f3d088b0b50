/** Turns addresses of this machine into addresses that the person’s browser can reach, also from a remote window. */
import { env, Uri } from 'vscode';

/** Returns an address that the browser can reach, for a server on this machine. Returns other addresses unchanged. */
export async function browserAddress(url: string): Promise<string> {
    if (!/^http:\/\/(?:127\.0\.0\.1|localhost)[:/]/u.test(url)) return url;
    const direct = Uri.parse(url);
    const external = await env.asExternalUri(direct);
    if (external.authority === direct.authority) return url;
    if (await isForwarded(external, direct)) return url; // openExternal forwards it by itself
    return url.replace(/\/\/(?:127\.0\.0\.1|localhost)/u, '//hush.localhost');
}

/** Uses a name for this machine (RFC 6761, section 6.3), so that openExternal does not forward the port. */
export function withoutForwarding(direct: Uri): Uri {
    return direct.with({ authority: direct.authority.replace('127.0.0.1', 'hush.localhost') });
}

/**
 * Returns false if VS Code names a forwarder that does not exist: a standalone server without its product's proxy
 * answers 404. Any other result says nothing about the person's browser, so Hush trusts VS Code.
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
