/**
 * Hush's terms as data. A room has members; an RTC session has memberships; a LiveKit room has participants. A share is
 * one screen, keyed by (user, device, share ID).
 */

/** A screen that a membership announces (our field `com.hush.shares` in the MatrixRTC membership). */
export interface Share {
    /** ULID, unique per share. */
    readonly id: string;
    /** ms since the epoch, by the sharer's clock. Only for sorting and display. */
    readonly startedTs: number;
    /** `mesh`: directly between devices, on request. Absent: at the LiveKit SFU that the membership names. */
    readonly transport?: 'mesh';
}

/**
 * One device in the room's RTC session (MSC4143). It is already validated: its sender is joined, and it has not
 * expired.
 */
export interface RtcMembership {
    readonly userId: string;
    readonly deviceId: string;
    /** Display name, made unique among the room's members. The user ID if there is none. */
    readonly name: string;
    /** `member.id` (sticky) or membershipID (state). */
    readonly memberId: string;
    /**
     * ms since the epoch, by the clock of its sender, not validated. An update of a state event keeps it; a sticky
     * event has the time of its last update.
     */
    readonly createdTs: number;
    /** Identity of its participant in the LiveKit room where it publishes. */
    readonly identity: string;
    /**
     * The URL of the lk-jwt-service (or a compatible one) where it publishes. Undefined when it advertises no LiveKit
     * transport.
     */
    readonly serviceUrl: string | undefined;
    /** `hush` announces its shares. Only the LiveKit room knows the screen of another client. */
    readonly client: 'hush' | 'other';
    readonly shares: readonly Share[];
}

/** How a share reaches its viewers: through a LiveKit SFU, or directly between devices. */
export const transports = ['mesh', 'livekit'] as const;
export type Transport = (typeof transports)[number];

/** The share is at the SFU that its membership names. */
export function isAtSfu({ transport }: Share): boolean {
    return transport === undefined;
}

/** Which share a viewer tab shows. Without a device: the first screen in the room, of any sharer. */
export interface ViewerTarget {
    readonly roomId: string;
    readonly userId: string | undefined;
    readonly deviceId: string | undefined;
    /** Only known for shares from Hush. */
    readonly shareId: string | undefined;
}
