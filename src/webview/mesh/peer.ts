/**
 * One RTCPeerConnection of the mesh. The host decides each step, and this runs the steps in order. DTLS-SRTP encrypts
 * the media. Its fingerprints are in the descriptions, which the host sends through the room's end-to-end encryption.
 */
import type { Carrier, OwnCarrier } from '../../livekit/browser/carrier.ts';
import { createPeerCarrier } from './peerCarrier.ts';
import type { HostMessage, MeshMessage, Route } from '../../core/share/mediaMessages.ts';

type Open = Extract<HostMessage, { type: 'mesh.open' }>;
type Description = Extract<HostMessage, { type: 'mesh.description' }>;
type Candidate = Extract<HostMessage, { type: 'mesh.candidates' }>['candidates'][number];
type Servers = Pick<Open, 'iceServers' | 'noneUsable' | 'relayOnly'>;

/**
 * After this time in ms without a connection, it counts as lost. A restart must bring the picture back within five
 * seconds.
 */
const LOST_AFTER_MS = 2_000;

interface Outgoing {
    readonly track: MediaStreamTrack;
    /** In order of preference. */
    readonly codecs: readonly RTCRtpCodec[];
    readonly encoding: RTCRtpEncodingParameters;
    readonly degradation: RTCDegradationPreference;
}
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
    /**
     * The streams have names even when they are empty, because other clients answer only an offer with a voice stream.
     */
    const [voice, screen] = [new MediaStream(), new MediaStream()];
    let sender: RTCRtpSender | undefined;
    let current: PeerState = { state: 'connecting', route: 'direct' };
    let lost: ReturnType<typeof setTimeout> | undefined;
    let early: Candidate[] = [];
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
    const describeLocal = async (kind: 'offer' | 'answer'): Promise<void> => {
        await pc.setLocalDescription(kind === 'offer' ? await pc.createOffer() : await pc.createAnswer());
        const sdp = pc.localDescription?.sdp ?? '';
        const streams: Record<string, string> = outgoing
            ? { [voice.id]: 'm.usermedia', [screen.id]: 'm.screenshare' }
            : {};
        send({ type: 'mesh.description', connection, kind, sdp, streams });
    };
    const offer = async (): Promise<void> => {
        if (outgoing && !sender) {
            screen.addTrack(outgoing.track);
            pc.addTransceiver('audio', { direction: 'sendrecv', streams: [voice] });
            // Both directions, because another client sends its own screen on this line.
            const line = pc.addTransceiver(outgoing.track, {
                direction: 'sendrecv',
                streams: [screen],
                sendEncodings: [outgoing.encoding],
            });
            line.setCodecPreferences([...outgoing.codecs]);
            numberFrames(line);
            sender = line.sender;
            const parameters = sender.getParameters();
            await sender.setParameters({ ...parameters, degradationPreference: outgoing.degradation });
        }
        await describeLocal('offer');
    };
    const known = new WeakSet<RTCRtpReceiver>();
    const receivers = async (): Promise<void> => {
        for (const line of pc.getTransceivers()) {
            const { receiver } = line;
            if (receiver.track.kind !== 'video' || known.has(receiver)) continue;
            known.add(receiver);
            numberFrames(line);
            await onReceiver?.(receiver);
        }
    };
    const give = async (candidate: Candidate): Promise<void> => {
        const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
        if (line === '') return; // an end marker needs no action
        // The candidate may be old or invalid. The others may still work.
        await pc.addIceCandidate({ candidate: line, sdpMid, sdpMLineIndex, usernameFragment }).catch(() => undefined);
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
        inTurn('the offer', offer);
    }

    return {
        describe: ({ kind, sdp }) =>
            inTurn(`their ${kind}`, async () => {
                await pc.setRemoteDescription({ type: kind, sdp });
                for (const candidate of early.splice(0)) await give(candidate);
                if (kind === 'offer') {
                    if (sdp.includes('\nm=application ')) carry();
                    await receivers();
                    await describeLocal('answer');
                }
                onTrack?.(pc.getTransceivers().findLast(receivesVideo)?.receiver.track);
            }),
        candidates: (candidates) =>
            inTurn('a candidate', async () => {
                if (!pc.remoteDescription) early = [...early, ...candidates].slice(0, 300);
                else for (const candidate of candidates) await give(candidate);
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
                await offer();
            }),
        stats: () => pc.getStats(),
        get sender() {
            return sender;
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
            // The shared track outlives this connection, and keeps each stream that it is in.
            for (const track of screen.getTracks()) screen.removeTrack(track);
        },
    };
}

function receivesVideo({ receiver, currentDirection }: RTCRtpTransceiver): boolean {
    return receiver.track.kind === 'video' && (currentDirection === 'recvonly' || currentDirection === 'sendrecv');
}

/** The used part of "RTP Header Extension Control" (W3C webrtc-extensions). Not every browser has it. */
interface HeaderExtensionControl {
    getHeaderExtensionsToNegotiate?(): { uri: string; direction: RTCRtpTransceiverDirection }[];
    setHeaderExtensionsToNegotiate?(extensions: { uri: string; direction: RTCRtpTransceiverDirection }[]): void;
}

/**
 * Asks for the dependency descriptor (AV1 RTP specification), which numbers the frames of any codec. Without it, the
 * browser's player decodes the picture.
 */
function numberFrames(line: RTCRtpTransceiver): void {
    const control = line as HeaderExtensionControl;
    const extensions = control.getHeaderExtensionsToNegotiate?.();
    const descriptor = extensions?.find(({ uri }) => uri.includes('dependency-descriptor'));
    if (!extensions || !descriptor) return;
    descriptor.direction = 'sendrecv';
    control.setHeaderExtensionsToNegotiate?.(extensions);
}

function configuration({ iceServers, relayOnly }: Servers): RTCConfiguration {
    return { iceServers: [...iceServers], iceTransportPolicy: relayOnly ? 'relay' : 'all', bundlePolicy: 'max-bundle' };
}

/** Returns `relayed` if either end of the chosen pair belongs to a TURN server, or if only relays are allowed. */
async function routeOf(pc: RTCPeerConnection): Promise<Route> {
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
