/** An account that does what the test says, on the fake ports of the session tests. */
import type { Account } from '../../../src/core/account/account.ts';
import type { ChatPort } from '../../../src/core/chat/chatPort.ts';
import type { FilesPort, Progress } from '../../../src/core/files/filesPort.ts';
import { Listeners } from '../../../src/core/base/listeners.ts';
import type { RoomNotice, RoomsPort } from '../../../src/core/rooms/roomsPort.ts';
import { NO_ACTIVITY, type OwnStatus, type PresencePort } from '../../../src/core/rooms/presencePort.ts';
import type { RtcPort } from '../../../src/core/session/rtcPort.ts';
import type { AccountState } from '../../../src/core/account/accountState.ts';
import type { RoomSnapshot } from '../../../src/core/rooms/room.ts';
import type { Share } from '../../../src/core/share/share.ts';
import type { OwnTrust } from '../../../src/core/trust/shareTrust.ts';
import type { TrustPort, Verification } from '../../../src/core/trust/trustPort.ts';
import { FakeCalls, FakeRtc } from '../session/fakePorts.ts';
import { ALICE } from '../session/fixtures.ts';

export class FakeAccount {
    readonly userId = ALICE.userId;
    readonly deviceId = ALICE.deviceId;
    readonly rtc = new FakeRtc();
    readonly calls = new FakeCalls();
    readonly chatChanges = new Listeners<[string]>();
    readonly chat: ChatPort = {
        timeline: async (roomId) => ({ roomId, messages: [], atStart: true, full: false, atEnd: true }),
        earlier: async () => undefined,
        later: async () => undefined,
        find: async () => undefined,
        send: async () => undefined,
        onChange: this.chatChanges.add,
    };
    readonly progress = new Listeners<[Progress]>();
    readonly files = { onProgress: this.progress.add } as Partial<FilesPort> as FilesPort;
    readonly roomNews = new Listeners<[RoomNotice]>();
    readonly roomAdmin = { onNews: this.roomNews.add } as Partial<RoomsPort> as RoomsPort;
    readonly statuses: OwnStatus[] = [];
    readonly presence: PresencePort = {
        look: () => undefined,
        show: (status) => void this.statuses.push(status),
        type: () => undefined,
        markRead: () => undefined,
        activity: () => Promise.resolve(NO_ACTIVITY),
        onActivity: new Listeners<[string]>().add,
    };
    readonly verifications = new Listeners<[Verification]>();
    readonly trust = {
        own: { kind: 'trusted', recovery: 'none', backup: 'off', otherDevices: false },
        onOwn: new Listeners<[OwnTrust]>().add,
        onVerification: this.verifications.add,
    } as Partial<TrustPort> as TrustPort;
    /** Rooms' shares as last announced. */
    readonly announced = new Map<string, readonly Share[]>();
    state: AccountState = { kind: 'ready', ...ALICE, online: true };
    snapshots: readonly RoomSnapshot[] = [];
    readonly stops: ({ readonly handOver?: boolean } | undefined)[] = [];
    readonly states = new Listeners<[AccountState]>();
    readonly changes = new Listeners<[]>();
    readonly invitations = new Listeners<[RoomSnapshot]>();

    constructor() {
        const { join, announce, leave } = this.rtc;
        const note =
            (did: RtcPort['join']): RtcPort['join'] =>
            async (roomId, shares) => {
                await did(roomId, shares);
                this.announced.set(roomId, shares);
            };
        this.rtc.join = note(join);
        this.rtc.announce = note(announce);
        this.rtc.leave = async (roomId) => {
            await leave(roomId);
            this.announced.delete(roomId);
        };
    }

    rooms = (): readonly RoomSnapshot[] => this.snapshots;
    onState = this.states.add;
    onRooms = this.changes.add;
    onInvite = this.invitations.add;
    people = async () => [{ userId: '@bob:hs', name: 'Bob' }];
    start = (): void => undefined;
    signOut = async (): Promise<void> => this.become({ kind: 'signedOut' });
    stop = async (how?: { readonly handOver?: boolean }): Promise<void> => void this.stops.push(how);

    become(state: AccountState): void {
        this.state = state;
        this.states.emit(state);
    }
    get asAccount(): Account {
        return this as Partial<Account> as Account;
    }
}
