/** The port to direct calls (`m.call.*`): shares without an SFU, and calls with other Matrix clients. */
import type { HostMessage, MeshMessage, ServersMessage } from '../share/mediaMessages.ts';
import type { Disposable } from '../base/disposable.ts';

/** Calls between devices, for shares without an SFU. All signalling of a page's connections passes through here. */
export interface CallsPort {
    /** Lets viewers request this share of ours. That page captures its screen. */
    publish(share: { roomId: string; shareId: string }, page: PageAddress): void;
    /** Asks the sharer's device for the share, and repeats this until the picture arrives. */
    watch(share: { roomId: string; userId: string; deviceId: string; shareId: string }, page: PageAddress): void;
    /** Ends every connection of the page. */
    release(pageId: string): void;
    /** Stops offering the page's share. Ends its connections, except calls with other clients. */
    unpublish(pageId: string): void;
    /** `pageId`: the page that sent the message. */
    handlePageMessage(message: MeshMessage | ServersMessage, pageId?: string): void;
    /** Calls a person's other Matrix clients to show them a share that is served. */
    call(to: { roomId: string; shareId: string; userId: string }): void;
    /** Accepts a call of another Matrix client. Its picture goes to that page. */
    accept(call: { roomId: string; callId: string }, page: PageAddress): void;
    decline(callId: string): void;
    /**
     * Takes over pages whose calls ran in an owner of the account that is gone. All their connections end on both
     * sides, so that no picture runs without a call machine. Viewers ask again by themselves. Calls with other clients
     * are reported as over. Call this before `serve` and `watch` are repeated.
     */
    adopt(pages: readonly AdoptedPage[]): void;
    onForeignCall(listener: (event: ForeignCall) => void): Disposable;
    /** The device left the room's session without a message. */
    deviceGone(roomId: string, device: { userId: string; deviceId: string }): void;
    roomLeft(roomId: string): void;
    onPage(listener: (pageId: string, generation: number, message: HostMessage) => void): Disposable;
    /** The sharer's device did not answer several requests. */
    onGaveUp(listener: (pageId: string, generation: number) => void): Disposable;
}

/** A call (`m.call`) of another Matrix client rings. Taken with `accept`, like the next. */
interface RingingCall {
    readonly kind: 'ring';
    readonly callId: string;
    readonly roomId: string;
    readonly userId: string;
    readonly deviceId: string;
}

/** The other side shows a screen back in a call that carries ours; `pageId` is the share's page, which has it. */
interface ScreenBack extends Omit<RingingCall, 'kind'> {
    readonly kind: 'screen';
    readonly pageId: string;
}

export type CallToTake = RingingCall | ScreenBack;

/** One of ours was answered; or one that lives in a page is over: with an empty user ID, all in that page. */
interface CallInPage {
    readonly kind: 'over' | 'answered';
    readonly pageId: string;
    readonly generation: number;
    readonly userId: string;
    readonly deviceId: string;
}

export type ForeignCall = CallToTake | CallInPage;

export function isToTake(event: ForeignCall): event is CallToTake {
    return event.kind === 'ring' || event.kind === 'screen';
}

interface PageAddress {
    readonly pageId: string;
    readonly generation: number;
}

/** `callId`: the call of another client that the page shows. Without it, the page has a share of ours. */
export interface AdoptedPage {
    readonly roomId: string;
    readonly page: PageAddress;
    readonly callId?: string | undefined;
}
