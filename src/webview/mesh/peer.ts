/**
 * One RTCPeerConnection of the mesh. The host decides each step, and this runs the steps in order. DTLS-SRTP encrypts
 * the media. Its fingerprints are in the descriptions, which the host sends through the room's end-to-end encryption.
 */
import type { Carrier, OwnCarrier } from '../../livekit/browser/carrier.ts';
import { createNegotiation, type Candidate, type Description, type Outgoing } from './negotiation.ts';
import { createPeerCarrier } from './peerCarrier.ts';
import { routeOf } from './peerRoute.ts';
import type { HostMessage, MeshMessage, Route } from '../../core/share/mediaMessages.ts';

type Open = Extract<HostMessage, { type: 'mesh.open' }>;
type Servers = Pick<Open, 'iceServers' | 'noneUsable' | 'relayOnly'>;

/**
 * After this time in ms without a connection, it counts as lost. A restart must bring the picture back within five
 * seconds.
 */
const LOST_AFTER_MS = 2_000;

export interface PeerOptions {
    readonly open: Open;
    /** Our screen, if we make the offer. */
    readonly outgoing: Outgoing | undefined;
    readonly send: (message: MeshMessage | { type: 'log'; level: 'warn'; text: string }) => void;
    /** Called before the answer, once for each receiver of video. */
    readonly onReceiver?: (receiver: RTCRtpReceiver) => Promise<void>;
    /** Of the ICE servers that the homeserver names, this connection can use none. */
    readonly onNoServers?: (relayOnly: boolean) => void;
    /** Called once when the connection also carries the side channel. */
    readonly onCarrier?: ((carrier: Carrier) => void) | undefined;
    /** Called after every description with the newest incoming screen, or undefined if there is none. */
    readonly onTrack?: (track: MediaStreamTrack | undefined) => void;
    readonly onState: (state: PeerState) => void;
}
export interface PeerState {
    readonly state: 'connecting' | 'connected' | 'failed';
    readonly route: Route;
}
export interface Peer {
    describe(description: Description): void;
    candidates(candidates: readonly Candidate[]): void;
    /** Takes effect with the next description. */
    use(servers: Servers): void;
    restart(servers: Servers): void;
    stats(): Promise<RTCStatsReport>;
    readonly sender: RTCRtpSender | undefined;
    readonly state: PeerState;
    close(): void;
}

export function createPeer(options: PeerOptions): Peer {
    const { open, outgoing, send, onReceiver, onNoServers, onCarrier, onTrack, onState } = options;
    const { connection } = open;
    const pc = new RTCPeerConnection(configuration(open));
    const countServers = ({ iceServers, noneUsable, relayOnly }: Servers): void => {
        // The page leaves out what the browser refuses (guardedConnections.ts).
        const left = pc.getConfiguration().iceServers?.length ?? iceServers.length;
        if (noneUsable === true || (left === 0 && (relayOnly || iceServers.length > 0))) onNoServers?.(relayOnly);
    };
    countServers(open);
    const configure = (servers: Servers): void => {
        pc.setConfiguration(configuration(servers));
        countServers(servers);
    };
    const negotiation = createNegotiation({ pc, connection, outgoing, send, onReceiver });
    let current: PeerState = { state: 'connecting', route: 'direct' };
    let lost: ReturnType<typeof setTimeout> | undefined;
    let closed = false;
    let turn: Promise<void> = Promise.resolve();

    const inTurn = (what: string, work: () => Promise<void>): void => {
        turn = turn.then(async () => {
            if (closed) return;
            try {
                await work();
            } catch (error) {
                if (closed) return;
                send({
                    type: 'log',
                    level: 'warn',
                    text: `mesh: ${what} did not work (${error instanceof Error ? error.name : 'error'})`,
                });
                report('failed');
            }
        });
    };
    const report = (state: PeerState['state'], route: Route = current.route): void => {
        if (closed || (state === current.state && route === current.route)) return;
        current = { state, route };
        send({ type: 'mesh.state', connection, state, route });
        onState(current);
    };
    const closing = new AbortController();
    const { signal } = closing;
    const onCandidate = ({ candidate }: RTCPeerConnectionIceEvent): void => {
        const { candidate: line = '', sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = candidate ?? {};
        send({
            type: 'mesh.candidates',
            connection,
            candidates: [{ candidate: line, sdpMid, sdpMLineIndex, usernameFragment }],
        });
    };
    pc.addEventListener('icecandidate', onCandidate, { signal });
    const onStateChange = (): void => {
        clearTimeout(lost);
        const state = pc.connectionState;
        if (state === 'connected') void routeOf(pc).then((route) => report('connected', route));
        else if (state === 'failed') report('failed');
        else if (state === 'disconnected') lost = setTimeout(() => report('failed'), LOST_AFTER_MS);
    };
    pc.addEventListener('connectionstatechange', onStateChange, { signal });
    // After a change of network, the old connection may look fine for seconds.
    addEventListener('online', () => report('failed'), { signal });
    let carrier: OwnCarrier | undefined;
    const carry = (): void => {
        if (carrier || !onCarrier) return;
        carrier = createPeerCarrier(pc);
        onCarrier(carrier);
    };
    if (open.offer) {
        if (open.sideChannel === true) carry();
        inTurn('the offer', () => negotiation.offer());
    }

    return {
        describe: ({ kind, sdp }) =>
            inTurn(`their ${kind}`, async () => {
                await negotiation.take({ kind, sdp });
                if (kind === 'offer') {
                    if (sdp.includes('\nm=application ')) carry();
                    await negotiation.answer();
                }
                onTrack?.(negotiation.screen);
            }),
        candidates: (candidates) =>
            inTurn('a candidate', async () => {
                await negotiation.candidates(candidates);
                // The connection may be up before the candidate arrives that shows a relay.
                if (current.state !== 'connected') return;
                const route = await routeOf(pc);
                if (current.state === 'connected') report('connected', route);
            }),
        use: (servers) => inTurn('the new servers', async () => configure(servers)),
        restart: (servers) =>
            inTurn('the restart', async () => {
                configure(servers);
                pc.restartIce();
                report('connecting');
                await negotiation.offer();
            }),
        stats: () => pc.getStats(),
        get sender() {
            return negotiation.sender;
        },
        get state() {
            return current;
        },
        close() {
            closed = true;
            clearTimeout(lost);
            closing.abort();
            carrier?.closed();
            pc.close();
            negotiation.close();
        },
    };
}

function configuration({ iceServers, relayOnly }: Servers): RTCConfiguration {
    return { iceServers: [...iceServers], iceTransportPolicy: relayOnly ? 'relay' : 'all', bundlePolicy: 'max-bundle' };
}
