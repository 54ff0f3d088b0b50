/** Connects the call runners of a sharer and of viewers within this process, over the pages of one media host. */
import { createCalls, type Calls } from '../../../src/matrix/calls/callRunner.ts';
import type { CallRequest } from '../../../src/matrix/calls/callRequests.ts';
import type { ReceivedCallEvent } from '../../../src/matrix/calls/signalling.ts';
import type { MediaHost } from '../../../src/extension/share/page/mediaHost.ts';
import type { IceServer } from '../../../src/matrix/calls/iceServers.ts';
import type { MeshMessage, ServersMessage } from '../../../src/core/share/mediaMessages.ts';

const ROOM = '!room:hs';

export interface MeshPair {
    readonly sharer: Calls;
    serve(page: string): void;
    /** Each viewer page is its own device. */
    watch(page: string, share: string): void;
    /** From now on, another window runs the sharer's calls. The pages stay. */
    takeOver(): void;
    release(page: string): void;
    /** Reports what the share's page reports when its connection is dead. */
    breakConnection(connection: string): void;
    connections(): readonly string[];
    /** ICE servers that a page's browser refused. */
    refusedServers(): readonly string[];
    dispose(): Promise<void>;
}
interface End {
    readonly self: { readonly userId: string; readonly deviceId: string };
    readonly calls: Calls;
    readonly events: Set<(received: ReceivedCallEvent) => void>;
    readonly requests: Set<(request: CallRequest) => void>;
    readonly pages: Set<string>;
}

export function createMeshPair(
    host: MediaHost,
    options: { iceServers?: () => readonly IceServer[]; relayOnly?: boolean } = {},
): MeshPair {
    const ends = new Map<string, End>();
    const connections = new Set<string>();
    const refusedServers: string[] = [];
    const logged = process.env['HUSH_TEST_LOG'] ? (text: string) => console.error(text) : () => undefined;
    const log = { debug: logged, info: logged, warn: logged, error: logged };
    const listen = <T>(set: Set<T>, listener: T) => {
        set.add(listener);
        return { dispose: () => set.delete(listener) };
    };
    const end = (name: string): End => {
        const known = ends.get(name);
        if (known) return known;
        const self = { userId: `@${name}:hs`, deviceId: name.toUpperCase() };
        const [events, requests, pages] = [
            new Set<(r: ReceivedCallEvent) => void>(),
            new Set<(r: CallRequest) => void>(),
            new Set<string>(),
        ];
        const calls = createCalls({
            self,
            log,
            now: Date.now,
            inRoom: () => true,
            relayOnly: () => options.relayOnly ?? false,
            iceServers: {
                get: () => Promise.resolve({ servers: options.iceServers?.() ?? [], noneUsable: false }),
                refused: (urls) => void refusedServers.push(...urls),
            },
            signalling: {
                async send(roomId, event) {
                    for (const other of ends.values())
                        if (other.self !== self)
                            for (const l of other.events) l({ roomId, from: self, event, ageMs: 0 });
                },
                onEvent: (listener) => listen(events, listener),
                dispose: () => undefined,
            },
            requests: {
                async send(roomId, shareId, to, callId) {
                    for (const other of ends.values())
                        if (other.self.deviceId === to.deviceId)
                            for (const l of other.requests) l({ roomId, shareId, from: self, callId });
                },
                onRequest: (listener) => listen(requests, listener),
            },
        });
        calls.onPage((pageId, generation, message) => {
            if (message.type === 'mesh.open') connections.add(message.connection);
            host.send(pageId, generation, message);
        });
        const made = { self, calls, events, requests, pages };
        ends.set(name, made);
        return made;
    };
    const heard = host.onMessage((pageId, _generation, message) => {
        if (!message.type.startsWith('mesh.') && message.type !== 'servers.refused') return;
        for (const { pages, calls } of ends.values())
            if (pages.has(pageId)) calls.handlePageMessage(message as MeshMessage | ServersMessage, pageId);
    });
    return {
        get sharer() {
            return end('sharer').calls;
        },
        serve(page) {
            end('sharer').pages.add(page);
            end('sharer').calls.publish({ roomId: ROOM, shareId: page }, { pageId: page, generation: 1 });
        },
        watch(page, share) {
            const { userId, deviceId } = end('sharer').self;
            end(page).pages.add(page);
            end(page).calls.watch({ roomId: ROOM, userId, deviceId, shareId: share }, { pageId: page, generation: 1 });
        },
        takeOver() {
            const { calls, pages } = end('sharer');
            calls.dispose();
            ends.delete('sharer');
            const next = end('sharer');
            for (const page of pages) next.pages.add(page);
            next.calls.adopt([...pages].map((pageId) => ({ roomId: ROOM, page: { pageId, generation: 1 } })));
            for (const pageId of pages)
                next.calls.publish({ roomId: ROOM, shareId: pageId }, { pageId, generation: 1 });
        },
        release: (page) => end(page).calls.release(page),
        breakConnection: (connection) =>
            end('sharer').calls.handlePageMessage({ type: 'mesh.state', connection, state: 'failed', route: 'direct' }),
        connections: () => [...connections],
        refusedServers: () => refusedServers,
        async dispose() {
            heard.dispose();
            for (const { calls } of ends.values()) await calls.close(100);
        },
    };
}
