/** What the session core knows, and what can happen to it. Immutable; holds no token and no key, so it can be logged. Pure. */
import type { ErrorCode } from '../base/errors.ts';
import type { Again, PageMessage, Path, ViewState, ShareSettings, HostMessage } from '../share/mediaMessages.ts';
import type { TrustLevel, WithheldReason } from '../trust/trustLevels.ts';
import type { AudienceEvent, WithheldEvent } from './rtcPort.ts';
import type { CaptureLocation } from './mediaPort.ts';
import type { Need } from './topology.ts';
import type { ShareAudience, Withheld } from '../trust/shareTrust.ts';
import type { RtcMember, Share, Transport, ViewTarget } from '../share/share.ts';

interface SelfDevice {
    readonly userId: string;
    readonly deviceId: string;
}

/**
 * Our own share:
 * ```
 * preparing --grant--> choosing --picked--> publishing --published--> live <--> reconnecting
 *     any of them --stop, capture ended, page closed, failure--> gone
 * ```
 */
export interface LocalShare {
    readonly id: string;
    readonly roomId: string;
    readonly roomName: string;
    /** Rises each time its page is rebuilt. */
    readonly generation: number;
    readonly location: CaptureLocation;
    readonly phase: 'preparing' | 'choosing' | 'publishing' | 'live' | 'reconnecting';
    /** ms since the epoch. */
    readonly startedTs: number;
    /** Captured size in px, once known. */
    readonly size: { readonly width: number; readonly height: number } | undefined;
    /** Our media key was sent to everybody in the call; publishing waits for it. */
    readonly keysReady: boolean;
    /** Our membership with this share is on the server; publishing waits for it. */
    readonly joined: boolean;
    /** Delivery of a rotated key failed: the page sends no picture until it is repaired. */
    readonly held: boolean;
    /** Who told us that they watch, by `user|device`, and which way their picture comes. */
    readonly watchers: ReadonlyMap<string, Transport | undefined>;
    readonly settings: ShareSettings;
    /** What the person set. */
    readonly wish: Transport | 'auto';
    /** The way that is announced; `auto` until it is known whether the room has a media server. */
    readonly transport: Transport | 'auto';
    /** On its way from one transport to the other. */
    readonly move: Move | undefined;
    /** Waiting until it is sure that the share may go back to the direct way; the value names the wait. */
    readonly calm: number | undefined;
    /** The media server was not there, or did not work: tried again when this wait is over. */
    readonly noServer: { readonly wait: number; readonly failure: Failure } | undefined;
    /** The room could not be told which way the share goes, and is told again when this wait is over. */
    readonly untold: number | undefined;
    /** Names the latest wait. */
    readonly waits: number;
    /** Viewers that this device's upload carries, as far as is known. */
    readonly carries: number;
    /** Devices of viewers that a direct connection did not reach. */
    readonly unreached: ReadonlySet<string>;
    /** Why the person was told that a media server is missed; once for each reason. */
    readonly told: ReadonlySet<Need>;
    /** How the picture travels, to the last viewer who was connected; undefined before the first. */
    readonly path: Path | undefined;
    /** Whose other Matrix clients we called, by user ID; with a device once it has answered. */
    readonly called: ReadonlyMap<string, { readonly name: string; readonly deviceId: string | undefined }>;
}

/**
 * A share between two transports. Both carry the picture from `announcing` on, so that nobody is without it:
 * ```
 * granting --grant--> keying --keys--> publishing --published--> announcing --announced--> settling --all moved, or time--> over
 *    (to the mesh it begins with publishing; a failure before `settling` leaves all as it was)
 * ```
 */
export interface Move {
    readonly to: Transport;
    readonly stage: 'granting' | 'keying' | 'publishing' | 'announcing' | 'settling';
    /** Names the wait after which the old way is closed. */
    readonly wait: number;
    readonly need: Need | undefined;
}

export interface View {
    readonly id: string;
    readonly target: ViewTarget;
    readonly sharerName: string;
    readonly roomName: string;
    readonly generation: number;
    readonly phase: 'opening' | ViewState;
    /** The media token is there, and so is the page: both are needed, in either order, to connect. */
    readonly granted: boolean;
    readonly pageReady: boolean;
    readonly detail: string;
    /** We told the sharer that we watch. */
    readonly announced: boolean;
    readonly trust: TrustLevel;
    /** Its page has, or waits for, a connection from the sharer's own device. */
    readonly direct: boolean;
    /** The share goes another way now: the page shows the old one until the first picture of the new. */
    readonly move: { readonly to: Transport; readonly tries: number } | undefined;
    /** Names what the tab waits for, so that an older wait is known as such. */
    readonly wait: number;
    readonly path: Path | undefined;
    /** Once it is over: whether another share of its sharer may follow. */
    readonly again: Again;
    /** It shows a call of another Matrix client, not a share that the room's session announces. */
    readonly callId: string | undefined;
}

