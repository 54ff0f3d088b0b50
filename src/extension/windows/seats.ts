/**
 * Shares one account between several windows. Each window gets a seat, which looks like an account of its own. Some
 * things belong to the whole device and are shared here. One membership per room announces the shares of all seats and
 * ends with the last seat. A media key lives while any seat needs it. A sharer hears that we stopped watching when no
 * seat watches. An invitation or a ringing call goes to the window that was in front last. Pure.
 */
import type { Account } from '../../core/account/account.ts';
import { HushError } from '../../core/base/errors.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { RoomNews } from '../../core/rooms/roomsPort.ts';
import type { OwnStatus, PresencePort } from '../../core/rooms/presencePort.ts';
import type { CallsPort, ForeignCall } from '../../core/session/callsPort.ts';
import type { RtcPort, WatchEvent } from '../../core/session/rtcPort.ts';
import type { Verification } from '../../core/trust/trustPort.ts';
import type { Share } from '../../core/share/share.ts';

interface Seat {
    /** `stop()` gives the seat up: what only this window holds ends, the account goes on. */
    readonly account: Account;
    /** This window is in front now. */
    front(): void;
}
export interface Seats {
    take(): Seat;
    /** Number of seats in use. */
    readonly count: number;
}

interface Place {
    readonly shares: Map<string, readonly Share[]>;
    readonly keys: Set<string>;
    readonly pages: Set<string>;
    readonly watching: Set<string>;
    /** The presence that this window would show to others. */
    status: OwnStatus;
    readonly invited: Listeners<Parameters<Parameters<Account['onInvite']>[0]>>;
    readonly roomNews: Listeners<[RoomNews]>;
    readonly foreign: Listeners<[ForeignCall]>;
    readonly page: Listeners<Parameters<Parameters<CallsPort['onPage']>[0]>>;
    readonly gaveUp: Listeners<[string, number]>;
    readonly verifications: Listeners<[Verification]>;
    readonly lost: Listeners<Parameters<Parameters<RtcPort['onMembershipLost']>[0]>>;
}

const OTHER_WINDOW =
    'You share your screen from another VS Code window already. Stop that share first: one device shares one screen at a time.';

