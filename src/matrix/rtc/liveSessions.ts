/** The MatrixRTC sessions of the joined rooms. Each has our membership and reports the memberships of others. */
import { KnownMembership, RoomEvent, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import {
    MatrixRTCSessionEvent,
    type MatrixRTCSession,
    type CallMembership,
} from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { parseUserId } from '../../core/base/identifiers.ts';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { MembershipLost } from '../../core/session/rtcPort.ts';
import type { RtcMembership } from '../../core/share/share.ts';
import { memberName } from '../names/shownNames.ts';
import { createDelayedLeave } from './delayedLeave.ts';
import type { MediaKeys } from './keyRingRunner.ts';
import type { Device } from './olmMessages.ts';
import type { OwnMember } from './ownMember.ts';
import { createOwnMembership, type OwnMembership } from './ownMembership.ts';
import { onePerDevice, toRtcMember } from './rtcMembers.ts';

export interface LiveSession {
    readonly session: MatrixRTCSession;
    readonly own: OwnMembership;
    /** Stops listening to the session. */
    detach(): void;
    serviceUrl: string | undefined;
    /** Our identity in the session. It stays from the first token until we leave. */
    member: OwnMember | undefined;
    /** No delayed leave of an earlier run can end our membership. */
    clean: boolean;
    /** How often we left. A join that was in progress then stops. */
    leaves: number;
    /** Names the newest decision about who ends our membership. */
    kept: object | undefined;
    /** Runs an operation on our membership after all earlier ones. */
    inTurn<T>(work: () => Promise<T>): Promise<T>;
}

export interface LiveSessions {
    readonly roomIds: readonly string[];
    readonly memberChanges: Listeners<[string]>;
    readonly losses: Listeners<[MembershipLost]>;
    get(roomId: string): LiveSession | undefined;
    /** @throws HushError `room.notFound`. */
    joinedRoom(roomId: string): Room;
    attach(room: Room): LiveSession;
    members(session: MatrixRTCSession): RtcMembership[];
    dispose(): void;
}

export interface LiveSessionsOptions {
    readonly sdk: MatrixClient;
    readonly self: Device;
    readonly keys: Pick<MediaKeys, 'stop' | 'forget'> & {
        members(roomId: string, members: readonly RtcMembership[]): void;
    };
    /** Logs a fact about a malformed event once, although every change reports it again. */
    readonly note: (text: string) => void;
    readonly now: () => number;
    readonly log: Log;
}

export function createLiveSessions({ sdk, self, keys, note, now, log }: LiveSessionsOptions): LiveSessions {
    const live = new Map<string, LiveSession>();
    const memberChanges = new Listeners<[string]>();
    const losses = new Listeners<[MembershipLost]>();
    const ownServer = parseUserId(self.userId)?.serverName;

    const members = (session: MatrixRTCSession): RtcMembership[] => {
        const oldest = session.memberships[0];
        const nameOf = (userId: string): string => memberName(sdk.getRoom(session.room.roomId), userId);
        const read = (membership: CallMembership): RtcMembership =>
            toRtcMember(membership, oldest ?? membership, ownServer, nameOf, note);
        return onePerDevice(session.memberships.map(read));
    };
    const attach = (room: Room): LiveSession => {
        const { roomId } = room;
        const known = live.get(roomId);
        if (known) return known;
        const session = sdk.matrixRTC.getRoomSession(room);
        const lost = (error: HushError): void => {
            log.warn(`The membership in ${roomId} was lost`, error);
            keys.stop(roomId);
            losses.emit({ roomId, error });
        };
        const cancel = (delayId: string) => sdk._unstable_cancelScheduledDelayedEvent(delayId);
        const delayedLeave = createDelayedLeave({ session, cancel, log });
        const own = createOwnMembership({ session, roomId, self, now, onLost: lost, delayedLeave });
        const changed = (): void => {
            keys.members(roomId, members(session));
            memberChanges.emit(roomId);
        };
        let turn: Promise<unknown> = Promise.resolve();
        const entry: LiveSession = {
            session,
            own,
            detach() {
                session.off(MatrixRTCSessionEvent.MembershipsChanged, changed);
                own.dispose();
            },
            serviceUrl: undefined,
            member: undefined,
            clean: false,
            leaves: 0,
            kept: undefined,
            inTurn(work) {
                const result = turn.then(work, work);
                turn = result.catch(() => undefined);
                return result;
            },
        };
        live.set(roomId, entry);
        session.on(MatrixRTCSessionEvent.MembershipsChanged, changed);
        void session
            .ensureRecalculateSessionMembers()
            .then(changed, (error: unknown) => log.warn('Reading the memberships did not work', error));
        return entry;
    };
    const onRoom = (room: Room): void => {
        if (room.getMyMembership() === KnownMembership.Join) attach(room);
    };
    const onMyMembership = (room: Room, membership: string): void => {
        if (membership === KnownMembership.Join) return onRoom(room);
        const { roomId } = room;
        const entry = live.get(roomId);
        if (!entry) return;
        live.delete(roomId);
        entry.detach();
        keys.forget(roomId);
        if (entry.own.joined) {
            void entry.own.leave().catch(() => undefined); // the room refuses it by now, but the SDK's manager stops
            const text = `You are not in ${room.name} any more, so the session there ended for you.`;
            losses.emit({ roomId, error: new HushError('room.notFound', text) });
        }
        memberChanges.emit(roomId);
    };
    sdk.on(RoomEvent.MyMembership, onMyMembership);
    for (const room of sdk.getRooms()) onRoom(room);

    return {
        get roomIds() {
            return [...live.keys()];
        },
        memberChanges,
        losses,
        get: (roomId) => live.get(roomId),
        joinedRoom(roomId) {
            const room = sdk.getRoom(roomId);
            if (room?.getMyMembership() !== KnownMembership.Join)
                throw new HushError('room.notFound', 'You are not in this room any more.');
            return room;
        },
        attach,
        members,
        dispose() {
            sdk.off(RoomEvent.MyMembership, onMyMembership);
            for (const entry of live.values()) entry.detach();
            live.clear();
            memberChanges.clear();
            losses.clear();
        },
    };
}