export interface SessionState {
    readonly self: SelfDevice | undefined;
    readonly rtc: ReadonlyMap<string, readonly RtcMember[]>;
    /** What we last asked the server for, per room: our membership and the shares in it. */
    readonly calls: ReadonlyMap<string, readonly Share[]>;
    readonly share: LocalShare | undefined;
    readonly views: ReadonlyMap<string, View>;
    /** LiveKit identities whose screen a page of ours has seen, per room: the only way to know another client's shares. */
    readonly screens: ReadonlyMap<string, ReadonlySet<string>>;
    /** Why sharers' devices keep their share from ours, by sharer (trustFlow.ts). */
    readonly withheld: ReadonlyMap<string, WithheldReason>;
    /** Who can see a share, by sharer: ours as it is, others' as they told. */
    readonly audiences: ReadonlyMap<string, ShareAudience>;
}

export const initialState: SessionState = {
    self: undefined,
    rtc: new Map(),
    calls: new Map(),
    share: undefined,
    views: new Map(),
    screens: new Map(),
    withheld: new Map(),
    audiences: new Map(),
};

/** The sentence for the person, and a code for the log. */
export interface Failure {
    readonly code: ErrorCode;
    readonly message: string;
}

export type SessionEvent =
    | { readonly type: 'signedIn'; readonly self: SelfDevice }
    | { readonly type: 'signedOut' }
    | { readonly type: 'rtcChanged'; readonly roomId: string; readonly members: readonly RtcMember[] }
    /** We are no longer in the room: left, kicked, banned. */
    | { readonly type: 'roomGone'; readonly roomId: string }
    // what the person asks for
    | {
          readonly type: 'shareRequested';
          readonly shareId: string;
          readonly roomId: string;
          readonly roomName: string;
          readonly location: CaptureLocation;
          readonly settings: ShareSettings;
          /** Default: `auto`. */
          readonly transport?: Transport | 'auto';
          readonly now: number;
      }
    | { readonly type: 'shareStopRequested' }
    | {
          readonly type: 'viewRequested';
          readonly viewId: string;
          readonly target: ViewTarget;
          readonly sharerName: string;
          readonly roomName: string;
          /** VS Code brought its tab back: what goes wrong is said there. */
          readonly restored?: boolean;
      }
    | { readonly type: 'viewCloseRequested'; readonly viewId: string }
    | { readonly type: 'leaveRequested'; readonly roomId: string }
    // how effects ended
    | { readonly type: 'grantReady'; readonly call: string; readonly generation: number }
    | { readonly type: 'grantFailed'; readonly call: string; readonly generation: number; readonly failure: Failure }
    | { readonly type: 'joined'; readonly roomId: string }
    | { readonly type: 'joinFailed'; readonly roomId: string; readonly failure: Failure }
    | { readonly type: 'announced'; readonly roomId: string }
    | { readonly type: 'announceFailed'; readonly roomId: string; readonly failure: Failure }
    /** A wait of a share or view is over. */
    | { readonly type: 'waited'; readonly call: string; readonly wait: number }
    | { readonly type: 'keysReady'; readonly roomId: string }
    | { readonly type: 'keysFailed'; readonly roomId: string; readonly failure: Failure }
    | { readonly type: 'keyDelivery'; readonly roomId: string; readonly failed: boolean; readonly message: string }
    /** Devices of this person (undefined: of anybody) may be trusted more, or less, than they were. */
    | { readonly type: 'trustChanged'; readonly userId: string | undefined }
    | { readonly type: 'trust'; readonly viewId: string; readonly trust: TrustLevel; readonly deviceName: string }
    // what pages and peers say
    | { readonly type: 'page'; readonly call: string; readonly generation: number; readonly message: PageMessage }
    /** The person takes a call of another Matrix client. */
    | {
          readonly type: 'callAccepted';
          readonly viewId: string;
          readonly callId: string;
          readonly roomId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly callerName: string;
          readonly roomName: string;
      }
    | { readonly type: 'callRequested'; readonly userId: string; readonly name: string }
    | {
          readonly type: 'callAnswered' | 'callOver';
          readonly call: string;
          readonly generation: number;
          readonly userId: string;
          readonly deviceId: string;
      }
    /** The sharer's device does not answer. */
    | { readonly type: 'meshGaveUp'; readonly call: string; readonly generation: number }
    | { readonly type: 'pageClosed'; readonly call: string; readonly generation: number; readonly reason: string }
    | {
          readonly type: 'watch';
          readonly roomId: string;
          readonly shareId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly watching: boolean;
          /** Which way the picture comes; `unreached`: it should come directly, and does not. */
          readonly via?: Transport | 'unreached' | undefined;
      }
    | ({ readonly type: 'withheld' } & WithheldEvent)
    | ({ readonly type: 'audience' } & AudienceEvent);

