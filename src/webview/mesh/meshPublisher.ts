/** Sends one captured screen to every viewer who asks, with one connection for each. */
import type { HostMessage, MeshMessage, Route, ServersMessage } from '../../core/share/mediaMessages.ts';
import { createEncodeWatch, mayUseAv1, orderCodecs } from './codecs.ts';
import type { Carrier } from '../../livekit/browser/carrier.ts';
import { limitBitrate, preferWhenLimited } from '../../livekit/browser/senderParameters.ts';
import { createNoServersNews } from './noServersNews.ts';
import { createPeer, type Peer } from './peer.ts';
import { createUplinkWatch, type UplinkSample } from './uplink.ts';

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
    const peers = new Map<string, Peer>();
    /** Incoming screens by connection, and the connections that pass them on to a tab on this machine. */
    const received = new Map<string, MediaStreamTrack>();
    const passing = new Map<string, Peer>();
    const of = (connection: string): Peer | undefined => peers.get(connection) ?? passing.get(connection);
    const tooSlow = createEncodeWatch();
    const uplink = createUplinkWatch();
    const onNoServers = createNoServersNews(send);
    let suffered = false;
    /** False after encoding was too slow. */
    let av1 = true;
    let smooth = encodesAv1(request);
    let closed = false;

    const screenOf = (connection: string, track: MediaStreamTrack | undefined): void => {
        if (received.get(connection) === track) return;
        if (track) received.set(connection, track);
        else received.delete(connection);
        send({ type: 'mesh.screen', connection, there: track !== undefined });
    };
    /** This connection stays on one machine, so the bit rate does not matter, and the cheapest encoder is used. */
    const pass = (open: Extract<HostMessage, { type: 'mesh.open' }>, track: MediaStreamTrack): void => {
        const codecs = orderCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? [], false);
        const outgoing = { track, codecs, encoding: {}, degradation: request.degradation };
        passing.set(open.connection, createPeer({ open, outgoing, send, onState: () => undefined }));
    };
    const opened = async (open: Extract<HostMessage, { type: 'mesh.open' }>): Promise<void> => {
        if (open.passes !== undefined) {
            const track = received.get(open.passes);
            if (track && !passing.has(open.connection)) pass(open, track);
            return;
        }
        const available = RTCRtpSender.getCapabilities('video')?.codecs ?? [];
        const codecs = orderCodecs(available, av1 && mayUseAv1(await smooth, peers.size + 1));
        if (closed || peers.has(open.connection)) return;
        const { track, maxBitrate, maxFrameRate: maxFramerate, degradation } = request;
        const outgoing = { track, codecs, encoding: { maxBitrate, maxFramerate }, degradation };
        const onTrack = (screen: MediaStreamTrack | undefined): void => screenOf(open.connection, screen);
        peers.set(
            open.connection,
            createPeer({ open, outgoing, send, onNoServers, onCarrier, onTrack, onState: changed }),
        );
        changed();
    };
    const drop = (): void => {
        for (const peer of [...peers.values(), ...passing.values()]) peer.close();
        peers.clear();
        passing.clear();
        received.clear();
    };
    /** A message for a connection waits until the connection exists. */
    let turn: Promise<void> = Promise.resolve();
    /** A failure concerns this connection only. The messages of the others go on. */
    const inTurn = (connection: string | undefined, work: () => Promise<void> | void): void => {
        turn = turn
            .then(() => (closed ? undefined : work()))
            .catch((error: unknown) => {
                const name = error instanceof Error ? error.name : 'error';
                send({ type: 'log', level: 'warn', text: `mesh: a connection could not be used (${name})` });
                if (connection !== undefined)
                    send({ type: 'mesh.state', connection, state: 'failed', route: 'direct' });
            });
    };
    const connectedReports = (): Promise<RTCStatsReport[]> =>
        Promise.all([...peers.values()].filter((p) => p.state.state === 'connected').map((p) => p.stats()));
    /** Running connections change the codec without a new description. */
    const useCodec = async (mimeType: string): Promise<void> => {
        const codec = RTCRtpSender.getCapabilities('video')?.codecs.find((c) => c.mimeType.toLowerCase() === mimeType);
        for (const { sender } of peers.values()) {
            const parameters = sender?.getParameters();
            if (!codec || !parameters) continue;
            const encodings = parameters.encodings.map((encoding) => ({ ...encoding, codec }));
            await sender?.setParameters({ ...parameters, encodings }).catch(() => undefined); // the other end lacks the codec, so nothing changes
        }
    };
    const giveUpAv1 = async (): Promise<void> => {
        av1 = false;
        await useCodec('video/vp8');
    };
    return {
        handle(message) {
            switch (message.type) {
                case 'mesh.open':
                    return inTurn(message.connection, () => opened(message));
                case 'mesh.description':
                    return inTurn(message.connection, () => of(message.connection)?.describe(message));
                case 'mesh.candidates':
                    return inTurn(message.connection, () => of(message.connection)?.candidates(message.candidates));
                case 'mesh.restart':
                    return inTurn(message.connection, () => of(message.connection)?.restart(message));
                case 'mesh.servers':
                    return inTurn(message.connection, () => of(message.connection)?.use(message));
                case 'mesh.close':
                    return inTurn(message.connection, () => {
                        of(message.connection)?.close();
                        peers.delete(message.connection);
                        passing.delete(message.connection);
                        received.delete(message.connection);
                        changed();
                    });
                case 'mesh.reset':
                    return inTurn(undefined, () => {
                        const connections = [...peers.keys()];
                        drop();
                        if (connections.length > 0) send({ type: 'mesh.dropped', connections });
                        changed();
                    });
                default:
                    return; // not about a connection
            }
        },
        async resized(width, height, maxBitrate) {
            request = { ...request, width, height, maxBitrate };
            const was = await smooth;
            smooth = encodesAv1(request);
            for (const { sender } of peers.values())
                if (sender) await limitBitrate(sender, maxBitrate).catch(() => undefined); // the connection has ended
            const is = await smooth;
            if (av1 && is !== was) await useCodec(mayUseAv1(is, peers.size) ? 'video/av1' : 'video/vp8');
        },
        async prefer(to) {
            request = { ...request, degradation: to };
            for (const { sender } of peers.values())
                if (sender) await preferWhenLimited(sender, to).catch(() => undefined); // the connection has ended
        },
        async suffers() {
            const senders: UplinkSample['senders'][number][] = [];
            for (const report of await connectedReports()) {
                report.forEach((stat: RTCOutboundRtpStreamStats & { qualityLimitationReason?: string }) => {
                    if (stat.type !== 'outbound-rtp' || stat.kind !== 'video') return;
                    const { qualityLimitationReason: limitation = 'none', framesPerSecond = 0 } = stat;
                    senders.push({ limitation, framesPerSecond });
                });
            }
            const { maxFrameRate: wantedFrameRate, degradation } = request;
            const prefersFrames = degradation === 'maintain-framerate';
            const before = suffered;
            suffered = uplink({ senders, wantedFrameRate, prefersFrames });
            return suffered && !before ? senders.length : undefined;
        },
        async stats() {
            const reports = await connectedReports();
            const total = { totalEncodeTime: 0, framesEncoded: 0, framesPerSecond: 0 };
            let usesAv1 = false;
            for (const report of reports) {
                report.forEach((stat: RTCOutboundRtpStreamStats) => {
                    if (stat.type !== 'outbound-rtp' || stat.kind !== 'video') return;
                    total.totalEncodeTime += stat.totalEncodeTime ?? 0;
                    total.framesEncoded += stat.framesEncoded ?? 0;
                    total.framesPerSecond = Math.max(total.framesPerSecond, stat.framesPerSecond ?? 0);
                    const codec =
                        stat.codecId === undefined
                            ? undefined
                            : (report.get(stat.codecId) as { mimeType?: string } | undefined);
                    usesAv1 ||= codec?.mimeType?.toLowerCase() === 'video/av1';
                });
            }
            if (usesAv1 && tooSlow(total, reports.length)) await giveUpAv1();
            return reports[0];
        },
        get route() {
            const states = [...peers.values()].map((p) => p.state).filter((s) => s.state === 'connected');
            if (states.length === 0) return undefined;
            return states.some((s) => s.route === 'relayed') ? 'relayed' : 'direct';
        },
        close() {
            closed = true;
            drop();
        },
    };
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
