/**
 * Shares one account between several windows. Each window gets a seat, which looks like an account of its own. Some
 * things belong to the whole device and are shared here. One membership per room announces the shares of all seats and
 * ends with the last seat. A media key lives while any seat needs it. A sharer hears that we stopped watching when no
 * seat watches. An invitation or a ringing call goes to the window that was in front last. Pure.
 */
import type { Account } from '../../core/account/account.ts';
import type { PresencePort } from '../../core/rooms/presencePort.ts';
import type { CallsPort } from '../../core/session/callsPort.ts';
import type { RtcPort } from '../../core/session/rtcPort.ts';
import { newPlace, type Place } from './place.ts';
import { createSharedSession, type SharedSession } from './sharedSession.ts';

interface WindowSlot {
    /** `stop()` gives the seat up: what only this window holds ends, the account goes on. */
    readonly account: Account;
    /** This window is in front now. */
    front(): void;
}
export interface Seats {
    take(): WindowSlot;
    /** Number of seats in use. */
    readonly count: number;
}

export function createSeats(account: Account): Seats {
    const { calls } = account;
    /** The window that was in front last comes first. */
    let places: readonly Place[] = [];
    const session = createSharedSession(account, () => places);
    const others = (self: Place): readonly Place[] => places.filter((place) => place !== self);
    deliver(account, () => places);

    /**
     * Ends what only this window held. Never rejects: if a leave does not reach the homeserver, the delayed leave does
     * it.
     */
    async function giveUp(self: Place): Promise<void> {
        if (!places.includes(self)) return;
        for (const pageId of self.pages) calls.release(pageId);
        for (const roomId of [...self.keys]) session.stopKeys(self, roomId);
        const targets = [...self.watching].map((key) => JSON.parse(key) as [string, string, string, string]);
        const told = targets.map(([roomId, userId, deviceId, shareId]) =>
            session.watch(self, { roomId, userId, deviceId, shareId }, false),
        );
        const left = [...self.shares.keys()].map((roomId) => session.leave(self, roomId));
        places = others(self);
        if (places.length > 0) session.showStatus();
        await Promise.allSettled([...told, ...left]);
    }

    return {
        take() {
            const self = newPlace();
            places = [...places, self];
            return {
                account: accountOf(account, self, session, () => giveUp(self)),
                front() {
                    if (places.includes(self)) places = [self, ...others(self)];
                },
            };
        },
        get count() {
            return places.length;
        },
    };
}

/** Decides which window hears what. */
function deliver({ trust, roomAdmin, onInvite, calls, rtc }: Account, places: () => readonly Place[]): void {
    const placeOf = (pageId: string): Place | undefined => places().find(({ pages }) => pages.has(pageId));
    trust.onVerification((verification) => {
        // Only one window shows a new request. Later events go to all, because each window may have its own
        // verification.
        const asked = verification.state.kind === 'asked';
        for (const place of asked ? places().slice(0, 1) : places()) place.verifications.emit(verification);
    });
    roomAdmin.onNews((news) => places()[0]?.roomNews.emit(news));
    onInvite((room) => places()[0]?.invited.emit(room));
    calls.onForeignCall((event) => {
        if (event.kind === 'ring') places()[0]?.foreign.emit(event);
        else placeOf(event.pageId)?.foreign.emit(event);
    });
    calls.onPage((pageId, ...rest) => placeOf(pageId)?.page.emit(pageId, ...rest));
    calls.onGaveUp((pageId, generation) => placeOf(pageId)?.gaveUp.emit(pageId, generation));
    rtc.onMembershipLost((event) => {
        for (const place of places()) if (place.shares.delete(event.roomId)) place.lost.emit(event);
    });
}

/** The account as one window sees it. */
function accountOf(account: Account, self: Place, session: SharedSession, giveUp: () => Promise<void>): Account {
    const ownPresence: Partial<PresencePort> = {
        show(status) {
            self.status = status;
            session.showStatus();
        },
    };
    const own: Partial<Account> = {
        rtc: over(account.rtc, ownRtc(account.rtc, self, session)),
        calls: over(account.calls, ownCalls(account.calls, self)),
        presence: over(account.presence, ownPresence),
        trust: over(account.trust, { onVerification: self.verifications.add }),
        roomAdmin: over(account.roomAdmin, { onNews: self.roomNews.add }),
        onInvite: self.invited.add,
        stop: giveUp,
        dispose: () => void giveUp(),
    };
    return over(account, own);
}

function ownRtc(rtc: RtcPort, self: Place, session: SharedSession): Partial<RtcPort> {
    return {
        join: (roomId, shares) => session.say(self, roomId, shares, (room, all) => rtc.join(room, all)),
        announce: (roomId, shares) => session.say(self, roomId, shares, (room, all) => rtc.announce(room, all)),
        leave: (roomId) => session.leave(self, roomId),
        async mayShare() {
            session.assertOnlySharer(self);
            await rtc.mayShare();
        },
        async publishGrant(roomId) {
            session.assertOnlySharer(self);
            return rtc.publishGrant(roomId);
        },
        async startKeys(roomId, after) {
            self.keys.add(roomId);
            await rtc.startKeys(roomId, after);
        },
        stopKeys: (roomId) => session.stopKeys(self, roomId),
        sendWatch: (target, watching, via) => session.watch(self, target, watching, via),
        onMembershipLost: self.lost.add,
    };
}

/** A page belongs to the window that opened it. */
function ownCalls(calls: CallsPort, self: Place): Partial<CallsPort> {
    return {
        publish(share, page) {
            self.pages.add(page.pageId);
            calls.publish(share, page);
        },
        watch(share, page) {
            self.pages.add(page.pageId);
            calls.watch(share, page);
        },
        accept(call, page) {
            self.pages.add(page.pageId);
            calls.accept(call, page);
        },
        adopt(pages) {
            for (const { page } of pages) self.pages.add(page.pageId);
            calls.adopt(pages);
        },
        release(pageId) {
            self.pages.delete(pageId);
            calls.release(pageId);
        },
        onForeignCall: self.foreign.add,
        onPage: self.page.add,
        onGaveUp: self.gaveUp.add,
    };
}

/** Returns `base` with some members replaced. Getters stay live. */
function over<T extends object>(base: T, own: Partial<T>): T {
    return Object.defineProperties(
        Object.create(base) as T,
        Object.getOwnPropertyDescriptors(own) as PropertyDescriptorMap,
    );
}
