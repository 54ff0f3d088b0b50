/** `RtcPort` on matrix-js-sdk: memberships, room tokens, media keys and watch messages of our rooms. */
import { KnownMembership, RoomEvent, type MatrixClient, type Room } from 'matrix-js-sdk/lib/matrix.js';
import {
    MatrixRTCSessionEvent,
    type CallMembership,
    type MatrixRTCSession,
} from 'matrix-js-sdk/lib/matrixrtc/index.js';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Log } from '../../core/base/log.ts';
import type { MembershipLost, RtcPort } from '../../core/session/rtcPort.ts';
import type { RtcMember, Share } from '../../core/share/share.ts';
import { parseUserId } from '../../core/base/identifiers.ts';
import { fromSdk } from '../requests/matrixHttp.ts';
import { parseLivekitSession } from '../events/hushEvents.ts';
import { CALL_MEMBER_TYPE, LIVEKIT_SESSION_TYPE } from '../../core/rooms/eventTypes.ts';
import type { Grants } from './grants.ts';
import type { MediaKeys } from './keyRingRunner.ts';
import { CALL_ERRORS, createOwnMembership, leftMeanwhile, type OwnMembership } from './ownMembership.ts';
import { createDelayedLeave } from './delayedLeave.ts';
import { authorisationService, homeserverSfu } from './homeserverSfu.ts';
import type { HomeserverTokens } from './homeserverTokens.ts';
import {
    isHashed,
    isSticky,
    participantIdentity,
    wantsSticky,
    type MembershipSetting,
    type OwnMember,
} from './ownMember.ts';
import { onePerDevice, toRtcMember } from './rtcMembers.ts';
import type { Device } from './olmMessages.ts';
import { findStaleLeaves } from './staleLeaves.ts';
import type { Transports } from './transports.ts';
import type { Watch } from './watch.ts';

export interface RtcOptions {
    readonly sdk: MatrixClient;
    readonly self: Device;
    readonly transports: Transports;
    readonly grants: Grants;
    readonly homeserver: Pick<HomeserverTokens, 'delegates' | 'delegate'>;
    readonly keys: MediaKeys;
    readonly watch: Watch;
    /** Looks at the devices that our key is about to go to. */
    readonly judge: (devices: readonly Device[]) => Promise<void>;
    /** @throws HushError `clock.wrong`: by this computer's clock every membership, also one's own, is over already. */
    readonly assertClock: () => void;
    /** `hush.matrixRtc.membership`. */
    readonly membershipSetting?: (() => MembershipSetting) | undefined;
    /** A random UUID. */
    readonly uuid: () => string;
    readonly now: () => number;
    readonly log: Log;
}
export interface Rtc extends Omit<RtcPort, 'onWithheld' | 'onAudience'> {
    /** Current memberships, oldest first; empty for rooms we are not in. */
    members(roomId: string): readonly RtcMember[];
    onMembers(listener: (roomId: string) => void): { dispose(): void };
    /** Leaves every session we are in, bounded. */
    leaveAll(): Promise<void>;
    /** Forgets listeners, timers and keys. */
    dispose(): void;
}

interface Live {
    readonly session: MatrixRTCSession;
    readonly own: OwnMembership;
    /** Stops listening to the session. */
    detach(): void;
    serviceUrl: string | undefined;
    /** As what we join. It stays from the first token until the session is left. */
    member: OwnMember | undefined;
    /** No earlier run of this device will end our membership. */
    clean: boolean;
    /** How often it was left: a join that was on its way then does not go on. */
    leaves: number;
    /** Operations on our membership, one after the other. */
    turn: Promise<unknown>;
}

