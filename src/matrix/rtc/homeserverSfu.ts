/**
 * An SFU whose tokens come from the homeserver (MSC4195). A membership names the SFU's own URL. Some memberships also
 * name the older authorisation service, for clients and servers without the MSC. Inside Hush, a service URL of the
 * scheme `hs+wss:` holds all of this. Pure.
 */
import { isSfuUrl } from '../../core/share/ownSfu.ts';
import { isServerName } from '../../core/base/identifiers.ts';

const PREFIX = 'hs+';

export interface HomeserverSfu {
    /** WebSocket URL, exactly as the homeserver advertises it. */
    readonly url: string;
    /** URL of an lk-jwt-service for the same SFU. */
    readonly serviceUrl: string | undefined;
    /** Name of the homeserver that gives the tokens. Undefined: our own. */
    readonly serverName: string | undefined;
}

export function homeserverServiceUrl({ url, serviceUrl, serverName }: HomeserverSfu): string {
    const more = new URLSearchParams();
    if (serviceUrl !== undefined) more.set('service', serviceUrl);
    if (serverName !== undefined) more.set('server', serverName);
    return `${PREFIX}${url}${more.size === 0 ? '' : `#${more.toString()}`}`;
}

/** The SFU of an `hs+wss:` URL. Undefined for any other URL. */
export function homeserverSfu(serviceUrl: string): HomeserverSfu | undefined {
    if (!serviceUrl.startsWith(PREFIX)) return undefined;
    const hash = serviceUrl.indexOf('#');
    const url = serviceUrl.slice(PREFIX.length, hash < 0 ? undefined : hash);
    if (!isSfuUrl(url)) return undefined;
    const more = new URLSearchParams(hash < 0 ? '' : serviceUrl.slice(hash + 1));
    const serverName = more.get('server') ?? undefined;
    if (serverName !== undefined && !isServerName(serverName)) return undefined;
    return { url, serviceUrl: more.get('service') ?? undefined, serverName };
}

/** The older authorisation service of a transport, by which other clients know it. */
export function authorisationService(serviceUrl: string): string | undefined {
    if (serviceUrl.startsWith(PREFIX)) return homeserverSfu(serviceUrl)?.serviceUrl;
    return serviceUrl.startsWith('olm+') ? undefined : serviceUrl;
}

/** The transport in words, for the diagnostics. */
export function transportWords(serviceUrl: string): string {
    const sfu = homeserverSfu(serviceUrl);
    if (!sfu) return serviceUrl;
    return `${sfu.url}, tokens from the homeserver${sfu.serviceUrl === undefined ? '' : ` or ${sfu.serviceUrl}`}`;
}
