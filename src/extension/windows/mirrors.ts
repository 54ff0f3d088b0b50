/**
 * What a window reads of the account without waiting, as the owner's window last told it: the account's state, its rooms,
 * our identity, and the media keys that are known.
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
    /** By room. */
    readonly keys: ReadonlyMap<string, readonly MediaKey[]>;
}
export type Change =
    | { readonly of: 'state'; readonly state: AccountState }
    /** `order` lists every room; those that changed come along. */
    | { readonly of: 'rooms'; readonly order: readonly string[]; readonly changed: readonly RoomSnapshot[] }
    | { readonly of: 'own'; readonly own: OwnTrust }
    /** All keys of a room that are known now. */
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

/** Tells how `account` differs from `first` from now on. */
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
        // Told first: who hears of a key reads what is known then.
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