export function createSeats(account: Account): Seats {
    const { rtc, calls } = account;
    /** The window that was in front last comes first. */
    let places: readonly Place[] = [];

    const joined = (roomId: string): readonly Share[][] =>
        places.flatMap(({ shares }) => (shares.has(roomId) ? [[...(shares.get(roomId) ?? [])]] : []));
    const others = (self: Place): readonly Place[] => places.filter((place) => place !== self);
    const assertOnlySharer = (self: Place): void => {
        const busy = others(self).some(({ shares }) => [...shares.values()].some((list) => list.length > 0));
        if (busy) throw new HushError('media.otherWindow', OTHER_WINDOW);
    };
    const owns =
        (call: string) =>
        (place: Place): boolean =>
            place.pages.has(call);

    account.trust.onVerification((verification) => {
        // Only one window shows a new request. Later events go to all, because each window may have its own
        // verification.
        const asked = verification.state.kind === 'asked';
        for (const place of asked ? places.slice(0, 1) : places) place.verifications.emit(verification);
    });
    account.roomAdmin.onNews((news) => places[0]?.roomNews.emit(news));
    account.onInvite((room) => places[0]?.invited.emit(room));
    calls.onForeignCall((event) => {
        if (event.kind === 'ring') places[0]?.foreign.emit(event);
        else places.find(owns(event.call))?.foreign.emit(event);
    });
    calls.onPage((call, ...rest) => places.find(owns(call))?.page.emit(call, ...rest));
    calls.onGaveUp((call, generation) => places.find(owns(call))?.gaveUp.emit(call, generation));
    rtc.onMembershipLost((event) => {
        for (const place of places) if (place.shares.delete(event.roomId)) place.lost.emit(event);
    });

    /** Sets the shares of this window in the room, and updates the one membership. */
    async function say(
        self: Place,
        roomId: string,
        shares: readonly Share[],
        how: (roomId: string, all: readonly Share[]) => Promise<void>,
    ): Promise<void> {
        if (shares.length > 0) assertOnlySharer(self);
        const before = self.shares.get(roomId);
        self.shares.set(roomId, shares);
        try {
            await how(roomId, joined(roomId).flat());
        } catch (error) {
            if (self.shares.get(roomId) === shares) {
                if (before) self.shares.set(roomId, before);
                else self.shares.delete(roomId);
            }
            throw error;
        }
    }

    async function leave(self: Place, roomId: string): Promise<void> {
        if (!self.shares.delete(roomId)) return;
        const rest = joined(roomId);
        await (rest.length === 0 ? rtc.leave(roomId) : rtc.announce(roomId, rest.flat()));
    }

    /** The person is online if any of their windows is in use. */
    function showStatus(): void {
        const is = (status: OwnStatus): boolean => places.some((place) => place.status === status);
        account.presence.show(is('online') ? 'online' : is('away') ? 'away' : 'hidden');
    }

    function stopKeys(self: Place, roomId: string): void {
        self.keys.delete(roomId);
        if (!places.some(({ keys }) => keys.has(roomId))) rtc.stopKeys(roomId);
    }

    async function watch(
        self: Place,
        target: Parameters<RtcPort['sendWatch']>[0],
        watching: boolean,
        via?: WatchEvent['via'],
    ): Promise<void> {
        const key = JSON.stringify([target.roomId, target.userId, target.deviceId, target.shareId]);
        if (watching) self.watching.add(key);
        else self.watching.delete(key);
        if (!watching && places.some((place) => place.watching.has(key))) return;
        await rtc.sendWatch(target, watching, via);
    }

    /**
     * Ends what only this window held. Never rejects: if a leave does not reach the homeserver, the delayed leave does
     * it.
     */
    async function giveUp(self: Place): Promise<void> {
        if (!places.includes(self)) return;
        for (const call of self.pages) calls.release(call);
        for (const roomId of [...self.keys]) stopKeys(self, roomId);
        const targets = [...self.watching].map((key) => JSON.parse(key) as [string, string, string, string]);
        const told = targets.map(([roomId, userId, deviceId, shareId]) =>
            watch(self, { roomId, userId, deviceId, shareId }, false),
        );
        const left = [...self.shares.keys()].map((roomId) => leave(self, roomId));
        places = others(self);
        if (places.length > 0) showStatus();
        await Promise.allSettled([...told, ...left]);
    }

    function take(): Seat {
        const self: Place = {
            shares: new Map(),
            keys: new Set(),
            pages: new Set(),
            watching: new Set(),
            status: 'hidden',
            invited: new Listeners(),
            roomNews: new Listeners(),
            foreign: new Listeners(),
            page: new Listeners(),
            gaveUp: new Listeners(),
            verifications: new Listeners(),
            lost: new Listeners(),
        };
        places = [...places, self];
        const ownRtc: Partial<RtcPort> = {
            join: (roomId, shares) => say(self, roomId, shares, (room, all) => rtc.join(room, all)),
            announce: (roomId, shares) => say(self, roomId, shares, (room, all) => rtc.announce(room, all)),
            leave: (roomId) => leave(self, roomId),
            async mayShare() {
                assertOnlySharer(self);
                await rtc.mayShare();
            },
            async publishGrant(roomId) {
                assertOnlySharer(self);
                return rtc.publishGrant(roomId);
            },
            async startKeys(roomId, after) {
                self.keys.add(roomId);
                await rtc.startKeys(roomId, after);
            },
            stopKeys: (roomId) => stopKeys(self, roomId),
            sendWatch: (target, watching, via) => watch(self, target, watching, via),
            onMembershipLost: self.lost.add,
        };
        const ownCalls: Partial<CallsPort> = {
            serve(share, page) {
                self.pages.add(page.call);
                calls.serve(share, page);
            },
            watch(share, page) {
                self.pages.add(page.call);
                calls.watch(share, page);
            },
            accept(call, page) {
                self.pages.add(page.call);
                calls.accept(call, page);
            },
            adopt(pages) {
                for (const { page } of pages) self.pages.add(page.call);
                calls.adopt(pages);
            },
            release(call) {
                self.pages.delete(call);
                calls.release(call);
            },
            onForeignCall: self.foreign.add,
            onPage: self.page.add,
            onGaveUp: self.gaveUp.add,
        };
        const ownPresence: Partial<PresencePort> = {
            show(status) {
                self.status = status;
                showStatus();
            },
        };
        const own: Partial<Account> = {
            rtc: over(rtc, ownRtc),
            calls: over(calls, ownCalls),
            presence: over(account.presence, ownPresence),
            trust: over(account.trust, { onVerification: self.verifications.add }),
            roomAdmin: over(account.roomAdmin, { onNews: self.roomNews.add }),
            onInvite: self.invited.add,
            stop: () => giveUp(self),
            dispose: () => void giveUp(self),
        };
        return {
            account: over(account, own),
            front() {
                if (places.includes(self)) places = [self, ...others(self)];
            },
        };
    }

    return {
        take,
        get count() {
            return places.length;
        },
    };
}

/** Returns `base` with some members replaced. Getters stay live. */
function over<T extends object>(base: T, own: Partial<T>): T {
    return Object.defineProperties(
        Object.create(base) as T,
        Object.getOwnPropertyDescriptors(own) as PropertyDescriptorMap,
    );
}
