/**
 * An SFU whose API key a person holds, so it needs no authoriser. The membership names it in a transport of our own
 * type. Devices in the session ask the holder's device for a token, in Olm-encrypted messages. Inside Hush, such an SFU
 * has a service URL of the scheme `olm+wss:`. Pure.
 */
import { isSfuUrl } from '../../core/share/ownSfu.ts';
import { homeserverServiceUrl, homeserverSfu } from './homeserverSfu.ts';

const OWN_TRANSPORT_TYPE = 'com.hush.livekit';

export interface RtcTransport {
    readonly type: string;
    readonly [field: string]: unknown;
}

export function ownServiceUrl(sfuUrl: string): string {
    return `olm+${sfuUrl}`;
}

/** The SFU of an `olm+wss:` URL. Undefined for any other URL. */
export function ownSfuUrl(serviceUrl: string): string | undefined {
    return serviceUrl.startsWith('olm+') && isSfuUrl(serviceUrl.slice(4)) ? serviceUrl.slice(4) : undefined;
}

export function transportOf(serviceUrl: string, roomId: string): RtcTransport {
    const own = ownSfuUrl(serviceUrl);
    if (own !== undefined) return { type: OWN_TRANSPORT_TYPE, version: 1, sfu_url: own };
    const sfu = homeserverSfu(serviceUrl);
    const service = sfu ? sfu.serviceUrl : serviceUrl;
    return {
        type: 'livekit',
        ...(sfu && { url: sfu.url }),
        ...(service !== undefined && { livekit_service_url: service, livekit_alias: roomId }),
    };
}

/**
 * The service URL of a transport. Undefined for an unknown type. `serverName`: the homeserver that gives tokens for it.
 * Undefined: ours.
 */
export function serviceUrlOf(transport: RtcTransport | undefined, serverName?: string): string | undefined {
    if (transport?.type === OWN_TRANSPORT_TYPE) {
        const url = transport['version'] === 1 ? textOf(transport['sfu_url']) : undefined;
        return url !== undefined && isSfuUrl(url) ? ownServiceUrl(url) : undefined;
    }
    if (transport?.type !== 'livekit' && transport?.type !== 'm.livekit') return undefined;
    const [url, serviceUrl] = [textOf(transport['url']), textOf(transport['livekit_service_url'])];
    return url !== undefined && isSfuUrl(url) ? homeserverServiceUrl({ url, serviceUrl, serverName }) : serviceUrl;
}

function textOf(value: unknown): string | undefined {
    return typeof value === 'string' && value.length <= 2_048 ? value : undefined;
}