export type Effect =
    /** `grantReady` or `grantFailed` comes, as for a token. */
    | { readonly type: 'askToShare'; readonly call: string; readonly generation: number }
    | {
          readonly type: 'fetchPublishGrant';
          readonly call: string;
          readonly generation: number;
          readonly roomId: string;
      }
    | {
          readonly type: 'fetchViewGrant';
          readonly call: string;
          readonly generation: number;
          readonly roomId: string;
          readonly serviceUrl: string | undefined;
      }
    | {
          readonly type: 'openPage';
          readonly call: string;
          readonly generation: number;
          readonly role: 'share' | 'view';
          readonly location: CaptureLocation;
          readonly title: string;
          readonly roomName: string;
          readonly target: ViewTarget | undefined;
          /** Where the page's token comes from: the SFU behind it is all that the page may talk to. */
          readonly serviceUrl: string | undefined;
          /** `none`: the page talks to no server, ever. `now`: it opens at once. `known`: when its media server is known. */
          readonly servers: 'none' | 'now' | 'known';
      }
    | { readonly type: 'revealPage'; readonly call: string }
    | { readonly type: 'closePage'; readonly call: string }
    | { readonly type: 'send'; readonly call: string; readonly generation: number; readonly message: HostMessage }
    /** Lets the page connect to the SFU while the person still chooses a screen. Nothing can be sent without a key. */
    | { readonly type: 'preparePublish'; readonly call: string; readonly generation: number }
    /** Sends our key, then the grant: the page encrypts from the first frame. */
    | { readonly type: 'publish'; readonly call: string; readonly generation: number; readonly roomId: string }
    | {
          readonly type: 'connectView';
          readonly call: string;
          readonly generation: number;
          readonly roomId: string;
          /** null: the first screen seen. */
          readonly identity: string | null;
          readonly handover: boolean;
      }
    | { readonly type: 'join'; readonly roomId: string; readonly shares: readonly Share[] }
    | { readonly type: 'announce'; readonly roomId: string; readonly shares: readonly Share[] }
    | { readonly type: 'leave'; readonly roomId: string }
    | { readonly type: 'startKeys'; readonly roomId: string }
    | { readonly type: 'stopKeys'; readonly roomId: string }
    | {
          readonly type: 'sendWatch';
          readonly roomId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly shareId: string;
          readonly watching: boolean;
          readonly via: Transport | 'unreached' | undefined;
      }
    | { readonly type: 'serveMesh'; readonly call: string; readonly generation: number; readonly roomId: string }
    | {
          readonly type: 'watchMesh';
          readonly call: string;
          readonly generation: number;
          readonly roomId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly shareId: string;
      }
    | { readonly type: 'callPerson'; readonly call: string; readonly roomId: string; readonly userId: string }
    | {
          readonly type: 'acceptCall';
          readonly call: string;
          readonly generation: number;
          readonly roomId: string;
          readonly callId: string;
      }
    | { readonly type: 'releaseMesh'; readonly call: string }
    /** The share is no longer to be had directly; calls with other clients go on. */
    | { readonly type: 'retireMesh'; readonly call: string }
    /** Forgets the token of a way that is closed. */
    | { readonly type: 'forgetGrant'; readonly call: string }
    /** `waited` comes after `ms`. */
    | { readonly type: 'wait'; readonly call: string; readonly wait: number; readonly ms: number }
    | { readonly type: 'queryTrust'; readonly viewId: string; readonly userId: string; readonly deviceId: string }
    | { readonly type: 'notify'; readonly notice: Notice }
    | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly text: string };

/** Something a person should be told outside a page. The words and buttons are the views' business. */
export type Notice =
    | { readonly kind: 'alreadySharing'; readonly roomName: string }
    | { readonly kind: 'shareFailed'; readonly failure: Failure }
    | { readonly kind: 'shareEnded'; readonly reason: string }
    | { readonly kind: 'viewFailed'; readonly failure: Failure }
    | { readonly kind: 'notAnswered'; readonly name: string }
    /** A direct share would be better off with a media server; `why` it stays direct. */
    | {
          readonly kind: 'serverMissed';
          readonly need: Need;
          readonly viewers: number;
          readonly why: 'setting' | 'none' | 'failed';
      }
    /** A device in the session does not get our share. */
    | { readonly kind: 'withheld'; readonly roomId: string; readonly device: Withheld }
    | { readonly kind: 'held'; readonly message: string };

export interface Step {
    readonly state: SessionState;
    readonly effects: readonly Effect[];
}

/** Nothing is to be done about it. */
export const still = (state: SessionState): Step => ({ state, effects: [] });
