/** `RtcPort` on matrix-js-sdk: memberships, room tokens, media keys and watch messages of our rooms. */
import type { MatrixClient, Room } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import type { KeyEvent, RtcPort } from '../../core/session/rtcPort.ts';
import { isAtSfu, type RtcMembership, type Share } from '../../core/share/share.ts';
import { CALL_MEMBER_TYPE } from '../../core/rooms/eventTypes.ts';
import type { Grants } from './grants.ts';
import type { MediaKeys } from './keyRingRunner.ts';
import { homeserverSfu } from './homeserverSfu.ts';
import type { HomeserverTokens } from './homeserverTokens.ts';
import { createLiveSessions, type LiveSession } from './liveSessions.ts';
import { CALL_ERRORS, leftMeanwhile } from './ownMembership.ts';
import {
    isHashed,
    isSticky,
    participantIdentity,
    wantsSticky,
    type MembershipSetting,
    type OwnMember,
} from './ownMember.ts';
import type { Device } from './olmMessages.ts';
import { createRoomSfu } from './roomSfu.ts';
import { findStaleLeaves } from './staleLeaves.ts';
import type { SideChannelKeys } from './sideChannelKeys.ts';
import type { Transports } from './transports.ts';
import type { CoverNews } from './coverNews.ts';
import type { Watch } from './watch.ts';

export interface RtcOptions {
    readonly sdk: MatrixClient;
    readonly self: Device;
    readonly transports: Transports;
    readonly grants: Grants;
    readonly homeserver: Pick<HomeserverTokens, 'delegates' | 'delegate'>;
    readonly keys: MediaKeys;
    readonly sideChannelKeys: SideChannelKeys;
    readonly watch: Watch;
    readonly coverNews: CoverNews;
    /** Checks the devices that are about to get our key. */
    readonly judge: (devices: readonly Device[]) => Promise<void>;
    /**
     * @throws HushError `clock.wrong` if this computer's clock is so wrong that every membership seems to have expired.
     */
    readonly assertClock: () => void;
    /** `hush.matrixRtc.membership`. */
    readonly membershipSetting?: (() => MembershipSetting) | undefined;
    /** A random UUID. */
    readonly uuid: () => string;
    readonly now: () => number;
    readonly log: Log;
}
export interface Rtc extends Omit<RtcPort, 'onWithheld' | 'onAudience'> {
    /** Current memberships, oldest first. Empty for rooms that we are not in. */
    members(roomId: string): readonly RtcMembership[];
    onMembers(listener: (roomId: string) => void): { dispose(): void };
    /** Leaves every session that we are in, within a time limit. */
    leaveAll(): Promise<void>;
    /** Removes listeners, timers and keys. */
    dispose(): void;
}

