/** The port to a MatrixRTC session: memberships, grants and media keys. */
import type { Cover, MediaGrant } from '../share/mediaMessages.ts';
import type { WithheldReason } from '../trust/trustLevels.ts';
import type { HushError } from '../base/errors.ts';
import type { ShareAudience } from '../trust/shareTrust.ts';
import type { Share } from '../share/share.ts';
import type { Disposable } from '../base/disposable.ts';

/** A participant's media key. Never logged, never stored. */
export interface MediaKey {
    readonly roomId: string;
    readonly identity: string;
    readonly index: number;
    /** Base64 of 16 bytes. */
    readonly key: string;
    /** Set for a key of the side channel: it encrypts messages of this device, and no media. */
    readonly sideChannel?: { readonly userId: string; readonly deviceId: string };
}

/** Events about our own key and those of others. A key is in use at once. `deliveryFailed` stops publishing. */
export type KeyEvent =
    | { readonly kind: 'key'; readonly key: MediaKey }
    /** No device received our current key, or a rotated key could not be sent. Publishing must stop. */
    | { readonly kind: 'deliveryFailed'; readonly roomId: string; readonly message: string }
    | { readonly kind: 'deliveryRecovered'; readonly roomId: string }
    /** The side channel's keys of a device no longer count: it left the session, or our policy refuses it now. */
    | { readonly kind: 'sideChannelLeft'; readonly roomId: string; readonly userId: string; readonly deviceId: string };

/** A viewer reported, in an Olm-encrypted to-device message, that it watches or stopped. */
export interface WatchEvent {
    readonly roomId: string;
    readonly shareId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly watching: boolean;
    /** The transport of its picture. `unreached`: it should come directly, but does not. */
    readonly via?: 'mesh' | 'livekit' | 'unreached' | undefined;
}

/** A sharer's device reported that it withholds its share from our device, and why. Null: no longer. */
export interface WithheldEvent {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly reason: WithheldReason | null;
}
/** Who can see the share of that device (ours, or another that told us). Undefined: the share is over. */
export interface AudienceEvent {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly audience: ShareAudience | undefined;
}

/** A card is in place of that share's screen. Null: it is not. `order` rises with each news of a share. */
export interface CoverEvent {
    readonly roomId: string;
    readonly shareId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly cover: Cover | null;
    readonly order: number;
}

/** Our membership ended without our request: the room was left, or the server refuses to keep it. */
export interface MembershipLost {
    readonly roomId: string;
    readonly error: HushError;
}

/** The RTC session of our rooms: memberships, tokens and media keys. All promises reject with a `HushError`. */
export interface RtcPort {
    /**
     * Resolves when the membership is on the server. The delayed leave is scheduled first, if the server supports it.
     */
    join(roomId: string, shares: readonly Share[]): Promise<void>;
    /** Replaces the announced shares of our membership. */
    announce(roomId: string, shares: readonly Share[]): Promise<void>;
    /** Leaves at once. Resolves when the membership is gone, or rejects after 5 s without an answer. */
    leave(roomId: string): Promise<void>;
    /**
     * Rejects with `media.otherWindow` while another window of this device shares. A share without a token calls this
     * first.
     */
    mayShare(): Promise<void>;
    /** Token to publish at our own SFU under our membership's participant identity. */
    publishGrant(roomId: string): Promise<{ grant: MediaGrant; identity: string }>;
    /**
     * Token to watch at `serviceUrl` (the sharer's SFU; ours if undefined). Its identity is not that of our membership.
     */
    viewerGrant(roomId: string, serviceUrl: string | undefined, tabId: string): Promise<MediaGrant>;
    /**
     * Makes our key and sends it to every member's device. Later joins and leaves resend or rotate it. `after`: the
     * index of our last key that pages still use, when another window continued with this account.
     */
    startKeys(roomId: string, after?: number): Promise<void>;
    /** Forgets our key. */
    stopKeys(roomId: string): void;
    /** The known keys of this room, media and side channel, for pages that open late. `onKey` reports changes. */
    currentKeys(roomId: string): readonly MediaKey[];
    onKey(listener: (event: KeyEvent) => void): Disposable;
    /** Tells a sharer's device that we watch it, or that we stopped. Best effort: failures are logged. */
    sendWatch(
        target: { roomId: string; userId: string; deviceId: string; shareId: string },
        watching: boolean,
        via?: WatchEvent['via'],
    ): Promise<void>;
    onWatch(listener: (event: WatchEvent) => void): Disposable;
    /** Tells viewers' devices that a card is in place of our screen, or the screen again. Best effort. */
    sendCover(
        news: { roomId: string; shareId: string; cover: Cover | null; order: number },
        to: readonly { readonly userId: string; readonly deviceId: string }[],
    ): Promise<void>;
    onCover(listener: (event: CoverEvent) => void): Disposable;
    onWithheld(listener: (event: WithheldEvent) => void): Disposable;
    onAudience(listener: (event: AudienceEvent) => void): Disposable;
    /** Our key was already forgotten. The membership is not restored automatically. */
    onMembershipLost(listener: (event: MembershipLost) => void): Disposable;
}
