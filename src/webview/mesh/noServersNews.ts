/** Tells the host once that none of the homeserver's ICE servers can be used. Every connection would say the same. */
import type { ServersMessage } from '../../core/share/mediaMessages.ts';

export function createNoServersNews(send: (message: ServersMessage) => void): (relayOnly: boolean) => void {
    let told = false;
    return (relayOnly) => {
        if (told) return;
        told = true;
        send({ type: 'servers.none', relayOnly });
    };
}
