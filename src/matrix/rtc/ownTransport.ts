/**
 * An SFU that belongs to a person, who holds its API key: no authoriser stands before it. Its membership names the SFU in
 * a transport of ours, and devices in the session ask the holder's device for a token, in Olm-encrypted messages. Inside
 * Hush such an SFU is known by a service URL of the scheme `olm+wss:`. Pure.
 */
import { isSfuUrl } from '../../core/share/ownSfu.ts';

const OWN_TRANSPORT_TYPE = 'com.hush.livekit';

export interface RtcTransport {
    readonly type: string;
    readonly [field: string]: unknown;
}

export function ownServiceUrl(sfuUrl: string): string {
    return `olm+${sfuUrl}`;
}

/** The SFU behind an `olm+wss:` URL; undefined for every other. */
export function ownSfuUrl(serviceUrl: string): string | undefined {
    return serviceUrl.startsWith('olm+') && isSfuUrl(serviceUrl.slice(4)) ? serviceUrl.slice(4) : undefined;
}

export function transportOf(serviceUrl: string, roomId: string): RtcTransport {
    const sfu = ownSfuUrl(serviceUrl);
    return sfu === undefined
        ? { type: 'livekit', livekit_service_url: serviceUrl, livekit_alias: roomId }
        : { type: OWN_TRANSPORT_TYPE, version: 1, sfu_url: sfu };
}

/** The service URL that a membership's transport stands for; undefined for a kind that Hush does not know. */
export function serviceUrlOf(transport: RtcTransport | undefined): string | undefined {
    const own = transport?.type === OWN_TRANSPORT_TYPE && transport['version'] === 1;
    const url: unknown = own ? transport['sfu_url'] : transport?.type === 'livekit' && transport['livekit_service_url'];
    if (typeof url !== 'string' || url.length > 2_048) return undefined;
    if (!own) return url;
    return isSfuUrl(url) ? ownServiceUrl(url) : undefined;
}