export function createRtc(options: RtcOptions): Rtc {
    const { sdk, self, transports, grants, homeserver, keys, watch, coverNews, judge, assertClock, now, log } = options;
    const side = options.sideChannelKeys;
    const noted = new Set<string>();
    const note = (text: string): void => {
        if (noted.size > 200) noted.clear();
        if (!noted.has(text)) log.warn(text); // a malformed event is reported again at every change
        noted.add(text);
    };
    const both = bothKeys(keys, side);
    const live = createLiveSessions({ sdk, self, keys: both, note, now, log });
    const members = createOwnMembers(options);
    const sfu = createRoomSfu({ sdk, userId: self.userId, transports, note, log });

    const join = async (room: Room, entry: LiveSession, shares: readonly Share[]): Promise<void> => {
        if (entry.own.joined) return entry.own.announce(shares);
        assertClock();
        const { leaves } = entry;
        const serviceUrl = await sfu.urlIfAny(room, entry);
        const stale = entry.clean ? undefined : await findStaleLeaves(sdk, room.roomId, self, log);
        if (entry.leaves !== leaves) throw leftMeanwhile();
        const member = await members.of(entry);
        keys.as(room.roomId, { identity: members.identity(member, serviceUrl), memberId: member.memberId });
        await entry.own.join(shares, serviceUrl, member);
        side.start(room.roomId);
        if (stale) entry.clean = await stale.cancel();
    };

    /** While a share is at an SFU that the homeserver watches, the homeserver ends our membership. */
    const keepMembership = async (roomId: string, entry: LiveSession, shares: readonly Share[]): Promise<void> => {
        const { member, serviceUrl } = entry;
        const at = serviceUrl === undefined ? undefined : homeserverSfu(serviceUrl);
        // The homeserver identifies participants only by the hash, not by the device as a state event does.
        const hashed = member !== undefined && isHashed(member.sticky, serviceUrl);
        const turn = (entry.kept = {});
        const can = at && member && shares.some(isAtSfu) && hashed && (await homeserver.delegates());
        if (!entry.own.joined || entry.kept !== turn) return; // the shares have changed meanwhile
        entry.own.keep(can ? (delayId) => homeserver.delegate(at, roomId, member.memberId, delayId) : undefined);
    };

    return {
        members: (roomId) => {
            const entry = live.get(roomId);
            return entry ? live.members(entry.session) : [];
        },
        onMembers: live.memberChanges.add,
        async join(roomId, shares) {
            const room = live.joinedRoom(roomId);
            assertMayJoin(room, self.userId);
            const entry = live.attach(room);
            await entry.inTurn(() => join(room, entry, shares));
            void keepMembership(roomId, entry, shares);
            sfu.record(room, entry, shares.find(isAtSfu));
        },
        async announce(roomId, shares) {
            const room = live.joinedRoom(roomId);
            const entry = live.attach(room);
            await entry.inTurn(() => {
                if (!entry.own.joined) throw leftMeanwhile();
                // The media server may be found after we joined. The first share there announces it.
                const there = shares.some(isAtSfu);
                return entry.own.announce(shares, there ? entry.serviceUrl : undefined);
            });
            void keepMembership(roomId, entry, shares);
            sfu.record(room, entry, shares.findLast(isAtSfu));
        },
        async leave(roomId) {
            const entry = live.get(roomId);
            both.stop(roomId);
            if (!entry) return;
            entry.serviceUrl = undefined;
            entry.member = undefined;
            entry.leaves++;
            await entry.own.leave(); // not in turn: leaving must not wait for a join that hangs
        },
        mayShare: () => Promise.resolve(), // the extension decides between windows that share the account
        async publishGrant(roomId) {
            const room = live.joinedRoom(roomId);
            const entry = live.attach(room);
            // Looks up the SFU again unless a membership already names it, because an earlier problem may be solved.
            if (!entry.own.joined) entry.serviceUrl = entry.member = undefined;
            const serviceUrl = await sfu.url(room, entry);
            const member = await members.of(entry);
            const hashed = isHashed(member.sticky, serviceUrl);
            const grant = await grants.publish(serviceUrl, roomId, hashed ? member.memberId : undefined);
            return { grant, identity: members.identity(member, serviceUrl) };
        },
        async viewerGrant(roomId, serviceUrl, tabId) {
            const room = live.joinedRoom(roomId);
            return grants.view(serviceUrl ?? (await sfu.url(room, live.attach(room))), roomId, tabId);
        },
        async startKeys(roomId, after) {
            const { session, member, serviceUrl } = live.attach(live.joinedRoom(roomId));
            if (member) keys.as(roomId, { identity: members.identity(member, serviceUrl), memberId: member.memberId });
            await judge(live.members(session));
            keys.members(roomId, live.members(session));
            const started = keys.start(roomId, after);
            // Members who joined meanwhile are checked too. Later, the share's audience checks new members.
            void judge(live.members(session));
            await started;
        },
        stopKeys: (roomId) => keys.stop(roomId),
        currentKeys: (roomId) => both.current(roomId),
        onKey: both.onKey,
        sendWatch: (target, watching, via) => watch.send(target, watching, via),
        onWatch: (listener) => watch.onWatch(listener),
        sendCover: coverNews.send,
        onCover: (listener) => coverNews.onCover(listener),
        onMembershipLost: live.losses.add,
        async leaveAll() {
            const results = await Promise.allSettled(live.roomIds.map((roomId) => this.leave(roomId)));
            for (const result of results)
                if (result.status === 'rejected') log.warn('Leaving a session did not work', result.reason);
        },
        dispose() {
            both.dispose();
            live.dispose();
        },
    };
}

/** What happens to a session concerns the media keys and those of the side channel. */
function bothKeys(keys: MediaKeys, side: SideChannelKeys) {
    return {
        members(roomId: string, members: readonly RtcMembership[]) {
            keys.members(roomId, members);
            side.members(roomId, members);
        },
        stop(roomId: string) {
            keys.stop(roomId);
            side.stop(roomId);
        },
        forget(roomId: string) {
            keys.forget(roomId);
            side.stop(roomId);
        },
        current: (roomId: string) => [...keys.current(roomId), ...side.current(roomId)],
        onKey(listener: (event: KeyEvent) => void) {
            const subscriptions = [keys.onKey(listener), side.onKey(listener)];
            return {
                dispose() {
                    for (const subscription of subscriptions) subscription.dispose();
                },
            };
        },
        dispose() {
            keys.dispose();
            side.dispose();
        },
    };
}

function assertMayJoin(room: Room, userId: string): void {
    if (!room.hasEncryptionStateEvent())
        throw new HushError(
            'room.notEncrypted',
            `${room.name} is not encrypted, and Hush shares only in encrypted rooms. Turn on encryption for it, or use another room.`,
        );
    if (!room.currentState.maySendStateEvent(CALL_MEMBER_TYPE, userId))
        throw new HushError(...CALL_ERRORS['M_FORBIDDEN']!);
}

/** Decides this device's form in each session. */
function createOwnMembers({ sdk, self, membershipSetting, uuid }: RtcOptions) {
    return {
        async of(entry: LiveSession): Promise<OwnMember> {
            if (entry.member) return entry.member;
            const others = entry.session.memberships
                .filter(({ userId, deviceId }) => userId !== self.userId || deviceId !== self.deviceId)
                .map((membership) => ({ sticky: isSticky(membership) }));
            const sticky = wantsSticky({
                setting: membershipSetting?.() ?? 'auto',
                supported: await sdk.doesServerSupportUnstableFeature('org.matrix.msc4354'),
                serviceUrl: entry.serviceUrl,
                others,
            });
            // A state event exists once per device, a sticky event once per join.
            const chosen = { sticky, memberId: sticky ? uuid() : `${self.userId}:${self.deviceId}` };
            return (entry.member ??= chosen);
        },
        identity: ({ sticky, memberId }: OwnMember, serviceUrl: string | undefined): string =>
            participantIdentity(self, memberId, isHashed(sticky, serviceUrl)),
    };
}
