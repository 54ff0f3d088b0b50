/** Reads the needed values from an RTCStatsReport (W3C webrtc-stats) and turns counters into rates. Pure. */
import { PLACEHOLDER_PX } from '../../livekit/browser/playout/placeholders.ts';
import type { PlayoutMode, PlayoutStats } from '../../livekit/browser/playout/playoutMessages.ts';

export interface ReceiverSample {
    /** In ms, on the caller's clock. */
    readonly at: number;
    readonly packetsReceived: number;
    readonly bytesReceived: number;
    readonly framesDecoded: number;
    readonly framesPerSecond: number;
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    /** In ms. */
    readonly roundTripMs: number;
    /** Increases with everything that arrives, including consent checks. */
    readonly lifeSigns: number;
    /** Why a sender sends less than it wants: `none`, `cpu`, `bandwidth` or `other`. Empty for a receiver. */
    readonly limitation: string;
    /** Hush waits for a key frame, and the picture is old. */
    readonly catchingUp: boolean;
}

/** Any map of stats by ID, such as RTCStatsReport. */
export interface StatsLike {
    forEach(visit: (stat: unknown) => void): void;
    get(id: string): unknown;
}

type Stat = Readonly<Record<string, unknown>>;

/** The used part of a PlayoutTrack. */
interface Counted {
    readonly mode: PlayoutMode | undefined;
    /** The counts of Hush's own decoder. Undefined before its first count. */
    readonly stats: PlayoutStats | undefined;
}

/**
 * Returns undefined while there is no inbound video, and while only placeholders are counted. The report counts
 * placeholders when Hush's own decoder shows the picture (`playout`), and for a moment after a change of the player.
 */
export function readReceiver(report: StatsLike, at: number, playout?: Counted): ReceiverSample | undefined {
    const read = readVideo(report, at, 'inbound-rtp', 'packetsReceived', 'bytesReceived', 'framesDecoded');
    if (!read) return undefined;
    if (playout?.mode !== 'immediate') {
        const placeholder = read.width > 0 && read.width <= PLACEHOLDER_PX && read.height <= PLACEHOLDER_PX;
        return placeholder ? undefined : read;
    }
    if (!playout.stats) return undefined;
    const { frames: framesDecoded, framesPerSecond, width, height, catchingUp } = playout.stats;
    return { ...read, framesDecoded, framesPerSecond, width, height, catchingUp };
}

/** The same values for a sender: packets, bytes and frames that were sent. */
export function readSender(report: StatsLike, at: number): ReceiverSample | undefined {
    return readVideo(report, at, 'outbound-rtp', 'packetsSent', 'bytesSent', 'framesEncoded');
}

/** Returns bit/s between two samples. Returns 0 without an earlier sample, or after a reset of the counters. */
export function bitRate(before: ReceiverSample | undefined, now: ReceiverSample): number {
    if (!before || now.at <= before.at) return 0;
    return Math.max(0, Math.round(((now.bytesReceived - before.bytesReceived) * 8_000) / (now.at - before.at)));
}

function readVideo(
    report: StatsLike,
    at: number,
    type: string,
    packets: string,
    bytes: string,
    frames: string,
): ReceiverSample | undefined {
    let rtp: Stat | undefined;
    let lifeSigns = 0;
    let roundTripMs = 0;
    report.forEach((value) => {
        const stat = value as Stat;
        if (stat['type'] === type && stat['kind'] === 'video') rtp = stat;
        if (stat['type'] === 'transport') lifeSigns += num(stat['bytesReceived']) + num(stat['packetsReceived']);
        if (stat['type'] === 'candidate-pair') {
            lifeSigns += num(stat['responsesReceived']) + num(stat['requestsReceived']) + num(stat['bytesReceived']);
            if (stat['nominated'] === true || stat['selected'] === true)
                roundTripMs = Math.round(num(stat['currentRoundTripTime']) * 1_000);
        }
    });
    if (!rtp) return undefined;
    const codec = typeof rtp['codecId'] === 'string' ? (report.get(rtp['codecId']) as Stat | undefined) : undefined;
    return {
        at,
        packetsReceived: num(rtp[packets]),
        bytesReceived: num(rtp[bytes]),
        framesDecoded: num(rtp[frames]),
        framesPerSecond: num(rtp['framesPerSecond']),
        width: num(rtp['frameWidth']),
        height: num(rtp['frameHeight']),
        codec: typeof codec?.['mimeType'] === 'string' ? codec['mimeType'].replace(/^video\//u, '') : '',
        roundTripMs,
        lifeSigns,
        limitation: typeof rtp['qualityLimitationReason'] === 'string' ? rtp['qualityLimitationReason'] : '',
        catchingUp: false,
    };
}

function num(value: unknown): number {
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}
