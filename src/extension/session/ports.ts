/** What the orchestrator needs from the world. Implemented by `src/matrix` and `src/extension/panels`; faked in tests. Pure. */
import type {
    MediaGrant,
    MeshMessage,
    PageMessage,
    ShareSettings,
    Viewer,
    HostMessage,
    WithheldReason,
} from '../../webview/protocol/messages.ts';
import type { ViewTarget } from './state.ts';
import type { HushError } from '../errors.ts';
import type { ShareAudience } from './trust.ts';
import type { Share } from './types.ts';

export interface Disposable {
    dispose(): void;
}

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

/** Calls from device to device, for shares without a media server. What a page's connections need goes through here. */
export interface CallsPort {
    /** Viewers may have this share of ours; its screen is captured in that page. */
    serve(share: { roomId: string; shareId: string }, page: PageAddress): void;
    /** Asks the sharer's device for the share, and again until its picture comes. */
    watch(share: { roomId: string; userId: string; deviceId: string; shareId: string }, page: PageAddress): void;
    /** Ends every connection of the page. */
    release(call: string): void;
    /** The share in the page is no longer to be had: ends its connections, but not calls with other clients. */
    retire(call: string): void;
    /** `call`: whose page says it. */
    pageSaid(message: MeshMessage, call?: string): void;
    /** Rings a person's other Matrix clients to show them a share that is served. */
    call(to: { roomId: string; shareId: string; userId: string }): void;
    /** Takes a call of another Matrix client: its picture comes into that page. */
    accept(call: { roomId: string; callId: string }, page: PageAddress): void;
    decline(callId: string): void;
    /**
     * Pages whose calls were run by an owner of the account that is gone: whatever connections they still have end, at
     * both sides, so that nobody has a picture that no call machine knows of. Viewers ask again by themselves; calls with
     * other clients are told as over. Before `serve` and `watch` are said again.
     */
    adopt(pages: readonly AdoptedPage[]): void;
    onForeignCall(listener: (event: ForeignCall) => void): Disposable;
    /** The device left the room's session without a word. */
    deviceGone(roomId: string, device: { userId: string; deviceId: string }): void;
    roomLeft(roomId: string): void;
    onPage(listener: (call: string, generation: number, message: HostMessage) => void): Disposable;
    /** The sharer's device did not answer, though asked several times. */
    onGaveUp(listener: (call: string, generation: number) => void): Disposable;
}
/** A call (`m.call`) of another Matrix client rings. Taken with `accept`, like the next. */
export interface RingingCall {
    readonly kind: 'ring';
    readonly callId: string;
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
}
/** The other side shows a screen back in a call that carries ours; `call` is the share's, whose page has it. */
export interface ScreenBack extends Omit<RingingCall, 'kind'> {
    readonly kind: 'screen';
    readonly call: string;
}
export type CallToTake = RingingCall | ScreenBack;
/** One of ours was answered; or one that lives in a page is over: with an empty user ID, all in that page. */
export interface CallInPage {
    readonly kind: 'over' | 'answered';
    readonly call: string;
    readonly generation: number;
    readonly userId: string;
    readonly deviceId: string;
}
export type ForeignCall = CallToTake | CallInPage;

export function isToTake(event: ForeignCall): event is CallToTake {
    return event.kind === 'ring' || event.kind === 'screen';
}

export interface PageAddress {
    readonly call: string;
    readonly generation: number;
}

/** `callId`: of the call of another client that it shows; without, it is the page of a share of ours. */
export interface AdoptedPage {
    readonly roomId: string;
    readonly page: PageAddress;
    readonly callId?: string | undefined;
}

export type CaptureLocation = 'webview' | 'browser';

/** Pages and what they say. One page per share or view, addressed by its call id and generation. */
export interface MediaPort {
    /** Opens (or rebuilds) the page. `browser` = the loopback page in the person's own browser. */
    open(page: PageRequest): void;
    send(call: string, generation: number, message: HostMessage): void;
    close(call: string): void;
    /** There is a tab for this call, or one restored for this target: what becomes of it must be said there. */
    hasTab(call: string, target: ViewTarget | undefined): boolean;
    /** Brings the page's tab to the front. */
    reveal(call: string): void;
    onMessage(listener: (call: string, generation: number, message: PageMessage) => void): Disposable;
    /** The tab was closed, the browser tab went away, or the page could not be opened. */
    onClosed(listener: (call: string, generation: number, reason: string) => void): Disposable;
}

export interface PageRequest {
    readonly call: string;
    readonly generation: number;
    readonly role: 'share' | 'view';
    readonly location: CaptureLocation;
    /** A view: the sharer's name. A share: the room. */
    readonly title: string;
    /** What a view shows, kept by its tab for a window reload. */
    readonly target?: ViewTarget | undefined;
    readonly roomName: string;
    /** SFU origins this page may connect to (for its CSP); empty = not known yet, then any wss/https server is. */
    readonly connectOrigins: readonly string[];
}

export type { MediaGrant, ShareSettings, Viewer };
