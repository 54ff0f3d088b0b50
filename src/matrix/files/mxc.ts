/**
 * `mxc://` URIs (client-server API, "Matrix Content (mxc://) URIs"): the addresses of uploads on their server. Pure.
 */
import { isServerName } from '../../core/base/identifiers.ts';

export interface Mxc {
    readonly serverName: string;
    readonly mediaId: string;
}

const URI = /^mxc:\/\/([^/]+)\/([A-Za-z0-9_-]{1,255})$/u;

/** Undefined for anything else, so that no part of the URI can send a request elsewhere. */
export function parseMxc(uri: unknown): Mxc | undefined {
    if (typeof uri !== 'string' || uri.length > 600) return undefined;
    const [, serverName = '', mediaId = ''] = URI.exec(uri) ?? [];
    return mediaId !== '' && isServerName(serverName) ? { serverName, mediaId } : undefined;
}

export function formatMxc({ serverName, mediaId }: Mxc): string {
    return `mxc://${serverName}/${mediaId}`;
}

/** The URI as two segments of a URL path. */
export function mxcPath({ serverName, mediaId }: Mxc): string {
    return `${encodeURIComponent(serverName)}/${encodeURIComponent(mediaId)}`;
}
