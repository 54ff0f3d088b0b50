/** The port to direct calls (`m.call.*`): shares without a media server, and calls with other Matrix clients. */
import type { MeshMessage, HostMessage } from '../share/mediaMessages.ts';
import type { Disposable } from '../base/disposable.ts';

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
interface RingingCall {
    readonly kind: 'ring';
    readonly callId: string;
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
}

/** The other side shows a screen back in a call that carries ours; `call` is the share's, whose page has it. */
interface ScreenBack extends Omit<RingingCall, 'kind'> {
    readonly kind: 'screen';
    readonly call: string;
}

export type CallToTake = RingingCall | ScreenBack;

/** One of ours was answered; or one that lives in a page is over: with an empty user ID, all in that page. */
interface CallInPage {
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

interface PageAddress {
    readonly call: string;
    readonly generation: number;
}

/** `callId`: of the call of another client that it shows; without, it is the page of a share of ours. */
export interface AdoptedPage {
    readonly roomId: string;
    readonly page: PageAddress;
    readonly callId?: string | undefined;
}
