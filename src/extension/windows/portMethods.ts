/** Ports whose methods all ask and answer, made from the list of their names. Pure. */
import { ROOM_METHODS, type RoomMethod } from '../../core/rooms/roomsPort.ts';

/** Its paths in the table of what another window may call. */
export const ROOM_PATHS = Object.fromEntries(
    Object.keys(ROOM_METHODS).map((name) => [`roomAdmin.${name}`, 'ask'] as const),
) as Record<`roomAdmin.${RoomMethod}`, 'ask'>;

/** A port with `make(name)` for every name in `methods`. */
export function portOf<P, K extends string>(
    methods: Readonly<Record<K, unknown>>,
    make: (name: K) => unknown,
): Pick<P, K & keyof P> {
    return Object.fromEntries(Object.keys(methods).map((name) => [name, make(name as K)])) as Pick<P, K & keyof P>;
}
