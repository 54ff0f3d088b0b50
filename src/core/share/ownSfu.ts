/** The LiveKit SFU whose API key the person holds, as a port. */
import { isLoopbackHost } from '../base/identifiers.ts';

/** What the holder of the key can do. The key itself stays in the keychain. */
export interface OwnSfu {
    /** The SFU's `wss://…` URL. Undefined when none is set up. */
    url(): Promise<string | undefined>;
    /** @throws HushError `media.*`. */
    token(request: {
        readonly roomId: string;
        readonly userId: string;
        readonly deviceId: string;
        readonly tabId?: string;
    }): Promise<string>;
}

/** `wss:`, or `ws:` on this machine. Only host, port and path are allowed in it. */
export function isSfuUrl(text: string): boolean {
    const url = URL.parse(text);
    if (!url || url.username || url.password || url.search || url.hash || text.length > 2_048) return false;
    return url.protocol === 'wss:' || (url.protocol === 'ws:' && isLoopbackHost(url.hostname));
}
