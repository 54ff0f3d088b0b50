/**
 * Peer connections that leave out an ICE server which the browser refuses. A browser throws for the whole list when one
 * address in it is wrong. The list comes from a homeserver or from an SFU, and its other servers still serve.
 */

type Constructor = typeof RTCPeerConnection;

/** `onRefused` gets the addresses that were left out. */
export function guardedConnections(Native: Constructor, onRefused: (urls: readonly string[]) => void): Constructor {
    const accepts = (server: RTCIceServer): boolean => {
        try {
            new Native({ iceServers: [server] }).close();
            return true;
        } catch {
            return false;
        }
    };
    /**
     * One entry for each address, so that one wrong address does not take the others of its entry with it. Throws
     * `error` when every server is accepted, because the fault is then elsewhere.
     */
    const withoutRefused = (config: RTCConfiguration, error: unknown): RTCConfiguration => {
        const refused: string[] = [];
        const iceServers = (config.iceServers ?? []).flatMap((server) =>
            [server.urls].flat().flatMap((urls) => {
                const single = { ...server, urls };
                if (accepts(single)) return [single];
                refused.push(urls);
                return [];
            }),
        );
        if (refused.length === 0) throw error;
        onRefused(refused);
        return { ...config, iceServers };
    };
    return class GuardedConnection extends Native {
        constructor(config: RTCConfiguration = {}) {
            try {
                super(config);
            } catch (error) {
                super(withoutRefused(config, error));
            }
        }

        override setConfiguration(config: RTCConfiguration = {}): void {
            try {
                super.setConfiguration(config);
            } catch (error) {
                super.setConfiguration(withoutRefused(config, error));
            }
        }
    };
}
