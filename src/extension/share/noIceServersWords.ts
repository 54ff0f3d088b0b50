/** Says that no server for direct connections can be used, and what follows from it. Pure. */
import type { Notice } from '../../core/session/state.ts';

export function noIceServersWords({ sharing, relayOnly }: Extract<Notice, { kind: 'noIceServers' }>): string {
    if (relayOnly)
        return 'The setting hush.mesh.relayOnly allows only relay servers, and your homeserver names none that works. So there can be no direct connection. Turn the setting off, or tell the homeserver’s administrator.';
    const missed = sharing
        ? 'people in other networks may not see your screen'
        : 'a screen from another network may not arrive';
    return `None of the servers that your homeserver names for direct connections can be used, so ${missed}. Tell the homeserver’s administrator.`;
}
