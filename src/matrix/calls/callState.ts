/** What the call machine knows, what can happen to it and what it wants done. Holds no SDP: those pass through. Pure. */
import { emptyBatch, type Batch } from './candidateBatch.ts';
import type { CallEvent, IceCandidate, StreamPurposes } from './callEvents.ts';

export interface Device {
    readonly userId: string;
    readonly deviceId: string;
}
/** A page of ours that holds connections: the share's, or a view's. */
export interface PageAddress {
    readonly call: string;
    readonly generation: number;
}

/**
 * One peer connection of a call; it carries one share one way. `id` is the share's.
 * ```
 * queued -> offering (our page makes an offer) -> offered -> stable       of the sharer
 * answering (our page makes an answer) -> stable                          of the viewer
 * ```
 */
export interface Leg {
    readonly id: string;
    readonly page: PageAddress;
    readonly role: 'send' | 'receive';
    readonly phase: 'queued' | 'offering' | 'offered' | 'answering' | 'stable';
    /** ms, when it came into this phase. */
    readonly since: number;
    readonly batch: Batch;
    /** ms, when the page said that nothing gets through; undefined while something does. */
    readonly failedAt: number | undefined;
    readonly candidatesIn: number;
}

/**
 * ```
 * outgoing: starting -> ringing --answer--> connected
 * incoming: answering -> answered --select_answer--> connected
 * ```
 */
export interface Call {
    readonly id: string;
    readonly roomId: string;
    /** An empty device ID: a person's other clients ring, and the first that answers is meant. */
    readonly peer: Device;
    readonly outgoing: boolean;
    /** Of another Matrix client: one leg, unnamed on the wire, which carries both ways and whatever it likes. */
    readonly foreign: boolean;
    /** Our screen is still to be added: their call came first (glare). */
    readonly owesShare: boolean;
    readonly phase: 'starting' | 'ringing' | 'answering' | 'answered' | 'connected';
    /** The leg that invite and answer are about. */
    readonly first: string;
    readonly legs: ReadonlyMap<string, Leg>;
    /** ms; ends by itself then unless connected. */
    readonly expiresAt: number;
}

/** A call of another Matrix client that waits for our person. */
export interface Incoming {
    readonly roomId: string;
    readonly peer: Device;
    readonly expiresAt: number;
}

/** A share that a page of ours wants to show. */
export interface Watching {
    readonly roomId: string;
    readonly peer: Device;
    readonly shareId: string;
    readonly page: PageAddress;
    readonly connected: boolean;
    readonly asked: number;
    /** ms, when to ask (again) for it; undefined while all is well. */
    readonly askAt: number | undefined;
}

export interface CallsState {
    readonly self: Device;
    /** Our shares by ID. */
    readonly serving: ReadonlyMap<string, { readonly roomId: string; readonly page: PageAddress }>;
    /** By the page's call. */
    readonly watching: ReadonlyMap<string, Watching>;
    readonly calls: ReadonlyMap<string, Call>;
    readonly incoming: ReadonlyMap<string, Incoming>;
    /** IDs of calls that are over, newest last: what still comes for them is ignored. */
    readonly ended: readonly string[];
    /** Candidates that came before their offer, by call ID. */
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
    /** Our share can be had at this page. */
    (
        | { readonly type: 'serve'; readonly roomId: string; readonly shareId: string; readonly page: PageAddress }
        | {
              readonly type: 'watch';
              readonly roomId: string;
              readonly shareId: string;
              readonly peer: Device;
              readonly page: PageAddress;
          }
        /** The page is gone or done: everything in it ends. */
        | { readonly type: 'release'; readonly call: string }
        /** The share in the page is no longer to be had directly. What shows it to other clients goes on. */
        | { readonly type: 'retire'; readonly call: string }
        /** A viewer's device asks for a share of ours; `callId`: the call it has for it, if any. `ulid` is for the call that this may start. */
        | {
              readonly type: 'asked';
              readonly roomId: string;
              readonly shareId: string;
              readonly from: Device;
              readonly callId: string | undefined;
              readonly ulid: string;
          }
        /** `ageMs`: of the event, as the homeserver and our own waiting say. */
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
         * Our person calls somebody's other clients to show them a share. `ringing`: that person calls here already, from a
         * device that may have our screen.
         */
        | {
              readonly type: 'call';
              readonly roomId: string;
              readonly shareId: string;
              readonly userId: string;
              readonly ulid: string;
              readonly ringing?: { readonly callId: string; readonly sdp: string; readonly streams: StreamPurposes };
          }
        /** Our person takes a call of another client, in this page, with the offer that came with it; or does not take it. */
        | {
              readonly type: 'accept';
              readonly callId: string;
              readonly page: PageAddress;
              readonly sdp: string;
              readonly streams: StreamPurposes;
          }
        | { readonly type: 'decline'; readonly callId: string }
        /** A page whose connections are of calls that nobody knows any more; `callId`: of the one it shows (adoptedPages.ts). */
        | {
              readonly type: 'adopt';
              readonly roomId: string;
              readonly page: PageAddress;
              readonly callId?: string | undefined;
          }
        /** Such a page has closed these. */
        | { readonly type: 'dropped'; readonly roomId: string; readonly connections: readonly string[] }
        /** The device is no longer in the room's session. */
        | { readonly type: 'gone'; readonly roomId: string; readonly device: Device }
        /** The device may not have our screen: what we send it, or have begun to offer its person, ends. */
        | { readonly type: 'expel'; readonly roomId: string; readonly device: Device }
        | { readonly type: 'roomLeft'; readonly roomId: string }
        | { readonly type: 'time' }
    );

export type PageOrder =
    | { readonly type: 'mesh.open'; readonly connection: string; readonly offer: boolean }
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
    /** Every connection of the page. */
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
    /** The call with another client in this page has ended; or, with our share in it, was answered. */
    | { readonly type: 'over' | 'answered'; readonly page: PageAddress; readonly peer: Device }
    /** The share could not be had; the page is told why. */
    | { readonly type: 'gaveUp'; readonly page: PageAddress }
    | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn'; readonly text: string };

export interface CallsStep {
    readonly state: CallsState;
    readonly effects: readonly CallsEffect[];
}

/** Name of a leg's connection for its page. A leg's ID holds no slash. */
export function connectionOf(callId: string, leg: string): string {
    return `${callId}/${leg}`;
}

export function legOf(state: CallsState, connection: string): { readonly call: Call; readonly leg: Leg } | undefined {
    const at = connection.lastIndexOf('/');
    const call = state.calls.get(connection.slice(0, at));
    const leg = call?.legs.get(connection.slice(at + 1));
    return call && leg && { call, leg };
}

export function newLeg(id: string, page: PageAddress, role: Leg['role'], phase: Leg['phase'], now: number): Leg {
    return { id, page, role, phase, since: now, batch: emptyBatch, failedAt: undefined, candidatesIn: 0 };
}

export function sameDevice(a: Device, b: Device): boolean {
    return a.userId === b.userId && a.deviceId === b.deviceId;
}
