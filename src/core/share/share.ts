/**
 * The words of Hush, as data. A room has members; an RTC session has memberships; a media room has participants;
 * a share is one screen, keyed by (user, device, share id); a session is a workspace's room with its live shares.
 * Pure.
 */

/** A screen that a membership announces (our field `com.hush.shares` inside the MatrixRTC membership). */
export interface Share {
    /** ULID, unique per share. */
    readonly id: string;
    /** ms since the epoch, by the sharer's clock: for sorting and display only. */
    readonly startedTs: number;
    /** `mesh`: from device to device, on request. Absent: at the LiveKit SFU that the membership names. */
    readonly transport?: 'mesh';
}

/** One device in the room's RTC session (MSC4143), already validated: its sender is joined and it is not expired. */
export interface RtcMember {
    readonly userId: string;
    readonly deviceId: string;
    /** Display name in this room, made unique among its members; the user ID without one. */
    readonly name: string;
    /** `member.id` (sticky) or membershipID (state). */
    readonly memberId: string;
    /** ms since the epoch. */
    readonly createdTs: number;
    /** Identity of its participant in the LiveKit room it publishes in. */
    readonly identity: string;
    /** lk-jwt-service-compatible URL it publishes at; undefined when it advertises no LiveKit transport. */
    readonly serviceUrl: string | undefined;
    /** `hush` announces its shares; another client's screen is only known to the media room. */
    readonly client: 'hush' | 'other';
    readonly shares: readonly Share[];
}

/** How a share reaches its viewers: through a LiveKit SFU, or directly from device to device. */
export type Transport = 'livekit' | 'mesh';

/** Which screen a tab shows. Without a device it is the first screen of the room, whoever shares it. */
export interface ViewTarget {
    readonly roomId: string;
    readonly userId: string | undefined;
    readonly deviceId: string | undefined;
    /** Known for Hush's shares only. */
    readonly shareId: string | undefined;
}
