/** What the session core knows, and what can happen to it. Immutable; holds no token and no key, so it can be logged. Pure. */
import type { ErrorCode } from '../base/errors.ts';
import type {
    Again,
    Cover,
    PageMessage,
    Route,
    ViewState,
    ShareSettings,
    HostMessage,
} from '../share/mediaMessages.ts';
import type { TrustLevel, WithheldReason } from '../trust/trustLevels.ts';
import type { AudienceEvent, CoverEvent, WithheldEvent } from './rtcPort.ts';
import type { CaptureLocation } from './mediaPort.ts';
import type { Course } from './course.ts';
import type { Need } from './topology.ts';
import type { ShareAudience, Withheld } from '../trust/shareTrust.ts';
import type { RtcMembership, Share, Transport, ViewerTarget } from '../share/share.ts';

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
    /** Every member of the session has our media key. Publishing waits for this. */
    readonly keysReady: boolean;
    /** Our membership with this share is on the server. Publishing waits for this. */
    readonly joined: boolean;
    /** A rotated key was not delivered. The page sends no picture until this is repaired. */
    readonly held: boolean;
    /** The person paused it. Only the person resumes it. */
    readonly paused: boolean;
    /** A file with secrets is, or was a moment ago, visible in VS Code. `file`: its name. */
    readonly shielded: { readonly file: string } | undefined;
    /** The file is out of sight. The share is shown again when this wait ends. */
    readonly unshielding: number | undefined;
    /** What the page was told last, and how many times it was told. */
    readonly cover: CoverOrder;
    /** The page has to confirm this order or a later one before this wait ends. */
    readonly unconfirmed: { readonly wait: number; readonly order: number } | undefined;
    /** The devices that said that they watch, by `user|device`, with the transport of their picture. */
    readonly viewers: ReadonlyMap<string, Transport | undefined>;
    readonly settings: ShareSettings;
    /** The transport that the person set. */
    readonly wantedTransport: Transport | 'auto';
    /** The transport that carries it. */
    readonly course: Course;
    /** The SFU was absent or failed. It is tried again when this wait ends. */
    readonly noSfu: { readonly wait: number; readonly failure: Failure } | undefined;
    /** The room was not told about the transport. It is told again when this wait ends. */
    readonly untold: number | undefined;
    /** The number of the latest wait. */
    readonly waits: number;
    /** How many viewers this device's upload can carry, as far as known. */
    readonly carries: number;
    /** Viewers' devices that a direct connection did not reach. */
    readonly unreached: ReadonlySet<string>;
    /** Reasons that the person already heard for a missing SFU. Each is told once. */
    readonly told: ReadonlySet<Need>;
    /** The route of the picture to the viewer that connected last. Undefined before the first. */
    readonly route: Route | undefined;
    /** The people whose other Matrix clients we called, by user ID. The device is known once it answered. */
    readonly called: ReadonlyMap<string, { readonly name: string; readonly deviceId: string | undefined }>;
}

/** An order to the page: a card in place of the screen, or the screen again (null). */
export interface CoverOrder {
    readonly cover: Cover | null;
    /** Of the file with secrets. Empty without one. */
    readonly file: string;
    readonly order: number;
}

export interface ViewerTab {
    readonly id: string;
    readonly target: ViewerTarget;
    readonly sharerName: string;
    readonly roomName: string;
    readonly generation: number;
    readonly phase: 'opening' | ViewState;
    /** The media token arrived, and the page is ready. A connection needs both, in either order. */
    readonly granted: boolean;
    readonly pageReady: boolean;
    readonly detail: string;
    /** We told the sharer that we watch. */
    readonly announced: boolean;
    readonly trust: TrustLevel;
    /** The transport of its picture. */
    readonly transport: Transport;
    /** The share changed its transport. The page shows the old picture until the first new one. */
    readonly move: { readonly to: Transport; readonly tries: number } | undefined;
    /** Names the current wait of the tab, so that an older wait is ignored. */
    readonly wait: number;
    readonly route: Route | undefined;
    /** After the end: whether another share of the same sharer may follow. */
    readonly again: Again;
    /** The tab shows a call of another Matrix client, not a share that the session announces. */
    readonly callId: string | undefined;
}

