/** The call machine's state, events and effects. It holds no SDP: those only pass through. */
import { emptyBatch, type Batch } from './candidateBatch.ts';
import type { CallEvent, IceCandidate, StreamPurposes } from './callEvents.ts';

export interface Device {
    readonly userId: string;
    readonly deviceId: string;
}
/** One of our pages with connections: a share's page or a viewer tab's page. */
export interface PageAddress {
    readonly pageId: string;
    readonly generation: number;
}

/**
 * One peer connection of a call. It carries one share in one direction. `id` is the share's.
 * ```
 * queued -> offering (our page makes an offer) -> offered -> stable of the sharer
 * answering (our page makes an answer) -> stable of the viewer
 * ```
 */
export interface CallConnection {
    readonly id: string;
    readonly page: PageAddress;
    readonly role: 'send' | 'receive';
    readonly phase: 'queued' | 'offering' | 'offered' | 'answering' | 'stable';
    /** ms, when this phase began. */
    readonly since: number;
    readonly batch: Batch;
    /** ms, when the page reported that nothing passes. Undefined while something does. */
    readonly failedAt: number | undefined;
    readonly candidatesIn: number;
}

/**
 * The other side of a call. Without a device ID, a person's other clients ring, and the first that answers becomes the
 * peer.
 */
export type Peer = Device | { readonly userId: string; readonly deviceId: undefined };

/**
 * ```
 * outgoing: starting -> ringing --answer--> connected
 * incoming: answering -> answered --select_answer--> connected
 * ```
 */
interface BaseCall {
    readonly id: string;
    readonly roomId: string;
    readonly outgoing: boolean;
    readonly phase: 'starting' | 'ringing' | 'answering' | 'answered' | 'connected';
    /** The connection of the invite and the answer. */
    readonly first: string;
    readonly connections: ReadonlyMap<string, CallConnection>;
    /** ms at which the call ends unless it is connected. */
    readonly expiresAt: number;
}

/** A call between two devices with Hush. It has a connection for each share. */
interface OwnCall extends BaseCall {
    readonly foreign: false;
    readonly peer: Device;
}

/** A call of another Matrix client. It has one connection, which has no name on the wire and carries both directions. */
interface ForeignCall extends BaseCall {
    readonly foreign: true;
    readonly peer: Peer;
    /** Our screen must still be added, because the peer's call came first (glare). */
    readonly owesShare: boolean;
}

export type Call = OwnCall | ForeignCall;

/** Another Matrix client's call that waits for our person. */
export interface Incoming {
    readonly roomId: string;
    readonly peer: Device;
    readonly expiresAt: number;
}

/** A share that one of our pages wants to show. */
export interface Watching {
    readonly roomId: string;
    readonly peer: Device;
    readonly shareId: string;
    readonly page: PageAddress;
    readonly connected: boolean;
    readonly asked: number;
    /** ms at which to ask (again) for it. Undefined while it works. */
    readonly askAt: number | undefined;
}

export interface CallsState {
    readonly self: Device;
    /** Our shares by ID. */
    readonly serving: ReadonlyMap<string, { readonly roomId: string; readonly page: PageAddress }>;
    /** By page ID. */
    readonly watching: ReadonlyMap<string, Watching>;
    readonly calls: ReadonlyMap<string, Call>;
    readonly incoming: ReadonlyMap<string, Incoming>;
    /** IDs of ended calls, newest last. Later events of these calls are ignored. */
    readonly ended: readonly string[];
    /** Candidates that arrived before their offer, by call ID. */
    readonly early: ReadonlyMap<
        string,
        readonly {
            readonly leg: string | undefined;
            readonly from: Device;
            readonly candidates: readonly IceCandidate[];
        }[]
    >;
}

export function emptyCalls(self: Device): CallsState {
    return {
        self,
        serving: new Map(),
        watching: new Map(),
        calls: new Map(),
        incoming: new Map(),
        ended: [],
        early: new Map(),
    };
}

