/** What all windows of a device have in common in the sessions: one membership a room, one key, one word to each sharer. */
import type { Account } from '../../core/account/account.ts';
import { HushError } from '../../core/base/errors.ts';
import type { OwnStatus } from '../../core/rooms/presencePort.ts';
import type { RtcPort, WatchEvent } from '../../core/session/rtcPort.ts';
import type { Share } from '../../core/share/share.ts';
import type { Place } from './place.ts';

const OTHER_WINDOW =
    'You share your screen from another VS Code window already. Stop that share first: one device shares one screen at a time.';

type Say = (roomId: string, all: readonly Share[]) => Promise<void>;

export interface SharedSession {
    /** @throws HushError `media.otherWindow`. */
    assertOnlySharer(self: Place): void;
    /** Sets the shares of this window in the room, and updates the one membership. */
    say(self: Place, roomId: string, shares: readonly Share[], how: Say): Promise<void>;
    leave(self: Place, roomId: string): Promise<void>;
    /** The person is online if any of their windows is in use. */
    showStatus(): void;
    stopKeys(self: Place, roomId: string): void;
    watch(
        self: Place,
        target: Parameters<RtcPort['sendWatch']>[0],
        watching: boolean,
        via?: WatchEvent['via'],
    ): Promise<void>;
}

export function createSharedSession(
    { rtc, presence }: Pick<Account, 'rtc' | 'presence'>,
    places: () => readonly Place[],
): SharedSession {
    const joined = (roomId: string): readonly Share[][] =>
        places().flatMap(({ shares }) => (shares.has(roomId) ? [[...(shares.get(roomId) ?? [])]] : []));
    const assertOnlySharer = (self: Place): void => {
        const isSharing = ({ shares }: Place): boolean => [...shares.values()].some((list) => list.length > 0);
        if (places().some((place) => place !== self && isSharing(place)))
            throw new HushError('media.otherWindow', OTHER_WINDOW);
    };
    return {
        assertOnlySharer,
        async say(self, roomId, shares, how) {
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
        },
        async leave(self, roomId) {
            if (!self.shares.delete(roomId)) return;
            const rest = joined(roomId);
            await (rest.length === 0 ? rtc.leave(roomId) : rtc.announce(roomId, rest.flat()));
        },
        showStatus() {
            const is = (status: OwnStatus): boolean => places().some((place) => place.status === status);
            presence.show(is('online') ? 'online' : is('away') ? 'away' : 'hidden');
        },
        stopKeys(self, roomId) {
            self.keys.delete(roomId);
            if (!places().some(({ keys }) => keys.has(roomId))) rtc.stopKeys(roomId);
        },
        async watch(self, target, watching, via) {
            const key = JSON.stringify([target.roomId, target.userId, target.deviceId, target.shareId]);
            if (watching) self.watching.add(key);
            else self.watching.delete(key);
            if (!watching && places().some((place) => place.watching.has(key))) return;
            await rtc.sendWatch(target, watching, via);
        },
    };
}
