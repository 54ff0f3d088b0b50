/** Reads the sent video from the statistics of connections (W3C webrtc-stats, "outbound-rtp"). */
export interface SentVideo {
    /** Why the encoder sends less than it could: `none`, `cpu`, `bandwidth` or `other`. */
    readonly limitation: string;
    readonly framesPerSecond: number;
    readonly framesEncoded: number;
    /** s, of all encoded frames. */
    readonly totalEncodeTime: number;
    readonly isAv1: boolean;
}

export function sentVideo(report: RTCStatsReport): readonly SentVideo[] {
    const found: SentVideo[] = [];
    report.forEach((stat: RTCOutboundRtpStreamStats & { qualityLimitationReason?: string }) => {
        if (stat.type !== 'outbound-rtp' || stat.kind !== 'video') return;
        const { qualityLimitationReason = 'none', framesPerSecond = 0, framesEncoded = 0, totalEncodeTime = 0 } = stat;
        const codec = stat.codecId === undefined ? undefined : (report.get(stat.codecId) as { mimeType?: string });
        const isAv1 = codec?.mimeType?.toLowerCase() === 'video/av1';
        found.push({ limitation: qualityLimitationReason, framesPerSecond, framesEncoded, totalEncodeTime, isAv1 });
    });
    return found;
}