export type CallsEvent = { readonly now: number } &
    /** This page offers our share. */
    (
        | { readonly type: 'publish'; readonly roomId: string; readonly shareId: string; readonly page: PageAddress }
        | {
              readonly type: 'watch';
              readonly roomId: string;
              readonly shareId: string;
              readonly peer: Device;
              readonly page: PageAddress;
          }
        /** The page is gone or finished. Everything in it ends. */
        | { readonly type: 'release'; readonly pageId: string }
        /** The page no longer offers the share directly. Connections to other clients continue. */
        | { readonly type: 'unpublish'; readonly pageId: string }
        /**
         * A viewer's device asks for our share. `callId`: the call that it already has for it, if any. `ulid`: for the
         * call that this may start.
         */
        | {
              readonly type: 'asked';
              readonly roomId: string;
              readonly shareId: string;
              readonly from: Device;
              readonly callId: string | undefined;
              readonly ulid: string;
          }
        /** `ageMs`: age of the event, from the homeserver and our own waiting time. */
        | {
              readonly type: 'received';
              readonly roomId: string;
              readonly from: Device;
              readonly event: CallEvent;
              readonly ageMs: number;
          }
        | {
              readonly type: 'description';
              readonly connection: string;
              readonly kind: 'offer' | 'answer';
              readonly sdp: string;
              readonly streams: StreamPurposes;
          }
        | { readonly type: 'candidates'; readonly connection: string; readonly candidates: readonly IceCandidate[] }
        | { readonly type: 'connection'; readonly connection: string; readonly state: 'connected' | 'failed' }
        /**
         * Our person calls a person's other clients to show them a share. `ringing`: that person already calls here,
         * from a device that may have our screen.
         */
        | {
              readonly type: 'call';
              readonly roomId: string;
              readonly shareId: string;
              readonly userId: string;
              readonly ulid: string;
              readonly ringing?: { readonly callId: string; readonly sdp: string; readonly streams: StreamPurposes };
          }
        /** Our person accepts another client's call in this page, with the offer that came with it, or declines it. */
        | {
              readonly type: 'accept';
              readonly callId: string;
              readonly page: PageAddress;
              readonly sdp: string;
              readonly streams: StreamPurposes;
          }
        | { readonly type: 'decline'; readonly callId: string }
        /** A page whose connections belong to unknown calls. `callId`: the call that it shows (adoptedPages.ts). */
        | {
              readonly type: 'adopt';
              readonly roomId: string;
              readonly page: PageAddress;
              readonly callId?: string | undefined;
          }
        /** An adopted page has closed these connections. */
        | { readonly type: 'dropped'; readonly roomId: string; readonly connections: readonly string[] }
        /** The device is no longer in the room's session. */
        | { readonly type: 'gone'; readonly roomId: string; readonly device: Device }
        /** The device may not have our screen. Ends the screens that we send to it or have offered to its person. */
        | { readonly type: 'expel'; readonly roomId: string; readonly device: Device }
        | { readonly type: 'roomLeft'; readonly roomId: string }
        | { readonly type: 'time' }
    );

export type PageOrder =
    | {
          readonly type: 'mesh.open';
          readonly connection: string;
          readonly offer: boolean;
          readonly sideChannel?: boolean;
      }
    | {
          readonly type: 'mesh.description';
          readonly connection: string;
          readonly kind: 'offer' | 'answer';
          readonly sdp: string;
          readonly streams: StreamPurposes;
      }
    | { readonly type: 'mesh.candidates'; readonly connection: string; readonly candidates: readonly IceCandidate[] }
    | { readonly type: 'mesh.restart'; readonly connection: string }
    | { readonly type: 'mesh.servers'; readonly connection: string }
    | { readonly type: 'mesh.close'; readonly connection: string }
    /** For every connection of the page. */
    | { readonly type: 'mesh.reset' };

export type CallsEffect =
    | { readonly type: 'send'; readonly roomId: string; readonly event: CallEvent }
    | {
          readonly type: 'ask';
          readonly roomId: string;
          readonly shareId: string;
          readonly to: Device;
          readonly callId: string | undefined;
      }
    | { readonly type: 'page'; readonly page: PageAddress; readonly order: PageOrder }
    | {
          readonly type: 'ring';
          readonly callId: string;
          readonly incoming: Incoming;
          readonly sdp: string;
          readonly streams: StreamPurposes;
      }
    | { readonly type: 'ringOver'; readonly callId: string }
    /** A call with our share was answered. */
    | { readonly type: 'answered'; readonly page: PageAddress; readonly peer: Peer }
    /** In this page, the call with another client has ended. Without a peer: every call of the page. */
    | { readonly type: 'over'; readonly page: PageAddress; readonly peer: Peer | undefined }
    /** The share is not available. The page is told why. */
    | { readonly type: 'gaveUp'; readonly page: PageAddress }
    | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly text: string };

export interface CallsStep {
    readonly state: CallsState;
    readonly effects: readonly CallsEffect[];
}

/** The name of a connection in its page. The ID of a connection contains no slash. */
export function connectionIdOf(callId: string, id: string): string {
    return `${callId}/${id}`;
}

export function connectionOf(
    state: CallsState,
    connectionId: string,
): { readonly call: Call; readonly connection: CallConnection } | undefined {
    const at = connectionId.lastIndexOf('/');
    const call = state.calls.get(connectionId.slice(0, at));
    const connection = call?.connections.get(connectionId.slice(at + 1));
    return call && connection && { call, connection };
}

export function newConnection(
    id: string,
    page: PageAddress,
    role: CallConnection['role'],
    phase: CallConnection['phase'],
    now: number,
): CallConnection {
    return { id, page, role, phase, since: now, batch: emptyBatch, failedAt: undefined, candidatesIn: 0 };
}

/** The first state of every new call. Its phase depends on who made it. */
export function begin(call: Pick<Call, 'id' | 'roomId' | 'outgoing' | 'expiresAt'>, first: CallConnection): BaseCall {
    return {
        ...call,
        phase: call.outgoing ? 'starting' : 'answering',
        first: first.id,
        connections: new Map([[first.id, first]]),
    };
}

export function sameDevice(a: Device, b: Peer): boolean {
    return a.userId === b.userId && a.deviceId === b.deviceId;
}

/** Whether the device is the peer, or may become it. */
export function mayBePeer(device: Device, peer: Peer): boolean {
    return peer.deviceId === undefined ? device.userId === peer.userId : sameDevice(device, peer);
}

/** Our screen must still be added to the call. */
export function owesShare(call: Call): boolean {
    return call.foreign && call.owesShare;
}
