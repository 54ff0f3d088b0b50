/**
 * Values of the account that a window reads without waiting: state, rooms, own trust, and known media keys. The leader's
 * window sends each change.
 */
import type { Account } from '../../core/account/account.ts';
import type { AccountState } from '../../core/account/accountState.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import type { MediaKey } from '../../core/session/rtcPort.ts';
import type { OwnTrust } from '../../core/trust/shareTrust.ts';

export interface Mirrored {
    readonly state: AccountState;
    readonly rooms: readonly RoomSnapshot[];
    readonly own: OwnTrust;
    /** By room ID. */
    readonly keys: ReadonlyMap<string, readonly MediaKey[]>;
}
export type Change =
    | { readonly of: 'state'; readonly state: AccountState }
    /** `order` lists all rooms. `changed` has only the rooms that changed. */
    | { readonly of: 'rooms'; readonly order: readonly string[]; readonly changed: readonly RoomSnapshot[] }
    | { readonly of: 'own'; readonly own: OwnTrust }
    /** All keys of the room that are known now. */
    | { readonly of: 'keys'; readonly roomId: string; readonly keys: readonly MediaKey[] };

export function mirroredOf(account: Account): Mirrored {
    const rooms = account.rooms();
    const keys = rooms.map(({ roomId }) => [roomId, account.rtc.currentKeys(roomId)] as const);
    return {
        state: account.state,
        rooms,
        own: account.trust.own,
        keys: new Map(keys.filter(([, held]) => held.length > 0)),
    };
}

export function keysChange(account: Account, roomId: string): Change {
    return { of: 'keys', roomId, keys: account.rtc.currentKeys(roomId) };
}

/** Calls `tell` with each change of `account`, starting from `first`. */
export function followMirrored(
    account: Account,
    first: Mirrored,
    tell: (change: Change) => void,
): readonly Disposable[] {
    let before = new Map(first.rooms.map((room) => [room.roomId, room]));
    return [
        account.onState((state) => tell({ of: 'state', state })),
        account.onRooms(() => {
            const now = account.rooms();
            const changed = now.filter((room) => before.get(room.roomId) !== room);
            before = new Map(now.map((room) => [room.roomId, room]));
            tell({ of: 'rooms', order: now.map((room) => room.roomId), changed });
        }),
        account.trust.onOwn((own) => tell({ of: 'own', own })),
        // Send this before the event itself, because a listener for a key reads the known keys.
        account.rtc.onKey((event) => tell(keysChange(account, event.kind === 'key' ? event.key.roomId : event.roomId))),
    ];
}

export function withChange(mirrored: Mirrored, change: Change): Mirrored {
    switch (change.of) {
        case 'state':
            return { ...mirrored, state: change.state };
        case 'rooms': {
            const known = new Map([...mirrored.rooms, ...change.changed].map((room) => [room.roomId, room]));
            return { ...mirrored, rooms: change.order.flatMap((roomId) => known.get(roomId) ?? []) };
        }
        case 'own':
            return { ...mirrored, own: change.own };
        case 'keys':
            return { ...mirrored, keys: new Map(mirrored.keys).set(change.roomId, change.keys) };
    }
}
