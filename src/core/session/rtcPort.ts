/** The port to a MatrixRTC session: memberships, grants and media keys. */
import type { MediaGrant } from '../share/mediaMessages.ts';
import type { WithheldReason } from '../trust/trustLevels.ts';
import type { HushError } from '../base/errors.ts';
import type { ShareAudience } from '../trust/shareTrust.ts';
import type { Share } from '../share/share.ts';
import type { Disposable } from '../base/disposable.ts';

/** A media key of one participant. Never logged, never stored. */
export interface MediaKey {
    readonly roomId: string;
    readonly identity: string;
    readonly index: number;
    /** Base64 of 16 bytes. */
    readonly key: string;
}

/** What happens to our own key: in use at once, or publishing must hold because it reached nobody. */
export type KeyEvent =
    | { readonly kind: 'key'; readonly key: MediaKey }
    /** Delivery of our current key failed for every device, or a rotation could not be sent: hold publishing. */
    | { readonly kind: 'deliveryFailed'; readonly roomId: string; readonly message: string }
    | { readonly kind: 'deliveryRecovered'; readonly roomId: string };

/** A viewer told us, in an Olm-encrypted to-device message, that it watches (or stopped). */
export interface WatchEvent {
    readonly roomId: string;
    readonly shareId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly watching: boolean;
    /** Which way its picture comes; `unreached`: it should come directly, and does not. */
    readonly via?: 'mesh' | 'livekit' | 'unreached' | undefined;
}

/** A sharer's device told ours that it keeps its share from it, and why; null: not any more. */
export interface WithheldEvent {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly reason: WithheldReason | null;
}
/** Who can see the share of that device (ours, or another that told us); undefined: it is over. */
export interface AudienceEvent {
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
    readonly audience: ShareAudience | undefined;
}

/** Our membership is gone without our asking: the room was left, or the server refuses to keep it. */
export interface MembershipLost {
    readonly roomId: string;
    readonly error: HushError;
}

/** The RTC session of our rooms: memberships, tokens and media keys. All promises reject with a `HushError`. */
export interface RtcPort {
    /** Resolves when the membership is on the server (delayed leave scheduled first, where the server has it). */
    join(roomId: string, shares: readonly Share[]): Promise<void>;
    /** Replaces the announced shares of our membership. */
    announce(roomId: string, shares: readonly Share[]): Promise<void>;
    /** Leaves at once; resolves when the membership is gone, or rejects after 5 s without an answer. */
    leave(roomId: string): Promise<void>;
    /** Rejects with `media.otherWindow` while another window of this device shares. What needs no token asks this first. */
    mayShare(): Promise<void>;
    /** Token for publishing under our membership's identity at our own SFU. */
    publishGrant(roomId: string): Promise<{ grant: MediaGrant; identity: string }>;
    /** Token for watching at `serviceUrl` (the sharer's SFU; ours if undefined) under an identity that is not our membership's. */
    viewGrant(roomId: string, serviceUrl: string | undefined, viewId: string): Promise<MediaGrant>;
    /**
     * Makes our key and sends it to every member's device; from now on joins and leaves rotate or re-send it. `after`:
     * the index of our last key that pages still use, when another window went on with this account.
     */
    startKeys(roomId: string, after?: number): Promise<void>;
    /** Forgets our key. */
    stopKeys(roomId: string): void;
    /** Keys known now of this room (late pages), then changes by `onKey`. */
    currentKeys(roomId: string): readonly MediaKey[];
    onKey(listener: (event: KeyEvent) => void): Disposable;
    /** Tells a sharer's device that we watch it or stopped. Best effort; failures are logged. */
    sendWatch(
        target: { roomId: string; userId: string; deviceId: string; shareId: string },
        watching: boolean,
        via?: WatchEvent['via'],
    ): Promise<void>;
    onWatch(listener: (event: WatchEvent) => void): Disposable;
    onWithheld(listener: (event: WithheldEvent) => void): Disposable;
    onAudience(listener: (event: AudienceEvent) => void): Disposable;
    /** Our key has been forgotten by then; the membership is not restored by itself. */
    onMembershipLost(listener: (event: MembershipLost) => void): Disposable;
}
