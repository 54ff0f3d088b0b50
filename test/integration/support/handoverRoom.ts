/**
 * A room of people with real session cores, call machines and pages. Only the homeserver is missing: events,
 * memberships and keys are passed within this process. Media tokens come from a real LiveKit.
 */
import { randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { HushError } from '../../../src/core/base/errors.ts';
import { createBrowserLink } from '../../../src/extension/share/page/browserLink.ts';
import { createMediaHost } from '../../../src/extension/share/page/mediaHost.ts';
import { readPageFiles } from '../../../src/extension/share/page/pageFiles.ts';
import { createOrchestrator, type Orchestrator } from '../../../src/core/session/orchestrator.ts';
import type { KeyEvent, MediaKey, RtcPort, WatchEvent } from '../../../src/core/session/rtcPort.ts';
import type { PageRequest } from '../../../src/core/session/mediaPort.ts';
import type { Notice } from '../../../src/core/session/state.ts';
import type { RtcMembership, Share } from '../../../src/core/share/share.ts';
import { createCalls, type Calls } from '../../../src/matrix/calls/callRunner.ts';
import type { CallRequest } from '../../../src/matrix/calls/callRequests.ts';
import type { ReceivedCallEvent } from '../../../src/matrix/calls/signalling.ts';
import { pageBundle } from './pageBundle.ts';
import type { PageLiveKit } from './pageLiveKit.ts';

export const ROOM = '!room:hs';
const SERVICE = 'https://sfu.hs/jwt';

export interface RoomPerson {
    readonly userId: string;
    readonly deviceId: string;
    readonly core: Orchestrator;
    readonly calls: Calls;
    readonly notices: readonly Notice[];
    /** Resolves with the page of this person's share or view when it is open. */
    page(pageId: string): Promise<Page>;
    /** Ends all waits of this many ms now. */
    pass(ms: number): void;
}
export interface HandoverRoom {
    /** Whether the room has an SFU now. */
    server: boolean;
    /** The log lines of everybody. */
    readonly lines: readonly string[];
    add(name: string): RoomPerson;
    /** Adds a person with another MatrixRTC client who does nothing. */
    addOther(name: string): void;
    removeOther(name: string): void;
    dispose(): Promise<void>;
}

class Ears<T extends unknown[]> {
    readonly #all = new Set<(...args: T) => void>();
    readonly on = (listener: (...args: T) => void) => {
        this.#all.add(listener);
        return { dispose: () => this.#all.delete(listener) };
    };
    say(...args: T): void {
        for (const listener of this.#all) listener(...args);
    }
}
interface Insides extends RoomPerson {
    readonly events: Ears<[ReceivedCallEvent]>;
    readonly requests: Ears<[CallRequest]>;
    readonly keys: Ears<[KeyEvent]>;
    readonly watches: Ears<[WatchEvent]>;
    /** As on the homeserver. Undefined outside of the session. */
    shares: readonly Share[] | undefined;
}

export function createHandoverRoom(
    newPage: () => Promise<Page>,
    liveKit: Pick<PageLiveKit, 'url' | 'publisherToken' | 'viewerToken'>,
    /** Delay of a call event in ms. Without it, there is none. */
    delay?: () => number,
): HandoverRoom {
    const people = new Map<string, Insides>();
    const others = new Set<string>();
    const media = `room-${randomBytes(4).toString('hex')}`;
    const current = new Map<string, MediaKey>();
    const logged = process.env['HUSH_TEST_LOG'] ? console.error : () => undefined;
    const lines: string[] = [];
    const log = {
        debug: logged,
        info(text: string) {
            lines.push(text);
            logged(text);
        },
        warn: logged,
        error: logged,
    };

    const members = (): RtcMembership[] => {
        const member = (userId: string, deviceId: string, client: 'hush' | 'other', shares: readonly Share[]) => ({
            userId,
            deviceId,
            name: userId.slice(1, -3),
            memberId: `${userId}:${deviceId}`,
            createdTs: 1,
            identity: `${userId}:${deviceId}`,
            serviceUrl: room.server ? SERVICE : undefined,
            client,
            shares,
        });
        return [
            ...[...people.values()].flatMap((p) => (p.shares ? [member(p.userId, p.deviceId, 'hush', p.shares)] : [])),
            ...[...others].map((name) => member(`@${name}:hs`, 'ELEMENT', 'other', [])),
        ];
    };
    const membersChanged = (): void => {
        const now = members();
        for (const { core } of people.values()) core.dispatch({ type: 'rtcChanged', roomId: ROOM, members: now });
    };
    const add = (name: string): RoomPerson => {
        const self = { userId: `@${name}:hs`, deviceId: name.toUpperCase() };
        const identity = `${self.userId}:${self.deviceId}`;
        const [events, requests] = [new Ears<[ReceivedCallEvent]>(), new Ears<[CallRequest]>()];
        const [keys, watches] = [new Ears<[KeyEvent]>(), new Ears<[WatchEvent]>()];
        const pages = new Map<string, PromiseWithResolvers<Page>>();
        const pageOf = (pageId: string): PromiseWithResolvers<Page> => {
            const known = pages.get(pageId) ?? Promise.withResolvers<Page>();
            pages.set(pageId, known);
            return known;
        };
        const link = (request: PageRequest) =>
            createBrowserLink(request, {
                files: async () => readPageFiles(await pageBundle()),
                log,
                async openUrl(url, token) {
                    const page = await newPage();
                    await page.goto(`${url}#${token}`);
                    pageOf(request.pageId).resolve(page);
                },
            });
        const host = createMediaHost({ opener: { openTab: link, openBrowser: link }, theme: () => 'light', log });
        const calls = createCalls({
            self,
            log,
            now: Date.now,
            inRoom: (_room, userId) => [...people.values()].some((p) => p.userId === userId),
            relayOnly: () => false,
            iceServers: {
                get: () => Promise.resolve({ servers: [], noneUsable: false }),
                refused: () => undefined,
            },
            signalling: {
                async send(roomId, event) {
                    if (delay) await new Promise((resolve) => setTimeout(resolve, delay()));
                    for (const p of people.values())
                        if (p !== person) p.events.say({ roomId, from: self, event, ageMs: 0 });
                },
                onEvent: events.on,
                dispose: () => undefined,
            },
            requests: {
                async send(roomId, shareId, to, callId) {
                    people.get(to.deviceId)?.requests.say({ roomId, shareId, from: self, callId });
                },
                onRequest: requests.on,
            },
        });
        const server = (): void => {
            if (!room.server) throw new HushError('media.noServer', 'This room has no media server.');
        };
        const announce = async (_room: string, shares: readonly Share[]): Promise<void> => {
            person.shares = shares;
            membersChanged();
        };
        const rtc: RtcPort = {
            join: announce,
            announce,
            async leave() {
                person.shares = undefined;
                membersChanged();
            },
            mayShare: () => Promise.resolve(),
            async publishGrant() {
                server();
                return { grant: { url: liveKit.url, token: await liveKit.publisherToken(media, identity) }, identity };
            },
            async viewerGrant(_room, _service, tabId) {
                server();
                return { url: liveKit.url, token: await liveKit.viewerToken(media, `${identity}:${tabId}`) };
            },
            async startKeys() {
                const key = { roomId: ROOM, identity, index: 0, key: randomBytes(16).toString('base64') };
                current.set(identity, key);
                for (const p of people.values()) if (p.shares) p.keys.say({ kind: 'key', key });
            },
            stopKeys: () => void current.delete(identity),
            currentKeys: () => [...current.values()],
            onKey: keys.on,
            async sendWatch({ roomId, shareId, deviceId }, watching, via) {
                people.get(deviceId)?.watches.say({ roomId, shareId, ...self, watching, via });
            },
            onWatch: watches.on,
            sendCover: async () => undefined,
            onCover: () => ({ dispose: () => undefined }),
            onWithheld: () => ({ dispose: () => undefined }),
            onAudience: () => ({ dispose: () => undefined }),
            onMembershipLost: () => ({ dispose: () => undefined }),
        };
        const waits = new Map<() => void, number>();
        const notices: Notice[] = [];
        const core = createOrchestrator({
            rtc,
            calls,
            media: host,
            log,
            deviceTrust: async () => 'verified',
            deviceName: async () => 'Laptop',
            notify: (notice) => notices.push(notice),
            after(ms, work) {
                waits.set(work, ms);
                return () => waits.delete(work);
            },
        });
        const person: Insides = {
            ...self,
            core,
            calls,
            notices,
            events,
            requests,
            keys,
            watches,
            shares: undefined,
            page: (pageId) => pageOf(pageId).promise,
            pass(ms) {
                for (const [work, of] of [...waits]) {
                    if (of !== ms) continue;
                    waits.delete(work);
                    work();
                }
            },
        };
        people.set(self.deviceId, person);
        core.dispatch({ type: 'signedIn', self });
        core.dispatch({ type: 'rtcChanged', roomId: ROOM, members: members() });
        return person;
    };
    const room: HandoverRoom = {
        server: true,
        lines,
        add,
        addOther(name) {
            others.add(name);
            membersChanged();
        },
        removeOther(name) {
            others.delete(name);
            membersChanged();
        },
        async dispose() {
            for (const { core, calls } of people.values()) {
                core.dispatch({ type: 'signedOut' });
                core.dispose();
                await calls.close(100);
            }
        },
    };
    return room;
}
