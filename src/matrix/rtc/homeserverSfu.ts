/**
 * An SFU whose tokens the homeserver gives (MSC4195): a membership names the SFU's own URL. Some also name the older
 * authorisation service, for clients and servers without the MSC. Inside Hush such an SFU is known by a service URL of
 * the scheme `hs+wss:`, which carries all of it. Pure.
 */
import { isSfuUrl } from '../../core/share/ownSfu.ts';
import { isServerName } from '../../core/base/identifiers.ts';

const PREFIX = 'hs+';

export interface HomeserverSfu {
    /** WebSocket URL, exactly as the homeserver advertises it. */
    readonly url: string;
    /** Of an lk-jwt-service that admits to the same SFU. */
    readonly serviceUrl: string | undefined;
    /** Of the homeserver that gives its tokens. Undefined: our own. */
    readonly serverName: string | undefined;
}

export function homeserverServiceUrl({ url, serviceUrl, serverName }: HomeserverSfu): string {
    const more = new URLSearchParams();
    if (serviceUrl !== undefined) more.set('service', serviceUrl);
    if (serverName !== undefined) more.set('server', serverName);
    return `${PREFIX}${url}${more.size === 0 ? '' : `#${more.toString()}`}`;
}

/** The SFU behind an `hs+wss:` URL. Undefined for every other. */
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

/** The older authorisation service of a transport, which is what other clients know it by. */
export function authorisationService(serviceUrl: string): string | undefined {
    if (serviceUrl.startsWith(PREFIX)) return homeserverSfu(serviceUrl)?.serviceUrl;
    return serviceUrl.startsWith('olm+') ? undefined : serviceUrl;
}

/** For the diagnostics. */
export function transportWords(serviceUrl: string): string {
    const sfu = homeserverSfu(serviceUrl);
    if (!sfu) return serviceUrl;
    return `${sfu.url}, tokens from the homeserver${sfu.serviceUrl === undefined ? '' : ` or ${sfu.serviceUrl}`}`;
}
