/**
 * Screens that other clients show back in calls that carry ours. Such a screen arrives in the page that captures our
 * screen, because the call's connection lives there. A viewer tab gets it from that page, over a connection that stays
 * on this machine.
 */
import type { ForeignCall } from '../../core/session/callsPort.ts';
import type { HostMessage, MeshMessage } from '../../core/share/mediaMessages.ts';
import { connectionIdOf, type Call, type PageAddress } from './callState.ts';

export interface ScreensBack {
    /** True when the message was about such a screen and is handled. `call`: the page that sent it. */
    said(message: Exclude<MeshMessage, { type: 'mesh.dropped' }>, pageId: string | undefined): boolean;
    /** Shows the screen of that call in a tab's page. False when there is none. */
    show(callId: string, page: PageAddress): boolean;
    /** The page is gone or finished. */
    release(pageId: string): void;
    /** A call may have ended. */
    callsChanged(): void;
}

export interface ScreensBackOptions {
    readonly calls: () => ReadonlyMap<string, Call>;
    readonly toPage: (page: PageAddress, message: HostMessage) => void;
    readonly tell: (event: ForeignCall) => void;
}

interface Passing {
    readonly callId: string;
    readonly from: PageAddress;
    readonly to: PageAddress;
}
/** Prefix of the connections that pass a screen on. No call ID begins with it. */
const PREFIX = 'here/';

export function createScreensBack({ calls, toPage, tell }: ScreensBackOptions): ScreensBack {
    /** Calls whose other side shows a screen. */
    const showing = new Set<string>();
    /** By the viewer tab's call ID. */
    const passing = new Map<string, Passing>();

    /** The source of a screen: a call with another client that carries our screen. */
    const sourceOf = (
        callId: string,
    ): { readonly call: Call; readonly page: PageAddress; readonly connection: string } | undefined => {
        const call = calls().get(callId);
        const connection = call?.foreign ? call.connections.get(call.first) : undefined;
        if (!call || connection?.role !== 'send') return undefined;
        return { call, page: connection.page, connection: connectionIdOf(callId, connection.id) };
    };
    const stop = (tab: string, { callId, from, to }: Passing): void => {
        passing.delete(tab);
        toPage(from, { type: 'mesh.close', connection: PREFIX + tab });
        const peer = calls().get(callId)?.peer;
        tell({ kind: 'over', ...to, userId: peer?.userId ?? '', deviceId: peer?.deviceId ?? '' });
    };
    const screen = (connectionId: string, there: boolean): void => {
        const callId = connectionId.slice(0, connectionId.lastIndexOf('/'));
        const source = sourceOf(callId);
        if (!source) return;
        if (there) {
            showing.add(callId);
            const { roomId, peer } = source.call;
            const { userId, deviceId = '' } = peer;
            tell({ kind: 'screen', pageId: source.page.pageId, callId, roomId, userId, deviceId });
            return;
        }
        showing.delete(callId);
        for (const [tab, it] of passing) if (it.callId === callId) stop(tab, it);
    };

    return {
        said(message, pageId) {
            if (message.type === 'mesh.screen') {
                screen(message.connection, message.there);
                return true;
            }
            if (!message.connection.startsWith(PREFIX)) return false;
            const it = passing.get(message.connection.slice(PREFIX.length));
            // Messages of one end go to the other end. The connection's state is not needed.
            if (it && message.type !== 'mesh.state') toPage(pageId === it.to.pageId ? it.from : it.to, message);
            return true;
        },
        show(callId, to) {
            const source = sourceOf(callId);
            if (!source || !showing.has(callId)) return false;
            const connectionId = PREFIX + to.pageId;
            passing.set(to.pageId, { callId, from: source.page, to });
            const open = { type: 'mesh.open' as const, connection: connectionId, iceServers: [], relayOnly: false };
            toPage(to, { ...open, offer: false });
            toPage(source.page, { ...open, offer: true, passes: source.connection });
            return true;
        },
        release(pageId) {
            for (const [tab, it] of passing) if (tab === pageId || it.from.pageId === pageId) stop(tab, it);
        },
        callsChanged() {
            for (const callId of showing) if (!calls().has(callId)) showing.delete(callId);
            for (const [tab, it] of passing) if (!calls().has(it.callId)) stop(tab, it);
        },
    };
}
