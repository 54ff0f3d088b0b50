/** Tells whether a connection goes through a TURN server. */
import type { Route } from '../../core/share/mediaMessages.ts';

/** Returns `relayed` if either end of the chosen pair belongs to a TURN server, or if only relays are allowed. */
export async function routeOf(pc: RTCPeerConnection): Promise<Route> {
    if (pc.getConfiguration().iceTransportPolicy === 'relay') return 'relayed'; // even if the pair looks different
    // A peer that offers only relays is behind one. An early check from before its candidate may look direct forever.
    const theirs = [...(pc.remoteDescription?.sdp ?? '').matchAll(/^a=candidate:.* typ (\w+)/gmu)];
    if (theirs.length > 0 && theirs.every(([, type]) => type === 'relay')) return 'relayed';
    const stats = await pc.getStats();
    let chosen: RTCIceCandidatePairStats | undefined;
    stats.forEach((stat: RTCStats) => {
        const pair = stat as RTCIceCandidatePairStats;
        if (stat.type === 'candidate-pair' && pair.nominated === true && pair.state === 'succeeded') chosen = pair;
    });
    const ends = [chosen?.localCandidateId, chosen?.remoteCandidateId].map((id) =>
        id === undefined ? undefined : (stats.get(id) as { candidateType?: string } | undefined),
    );
    return ends.some((end) => end?.candidateType === 'relay') ? 'relayed' : 'direct';
}
