/** Ports that do what the test says, and record what was asked. */
import type { AdoptedPage, CallsPort, ForeignCall } from '../../../src/core/session/callsPort.ts';
import type {
    AudienceEvent,
    CoverEvent,
    KeyEvent,
    MediaKey,
    MembershipLost,
    RtcPort,
    WatchEvent,
    WithheldEvent,
} from '../../../src/core/session/rtcPort.ts';
import type { Disposable } from '../../../src/core/base/disposable.ts';
import type { MediaPort, PageRequest } from '../../../src/core/session/mediaPort.ts';
import type { HostMessage, MeshMessage, PageMessage } from '../../../src/core/share/mediaMessages.ts';

class Listeners<T extends unknown[]> {
    readonly #set = new Set<(...args: T) => void>();
    readonly add = (listener: (...args: T) => void): Disposable => {
        this.#set.add(listener);
        return { dispose: () => this.#set.delete(listener) };
    };
    fire(...args: T): void {
        for (const listener of this.#set) listener(...args);
    }
    get size(): number {
        return this.#set.size;
    }
}

export class FakeRtc implements RtcPort {
    readonly calls: string[] = [];
    keys: MediaKey[] = [];
    /** What the next call of a method waits for. */
    gates: Partial<
        Record<
            'join' | 'leave' | 'announce' | 'mayShare' | 'publishGrant' | 'viewerGrant' | 'startKeys',
            Promise<unknown>
        >
    > = {};
    readonly keyEvents = new Listeners<[KeyEvent]>();
    readonly watchEvents = new Listeners<[WatchEvent]>();
    readonly lost = new Listeners<[MembershipLost]>();

    async #did(name: keyof FakeRtc['gates'], text: string): Promise<void> {
        this.calls.push(text);
        await this.gates[name];
        this.calls.push(`${text} done`);
    }
    join: RtcPort['join'] = (roomId) => this.#did('join', `join ${roomId}`);
    announce: RtcPort['announce'] = (roomId) => this.#did('announce', `announce ${roomId}`);
    leave: RtcPort['leave'] = (roomId) => this.#did('leave', `leave ${roomId}`);
    startKeys: RtcPort['startKeys'] = (roomId) => this.#did('startKeys', `startKeys ${roomId}`);
    stopKeys = (roomId: string): void => void this.calls.push(`stopKeys ${roomId}`);
    mayShare = (): Promise<void> => this.#did('mayShare', 'mayShare');
    async publishGrant(roomId: string) {
        await this.#did('publishGrant', `publishGrant ${roomId}`);
        return { grant: { url: 'wss://sfu.hs', token: 'jwt-publish' }, identity: '@alice:hs:ADEV' };
    }
    async viewerGrant(roomId: string, serviceUrl: string | undefined) {
        await this.#did('viewerGrant', `viewerGrant ${roomId} ${serviceUrl ?? ''}`);
        return { url: 'wss://sfu.hs', token: 'jwt-view' };
    }
    currentKeys = (): readonly MediaKey[] => this.keys;
    onKey = this.keyEvents.add;
    sendWatch = async (target: { shareId: string }, watching: boolean): Promise<void> => {
        this.calls.push(`watch ${target.shareId} ${watching}`);
    };
    onWatch = this.watchEvents.add;
    onMembershipLost = this.lost.add;
    readonly withheld = new Listeners<[WithheldEvent]>();
    readonly audiences = new Listeners<[AudienceEvent]>();
    onWithheld = this.withheld.add;
    onAudience = this.audiences.add;
    readonly covers = new Listeners<[CoverEvent]>();
    onCover = this.covers.add;
    sendCover: RtcPort['sendCover'] = async ({ shareId, cover }, to) => {
        this.calls.push(`cover ${shareId} ${cover} ${to.map(({ userId }) => userId).join()}`);
    };
}

export class FakeCalls implements CallsPort {
    readonly asked: string[] = [];
    readonly pages = new Listeners<[string, number, HostMessage]>();
    readonly gaveUp = new Listeners<[string, number]>();
    publish = ({ shareId }: { shareId: string }): void => void this.asked.push(`serve ${shareId}`);
    watch = ({ shareId }: { shareId: string }): void => void this.asked.push(`watch ${shareId}`);
    release = (pageId: string): void => void this.asked.push(`release ${pageId}`);
    unpublish = (pageId: string): void => void this.asked.push(`retire ${pageId}`);
    handlePageMessage = (message: MeshMessage): void => void this.asked.push(message.type);
    deviceGone = (_roomId: string, { deviceId }: { deviceId: string }): void =>
        void this.asked.push(`gone ${deviceId}`);
    roomLeft = (roomId: string): void => void this.asked.push(`left ${roomId}`);
    call = ({ userId }: { userId: string }): void => void this.asked.push(`call ${userId}`);
    accept = ({ callId }: { callId: string }): void => void this.asked.push(`accept ${callId}`);
    decline = (callId: string): void => void this.asked.push(`decline ${callId}`);
    adopt = (pages: readonly AdoptedPage[]): void =>
        void this.asked.push(`adopt ${pages.map(({ page, callId }) => callId ?? page.pageId).join()}`);
    readonly foreign = new Listeners<[ForeignCall]>();
    onForeignCall = this.foreign.add;
    onPage = this.pages.add;
    onGaveUp = this.gaveUp.add;
}

export class FakeMedia implements MediaPort {
    readonly opened: PageRequest[] = [];
    readonly sent: { pageId: string; generation: number; message: HostMessage }[] = [];
    readonly closed: string[] = [];
    readonly revealed: string[] = [];
    readonly messages = new Listeners<[string, number, PageMessage]>();
    readonly closings = new Listeners<[string, number, string]>();

    open = (page: PageRequest): void => void this.opened.push(page);
    send = (pageId: string, generation: number, message: HostMessage): void =>
        void this.sent.push({ pageId, generation, message });
    close = (pageId: string): void => void this.closed.push(pageId);
    /** Tabs restored by VS Code, and opened ones, are told apart by no test. */
    restored = false;
    hasTab = (pageId: string): boolean => this.restored || this.opened.some((page) => page.pageId === pageId);
    reveal = (pageId: string): void => void this.revealed.push(pageId);
    onMessage = this.messages.add;
    onClosed = this.closings.add;

    /** Types of what a page was told, in order. */
    told(pageId: string): string[] {
        return this.sent.filter((s) => s.pageId === pageId).map((s) => s.message.type);
    }
}