export interface SessionState {
    readonly self: SelfDevice | undefined;
    readonly rtc: ReadonlyMap<string, readonly RtcMembership[]>;
    /** The last request to the server for each room: our membership and its shares. */
    readonly memberships: ReadonlyMap<string, readonly Share[]>;
    readonly share: LocalShare | undefined;
    readonly viewerTabs: ReadonlyMap<string, ViewerTab>;
    /**
     * LiveKit identities whose screen one of our pages has seen, per room. This is the only source about other clients'
     * shares.
     */
    readonly screens: ReadonlyMap<string, ReadonlySet<string>>;
    /** IDs of announced shares without a picture for long (silentShare.ts). */
    readonly silent: ReadonlySet<string>;
    /** Why sharers' devices withhold their share from ours, by sharer (trustFlow.ts). */
    readonly withheld: ReadonlyMap<string, WithheldReason>;
    /** Who can see a share, by sharer. Our own is measured; others report theirs. */
    readonly audiences: ReadonlyMap<string, ShareAudience>;
    /** The cards in place of others' screens, by sharer. */
    readonly covers: ReadonlyMap<string, CoverEvent>;
    /** Names of the files with secrets that are visible in VS Code now. */
    readonly secrets: readonly string[];
}

export const initialState: SessionState = {
    self: undefined,
    rtc: new Map(),
    memberships: new Map(),
    share: undefined,
    viewerTabs: new Map(),
    screens: new Map(),
    silent: new Set(),
    withheld: new Map(),
    audiences: new Map(),
    covers: new Map(),
    secrets: [],
};

/** The sentence for the person, and a code for the log. */
export interface Failure {
    readonly code: ErrorCode;
    readonly message: string;
}

export type SessionEvent =
    | { readonly type: 'signedIn'; readonly self: SelfDevice }
    | { readonly type: 'signedOut' }
    | { readonly type: 'rtcChanged'; readonly roomId: string; readonly members: readonly RtcMembership[] }
    /** We left the room, or were kicked or banned. */
    | { readonly type: 'roomGone'; readonly roomId: string }
    // requests of the person
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
    | { readonly type: 'pauseRequested'; readonly paused: boolean }
    /** These files with secrets are visible now, by name. */
    | { readonly type: 'secretsSeen'; readonly files: readonly string[] }
    | {
          readonly type: 'viewerTabRequested';
          readonly tabId: string;
          readonly target: ViewerTarget;
          readonly sharerName: string;
          readonly roomName: string;
          /** VS Code restored its tab, so failures are shown in it. */
          readonly restored?: boolean;
      }
    | { readonly type: 'viewerTabCloseRequested'; readonly tabId: string }
    | { readonly type: 'leaveRequested'; readonly roomId: string }
    // results of effects
    | { readonly type: 'grantReady'; readonly pageId: string; readonly generation: number }
    | { readonly type: 'grantFailed'; readonly pageId: string; readonly generation: number; readonly failure: Failure }
    | { readonly type: 'joined'; readonly roomId: string }
    | { readonly type: 'joinFailed'; readonly roomId: string; readonly failure: Failure }
    | { readonly type: 'announced'; readonly roomId: string }
    | { readonly type: 'announceFailed'; readonly roomId: string; readonly failure: Failure }
    /** A wait of a share or viewer tab has ended. */
    | { readonly type: 'waited'; readonly pageId: string; readonly wait: number }
    | { readonly type: 'keysReady'; readonly roomId: string }
    | { readonly type: 'keysFailed'; readonly roomId: string; readonly failure: Failure }
    | { readonly type: 'keyDelivery'; readonly roomId: string; readonly failed: boolean; readonly message: string }
    /** The trust in this person's devices may have changed (undefined: in anybody's). */
    | { readonly type: 'trustChanged'; readonly userId: string | undefined }
    | { readonly type: 'trust'; readonly tabId: string; readonly trust: TrustLevel; readonly deviceName: string }
    // messages of pages and peers
    | { readonly type: 'page'; readonly pageId: string; readonly generation: number; readonly message: PageMessage }
    /** The person accepts a call of another Matrix client. */
    | {
          readonly type: 'callAccepted';
          readonly tabId: string;
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
          readonly pageId: string;
          readonly generation: number;
          readonly userId: string;
          readonly deviceId: string;
      }
    /** The sharer's device does not answer. */
    | { readonly type: 'meshGaveUp'; readonly pageId: string; readonly generation: number }
    | { readonly type: 'pageClosed'; readonly pageId: string; readonly generation: number; readonly reason: string }
    | {
          readonly type: 'watch';
          readonly roomId: string;
          readonly shareId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly watching: boolean;
          /** The transport of the picture. `unreached`: it should come directly, but does not. */
          readonly via?: Transport | 'unreached' | undefined;
      }
    | ({ readonly type: 'withheld' } & WithheldEvent)
    | ({ readonly type: 'cover' } & CoverEvent)
    | ({ readonly type: 'audience' } & AudienceEvent);

