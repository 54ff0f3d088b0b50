/** Sends one captured screen to every viewer who asks, with one connection for each. */
import type { HostMessage, MeshMessage, Route, ServersMessage } from '../../core/share/mediaMessages.ts';
import { createEncodeWatch, mayUseAv1, orderCodecs } from './codecs.ts';
import type { Carrier } from '../../livekit/browser/carrier.ts';
import { limitBitrate, preferWhenLimited } from '../../livekit/browser/senderParameters.ts';
import { createNoServersNews } from './noServersNews.ts';
import { createMeshConnections } from './meshConnections.ts';
import { createPeer } from './peer.ts';
import { sentVideo } from './sentVideo.ts';
import { createUplinkWatch } from './uplink.ts';

export interface MeshPublishRequest {
    readonly track: MediaStreamTrack;
    readonly width: number;
    readonly height: number;
    /** In bit/s, to each viewer. */
    readonly maxBitrate: number;
    readonly maxFrameRate: number;
    readonly degradation: RTCDegradationPreference;
}
export interface MeshPublisher {
    handle(message: HostMessage): void;
    /** The captured picture has another size. `maxBitrate`: in bit/s, to each viewer. */
    resized(width: number, height: number, maxBitrate: number): Promise<void>;
    prefer(degradation: RTCDegradationPreference): Promise<void>;
    /** Returns the statistics of one viewer's connection, for the page. Also checks whether AV1 must be given up. */
    stats(): Promise<RTCStatsReport | undefined>;
    /**
     * Checks every connection. Returns the number of viewers once when the upload of this device suffers, and again
     * only after it has recovered.
     */
    suffers(): Promise<number | undefined>;
    /** The route of the share. Undefined without a viewer. `relayed` if any viewer's route is. */
    readonly route: Route | undefined;
    close(): void;
}

type Send = (message: MeshMessage | ServersMessage | { type: 'log'; level: 'warn'; text: string }) => void;

export function createMeshPublisher(
    first: MeshPublishRequest,
    send: Send,
    onCarrier: (carrier: Carrier) => void,
    changed: () => void,
): MeshPublisher {
    let request = first;
    const tooSlow = createEncodeWatch();
    const uplink = createUplinkWatch();
    const onNoServers = createNoServersNews(send);
    let suffered = false;
    /** False after encoding was too slow. */
    let av1 = true;
    let smooth = encodesAv1(request);
    let closed = false;

    const connections = createMeshConnections({
        send,
        changed,
        async show(open, onTrack) {
            const available = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
            const codecs = orderCodecs(available, av1 && mayUseAv1(await smooth, connections.peers.length + 1));
            if (closed || connections.has(open.connection)) return undefined;
            const { track, maxBitrate, maxFrameRate: maxFramerate, degradation } = request;
            const outgoing = { track, codecs, encoding: { maxBitrate, maxFramerate }, degradation };
            return createPeer({ open, outgoing, send, onNoServers, onCarrier, onTrack, onState: changed });
        },
        /** This connection stays on one machine, so the bit rate does not matter, and the cheapest encoder is used. */
        pass(open, track) {
            const codecs = orderCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? [], false);
            const outgoing = { track, codecs, encoding: {}, degradation: request.degradation };
            return createPeer({ open, outgoing, send, onState: () => undefined });
        },
    });
    const connectedReports = (): Promise<RTCStatsReport[]> =>
        Promise.all(connections.peers.filter((p) => p.state.state === 'connected').map((p) => p.stats()));
    const ofEach = async (change: (sender: RTCRtpSender) => Promise<unknown>): Promise<void> => {
        for (const { sender } of connections.peers) if (sender) await change(sender).catch(() => undefined); // it has ended, or the other end lacks the codec
    };
    return {
        handle: (message) => connections.handle(message),
        async resized(width, height, maxBitrate) {
            request = { ...request, width, height, maxBitrate };
            const was = await smooth;
            smooth = encodesAv1(request);
            await ofEach((sender) => limitBitrate(sender, maxBitrate));
            const is = await smooth;
            if (!av1 || is === was) return;
            const wanted = mayUseAv1(is, connections.peers.length) ? 'video/av1' : 'video/vp8';
            await ofEach((sender) => useCodec(sender, wanted));
        },
        async prefer(to) {
            request = { ...request, degradation: to };
            await ofEach((sender) => preferWhenLimited(sender, to));
        },
        async suffers() {
            const senders = (await connectedReports()).flatMap(sentVideo);
            const { maxFrameRate: wantedFrameRate, degradation } = request;
            const prefersFrames = degradation === 'maintain-framerate';
            const before = suffered;
            suffered = uplink({ senders, wantedFrameRate, prefersFrames });
            return suffered && !before ? senders.length : undefined;
        },
        async stats() {
            const reports = await connectedReports();
            const total = { totalEncodeTime: 0, framesEncoded: 0, framesPerSecond: 0 };
            const sent = reports.flatMap(sentVideo);
            for (const { totalEncodeTime, framesEncoded, framesPerSecond } of sent) {
                total.totalEncodeTime += totalEncodeTime;
                total.framesEncoded += framesEncoded;
                total.framesPerSecond = Math.max(total.framesPerSecond, framesPerSecond);
            }
            if (sent.some(({ isAv1 }) => isAv1) && tooSlow(total, reports.length)) {
                av1 = false;
                await ofEach((sender) => useCodec(sender, 'video/vp8'));
            }
            return reports[0];
        },
        get route() {
            return connections.route;
        },
        close() {
            closed = true;
            connections.close();
        },
    };
}

/** A running connection changes the codec without a new description. It fails when the other end lacks the codec. */
async function useCodec(sender: RTCRtpSender, mimeType: string): Promise<void> {
    const codec = RTCRtpSender.getCapabilities('video')?.codecs.find((c) => c.mimeType.toLowerCase() === mimeType);
    if (!codec) return;
    const parameters = sender.getParameters();
    const encodings = parameters.encodings.map((encoding) => ({ ...encoding, codec }));
    await sender.setParameters({ ...parameters, encodings });
}

async function encodesAv1({
    width,
    height,
    maxBitrate: bitrate,
    maxFrameRate: framerate,
}: MeshPublishRequest): Promise<boolean> {
    try {
        const video = { contentType: 'video/AV1', width, height, bitrate, framerate, scalabilityMode: 'L1T1' };
        const { supported, smooth } = await navigator.mediaCapabilities.encodingInfo({ type: 'webrtc', video });
        return supported && smooth;
    } catch {
        return false;
    }
}