export function createRtc(options: RtcOptions): Rtc {
    const { sdk, self, transports, grants, homeserver, keys, watch, judge, assertClock, now, log } = options;
    const live = new Map<string, Live>();
    const memberChanges = new Listeners<[string]>();
    const losses = new Listeners<[MembershipLost]>();
    const noted = new Set<string>();
    const ownServer = parseUserId(self.userId)?.serverName;

    const note = (text: string): void => {
        if (noted.size > 200) noted.clear();
        if (!noted.has(text)) log.warn(text); // a malformed event is seen again at every change
        noted.add(text);
    };
    const joinedRoom = (roomId: string): Room => {
        const room = sdk.getRoom(roomId);
        if (room?.getMyMembership() !== KnownMembership.Join)
            throw new HushError('room.notFound', 'You are not in this room any more.');
        return room;
    };
    const readMembers = (session: MatrixRTCSession): RtcMember[] => {
        const oldest = session.memberships[0];
        const nameOf = (userId: string): string => sdk.getRoom(session.room.roomId)?.getMember(userId)?.name ?? userId;
        const read = (membership: CallMembership): RtcMember =>
            toRtcMember(membership, oldest ?? membership, ownServer, nameOf, note);
        return onePerDevice(session.memberships.map(read));
    };
    const attach = (room: Room): Live => {
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
        const entry: Live = {
            session,
            own,
            detach: () => undefined,
            serviceUrl: undefined,
            member: undefined,
            clean: false,
            leaves: 0,
            turn: Promise.resolve(),
        };
        live.set(roomId, entry);
        const changed = (): void => {
            keys.members(roomId, readMembers(session));
            memberChanges.emit(roomId);
        };
        session.on(MatrixRTCSessionEvent.MembershipsChanged, changed);
        entry.detach = () => {
            session.off(MatrixRTCSessionEvent.MembershipsChanged, changed);
            own.dispose();
        };
        void session
            .ensureRecalculateSessionMembers()
            .then(changed, (error: unknown) => log.warn('Reading the memberships did not work', error));
        return entry;
    };
    const entryOf = (roomId: string): Live => attach(joinedRoom(roomId));
    const inTurn = <T>(entry: Live, work: () => Promise<T>): Promise<T> => {
        const result = entry.turn.then(work, work);
        entry.turn = result.catch(() => undefined);
        return result;
    };
    const ownServiceUrl = async (room: Room, entry: Live): Promise<string> => {
        const told = room.currentState.getStateEvents(LIVEKIT_SESSION_TYPE, '')?.getContent();
        const parsed = told && Object.keys(told).length > 0 ? parseLivekitSession(told) : undefined;
        if (parsed && !parsed.ok) note(`Ignored ${LIVEKIT_SESSION_TYPE} in ${room.roomId}: ${parsed.reason}`);
        entry.serviceUrl ??= (
            await transports.own(parsed?.ok ? parsed.value.livekit_service_url : undefined)
        ).serviceUrl;
        return entry.serviceUrl;
    };
    const serviceUrlIfAny = (room: Room, entry: Live): Promise<string | undefined> =>
        ownServiceUrl(room, entry).catch((error: unknown) => {
            if (isHushError(error) && error.code === 'media.noServer') return undefined;
            throw error;
        });
    const memberOf = async (entry: Live): Promise<OwnMember> => {
        if (entry.member) return entry.member;
        const others = entry.session.memberships
            .filter(({ userId, deviceId }) => userId !== self.userId || deviceId !== self.deviceId)
            .map((membership) => ({ sticky: isSticky(membership) }));
        const sticky = wantsSticky({
            setting: options.membershipSetting?.() ?? 'auto',
            supported: await sdk.doesServerSupportUnstableFeature('org.matrix.msc4354'),
            serviceUrl: entry.serviceUrl,
            others,
        });
        // A state event is one for each device, a sticky event one for each join.
        const chosen = { sticky, memberId: sticky ? options.uuid() : `${self.userId}:${self.deviceId}` };
        return (entry.member ??= chosen);
    };
    const identityOf = ({ sticky, memberId }: OwnMember, serviceUrl: string | undefined): string =>
        participantIdentity(self, memberId, isHashed(sticky, serviceUrl));
    /** While a share is at an SFU that the homeserver watches, it is the homeserver that ends our membership. */
    const keepMembership = async (roomId: string, entry: Live, shares: readonly Share[]): Promise<void> => {
        const { member, serviceUrl } = entry;
        const sfu = serviceUrl === undefined ? undefined : homeserverSfu(serviceUrl);
        const there = shares.some((share) => share.transport !== 'mesh');
        // The homeserver knows no participant by the name that a state event gives it.
        const can = sfu && member && there && isHashed(member.sticky, serviceUrl) && (await homeserver.delegates());
        if (!entry.own.joined) return;
        entry.own.keep(can ? (delayId) => homeserver.delegate(sfu, roomId, member.memberId, delayId) : undefined);
    };
    /** Best effort: tells the room's other clients where and since when there is a share. Holds no secret. */
    const recordShare = async (room: Room, serviceUrl: string, startedTs: number): Promise<void> => {
        const service = authorisationService(serviceUrl);
        if (service === undefined || !room.currentState.maySendStateEvent(LIVEKIT_SESSION_TYPE, self.userId)) return;
        const content = {
            version: 1,
            transport: 'livekit',
            livekit_service_url: service,
            livekit_alias: room.roomId,
            started_by: self.userId,
            started_ts: startedTs,
        };
        await sdk
            .sendStateEvent(room.roomId, LIVEKIT_SESSION_TYPE as never, content as never, '')
            .catch((error: unknown) =>
                log.warn(`${LIVEKIT_SESSION_TYPE} was not written`, fromSdk(error, 'Recording the share')),
            );
    };

    const onRoom = (room: Room): void => {
        if (room.getMyMembership() === KnownMembership.Join) attach(room);
    };
    const onMyMembership = (room: Room, membership: string): void => {
        if (membership === KnownMembership.Join) return onRoom(room);
        const entry = live.get(room.roomId);
        if (!entry) return;
        live.delete(room.roomId);
        entry.detach();
        keys.forget(room.roomId);
        if (entry.own.joined) {
            void entry.own.leave().catch(() => undefined); // the room refuses by now; this stops the manager
            losses.emit({
                roomId: room.roomId,
                error: new HushError(
                    'room.notFound',
                    `You are not in ${room.name} any more, so the session there ended for you.`,
                ),
            });
        }
        memberChanges.emit(room.roomId);
    };
    sdk.on(RoomEvent.MyMembership, onMyMembership);
    for (const room of sdk.getRooms()) onRoom(room);

    return {
        members: (roomId) => {
            const entry = live.get(roomId);
            return entry ? readMembers(entry.session) : [];
        },
        onMembers: memberChanges.add,
        async join(roomId, shares) {
            const room = joinedRoom(roomId);
            if (!room.hasEncryptionStateEvent())
                throw new HushError(
                    'room.notEncrypted',
                    `${room.name} is not encrypted, and Hush shares only in encrypted rooms. Turn on encryption for it, or use another room.`,
                );
            if (!room.currentState.maySendStateEvent(CALL_MEMBER_TYPE, self.userId))
                throw new HushError(...CALL_ERRORS['M_FORBIDDEN']!);
            const entry = attach(room);
            await inTurn(entry, async () => {
                if (entry.own.joined) return entry.own.announce(shares);
                assertClock();
                const { leaves } = entry;
                const serviceUrl = await serviceUrlIfAny(room, entry);
                const stale = entry.clean ? undefined : await findStaleLeaves(sdk, roomId, self, log);
                if (entry.leaves !== leaves) throw leftMeanwhile();
                const member = await memberOf(entry);
                keys.as(roomId, { identity: identityOf(member, serviceUrl), memberId: member.memberId });
                await entry.own.join(shares, serviceUrl, member);
                if (stale) entry.clean = await stale.cancel();
            });
            void keepMembership(roomId, entry, shares);
            const first = shares.find((share) => share.transport !== 'mesh');
            if (first && entry.serviceUrl !== undefined) void recordShare(room, entry.serviceUrl, first.startedTs);
        },
        async announce(roomId, shares) {
            const room = joinedRoom(roomId);
            const entry = attach(room);
            await inTurn(entry, () => {
                if (!entry.own.joined) throw leftMeanwhile();
                // A media server that was found after we joined is told with the first share that is there.
                const there = shares.some((share) => share.transport !== 'mesh');
                return entry.own.announce(shares, there ? entry.serviceUrl : undefined);
            });
            void keepMembership(roomId, entry, shares);
            const newest = shares.findLast((share) => share.transport !== 'mesh');
            if (newest && entry.serviceUrl !== undefined) void recordShare(room, entry.serviceUrl, newest.startedTs);
        },
        async leave(roomId) {
            const entry = live.get(roomId);
            keys.stop(roomId);
            if (!entry) return;
            entry.serviceUrl = undefined;
            entry.member = undefined;
            entry.leaves++;
            await entry.own.leave(); // not in turn: leaving must not wait for a join that hangs
        },
        mayShare: () => Promise.resolve(), // windows that share the account are told apart above (windows/seats.ts)
        async publishGrant(roomId) {
            const room = joinedRoom(roomId);
            const entry = attach(room);
            // Asked anew unless a membership names it already: what was wrong may have been mended meanwhile.
            if (!entry.own.joined) entry.serviceUrl = entry.member = undefined;
            const serviceUrl = await ownServiceUrl(room, entry);
            const member = await memberOf(entry);
            const hashed = isHashed(member.sticky, serviceUrl);
            const grant = await grants.publish(serviceUrl, roomId, hashed ? member.memberId : undefined);
            return { grant, identity: identityOf(member, serviceUrl) };
        },
        async viewGrant(roomId, serviceUrl, viewId) {
            const room = joinedRoom(roomId);
            return grants.view(serviceUrl ?? (await ownServiceUrl(room, attach(room))), roomId, viewId);
        },
        async startKeys(roomId, after) {
            const entry = entryOf(roomId);
            const { session, member } = entry;
            if (member) keys.as(roomId, { identity: identityOf(member, entry.serviceUrl), memberId: member.memberId });
            await judge(readMembers(session));
            keys.members(roomId, readMembers(session));
            const started = keys.start(roomId, after);
            // Who came in while the others were looked at: from now on the audience of the share sees to it.
            void judge(readMembers(session));
            await started;
        },
        stopKeys: (roomId) => keys.stop(roomId),
        currentKeys: (roomId) => keys.current(roomId),
        onKey: (listener) => keys.onKey(listener),
        sendWatch: (target, watching, via) => watch.send(target, watching, via),
        onWatch: (listener) => watch.onWatch(listener),
        onMembershipLost: losses.add,
        async leaveAll() {
            const results = await Promise.allSettled([...live.keys()].map((roomId) => this.leave(roomId)));
            for (const result of results)
                if (result.status === 'rejected') log.warn('Leaving a session did not work', result.reason);
        },
        dispose() {
            sdk.off(RoomEvent.MyMembership, onMyMembership);
            keys.dispose();
            for (const entry of live.values()) entry.detach();
            live.clear();
            memberChanges.clear();
            losses.clear();
        },
    };
}