export type Effect =
    /** Answered by `grantReady` or `grantFailed`, as for a token. */
    | { readonly type: 'askToShare'; readonly pageId: string; readonly generation: number }
    | {
          readonly type: 'fetchPublishGrant';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
      }
    | {
          readonly type: 'fetchViewerGrant';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
          readonly serviceUrl: string | undefined;
      }
    | {
          readonly type: 'openPage';
          readonly pageId: string;
          readonly generation: number;
          readonly role: 'share' | 'view';
          readonly location: CaptureLocation;
          readonly title: string;
          readonly roomName: string;
          readonly target: ViewerTarget | undefined;
          /** The source of the page's token. The page may connect only to the SFU behind it. */
          readonly serviceUrl: string | undefined;
          /**
           * `none`: the page never connects to a server. `now`: it opens at once. `known`: it opens when its SFU is
           * known.
           */
          readonly servers: 'none' | 'now' | 'known';
      }
    | { readonly type: 'revealPage'; readonly pageId: string }
    | { readonly type: 'closePage'; readonly pageId: string }
    | { readonly type: 'send'; readonly pageId: string; readonly generation: number; readonly message: HostMessage }
    /** Connects the page to the SFU while the person still chooses a screen. Nothing can be sent without a key. */
    | { readonly type: 'preparePublish'; readonly pageId: string; readonly generation: number }
    /** Sends our key and then the grant, so that the page encrypts from the first frame. */
    | { readonly type: 'publish'; readonly pageId: string; readonly generation: number; readonly roomId: string }
    | {
          readonly type: 'connectViewerTab';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
          /** Null: the first screen that appears. */
          readonly identity: string | null;
          readonly handover: boolean;
      }
    /** Tells the page its side channel, and the keys of it. */
    | {
          readonly type: 'openSideChannel';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
          readonly shareId: string;
          readonly sharer: SelfDevice;
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
    | {
          readonly type: 'sendCover';
          readonly roomId: string;
          readonly shareId: string;
          readonly cover: Cover | null;
          readonly order: number;
          readonly to: readonly SelfDevice[];
      }
    | { readonly type: 'serveMesh'; readonly pageId: string; readonly generation: number; readonly roomId: string }
    | {
          readonly type: 'watchMesh';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
          readonly userId: string;
          readonly deviceId: string;
          readonly shareId: string;
      }
    | { readonly type: 'callPerson'; readonly pageId: string; readonly roomId: string; readonly userId: string }
    | {
          readonly type: 'acceptCall';
          readonly pageId: string;
          readonly generation: number;
          readonly roomId: string;
          readonly callId: string;
      }
    | { readonly type: 'releaseMesh'; readonly pageId: string }
    /** The share is no longer offered directly. Calls with other clients continue. */
    | { readonly type: 'retireMesh'; readonly pageId: string }
    /** Forgets the token of a closed transport. */
    | { readonly type: 'forgetGrant'; readonly pageId: string }
    /** `waited` follows after `ms`. */
    | { readonly type: 'wait'; readonly pageId: string; readonly wait: number; readonly ms: number }
    | { readonly type: 'queryTrust'; readonly tabId: string; readonly userId: string; readonly deviceId: string }
    | { readonly type: 'notify'; readonly notice: Notice }
    | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly text: string };

/** Something that a person is told outside a page. The views choose words and buttons. */
export type Notice =
    | { readonly kind: 'alreadySharing'; readonly roomName: string }
    | { readonly kind: 'shareFailed'; readonly failure: Failure }
    | { readonly kind: 'shareEnded'; readonly reason: string }
    | { readonly kind: 'viewerTabFailed'; readonly failure: Failure }
    | { readonly kind: 'notAnswered'; readonly name: string }
    /** A direct share would work better with an SFU. `why`: the reason that it stays direct. */
    | {
          readonly kind: 'serverMissed';
          readonly need: Need;
          readonly viewers: number;
          readonly why: 'setting' | 'none' | 'failed';
      }
    /** A device in the session may not have our share. */
    | { readonly kind: 'withheld'; readonly roomId: string; readonly device: Withheld }
    /** Of the servers that the homeserver names for direct connections, none can be used. */
    | { readonly kind: 'noIceServers'; readonly sharing: boolean; readonly relayOnly: boolean }
    | { readonly kind: 'held'; readonly message: string };

export interface Step {
    readonly state: SessionState;
    readonly effects: readonly Effect[];
}

/** Nothing is to be done about it. */
export const still = (state: SessionState): Step => ({ state, effects: [] });

export function withShare(state: SessionState, patch: Partial<LocalShare>): SessionState {
    return state.share ? { ...state, share: { ...state.share, ...patch } } : state;
}
