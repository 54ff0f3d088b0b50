/** Makes the descriptions of one RTCPeerConnection, and takes those of the peer (JSEP, RFC 9429). */
import type { HostMessage, MeshMessage } from '../../core/share/mediaMessages.ts';

export type Description = Extract<HostMessage, { type: 'mesh.description' }>;
export type Candidate = Extract<HostMessage, { type: 'mesh.candidates' }>['candidates'][number];

export interface Outgoing {
    readonly track: MediaStreamTrack;
    /** In order of preference. */
    readonly codecs: readonly RTCRtpCodec[];
    readonly encoding: RTCRtpEncodingParameters;
    readonly degradation: RTCDegradationPreference;
}
export interface NegotiationOptions {
    readonly pc: RTCPeerConnection;
    readonly connection: string;
    /** Our screen, if we make the offer. */
    readonly outgoing: Outgoing | undefined;
    readonly send: (message: MeshMessage) => void;
    /** Called before the answer, once for each receiver of video. */
    readonly onReceiver: ((receiver: RTCRtpReceiver) => Promise<void>) | undefined;
}
export interface Negotiation {
    offer(): Promise<void>;
    answer(): Promise<void>;
    /** Takes the peer's description, and the candidates that came before it. */
    take(description: Pick<Description, 'kind' | 'sdp'>): Promise<void>;
    candidates(candidates: readonly Candidate[]): Promise<void>;
    readonly sender: RTCRtpSender | undefined;
    /** The newest incoming screen. Undefined if there is none. */
    readonly screen: MediaStreamTrack | undefined;
    close(): void;
}

/** Candidates that may wait for the description of the peer. */
const MAX_EARLY = 300;

export function createNegotiation({ pc, connection, outgoing, send, onReceiver }: NegotiationOptions): Negotiation {
    /**
     * The streams have names even when they are empty, because other clients answer only an offer with a voice stream.
     */
    const [voice, screen] = [new MediaStream(), new MediaStream()];
    const known = new WeakSet<RTCRtpReceiver>();
    let sender: RTCRtpSender | undefined;
    let early: Candidate[] = [];

    const describeLocal = async (kind: 'offer' | 'answer'): Promise<void> => {
        await pc.setLocalDescription(kind === 'offer' ? await pc.createOffer() : await pc.createAnswer());
        const sdp = pc.localDescription?.sdp ?? '';
        const streams: Record<string, string> = outgoing
            ? { [voice.id]: 'm.usermedia', [screen.id]: 'm.screenshare' }
            : {};
        send({ type: 'mesh.description', connection, kind, sdp, streams });
    };
    const addScreen = async ({ track, codecs, encoding, degradation }: Outgoing): Promise<void> => {
        screen.addTrack(track);
        pc.addTransceiver('audio', { direction: 'sendrecv', streams: [voice] });
        // Both directions, because another client sends its own screen on this line.
        const line = pc.addTransceiver(track, {
            direction: 'sendrecv',
            streams: [screen],
            sendEncodings: [encoding],
        });
        line.setCodecPreferences([...codecs]);
        numberFrames(line);
        sender = line.sender;
        const parameters = sender.getParameters();
        await sender.setParameters({ ...parameters, degradationPreference: degradation });
    };
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

    return {
        async offer() {
            if (outgoing && !sender) await addScreen(outgoing);
            await describeLocal('offer');
        },
        async answer() {
            await receivers();
            await describeLocal('answer');
        },
        async take({ kind, sdp }) {
            await pc.setRemoteDescription({ type: kind, sdp });
            for (const candidate of early.splice(0)) await give(candidate);
        },
        async candidates(candidates) {
            if (!pc.remoteDescription) early = [...early, ...candidates].slice(0, MAX_EARLY);
            else for (const candidate of candidates) await give(candidate);
        },
        get sender() {
            return sender;
        },
        get screen() {
            return pc.getTransceivers().findLast(receivesVideo)?.receiver.track;
        },
        close() {
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
