/** A room's main address. It is claimed at the homeserver, named in the room, and removed when it is no longer used. */
import type { MatrixClient } from 'matrix-js-sdk/lib/matrix.js';
import { HushError } from '../../core/base/errors.ts';
import type { Log } from '../../core/base/log.ts';
import { isRoomAlias } from '../../core/rooms/joinLink.ts';
import { isNotFound } from './acting.ts';

export interface AddressesOptions {
    readonly sdk: MatrixClient;
    /** The content of a state event. Empty if there is none. */
    readonly read: (roomId: string, type: string) => Promise<Record<string, unknown>>;
    readonly send: (roomId: string, type: string, content: object) => Promise<unknown>;
    readonly log: Log;
}

export function createAddresses({ sdk, read, send, log }: AddressesOptions) {
    async function setAlias(roomId: string, alias: string | undefined): Promise<void> {
        const content = await read(roomId, 'm.room.canonical_alias');
        const old = textOf(content, 'alias');
        const claimed = alias !== undefined && (await claim(alias, roomId));
        const { alias: _, ...rest } = content;
        try {
            await send(roomId, 'm.room.canonical_alias', alias === undefined ? rest : { ...rest, alias });
        } catch (error) {
            if (claimed) await giveBack(alias);
            throw error;
        }
        // Removes the old address from the directory. An address on another person's server stays there.
        if (old !== undefined && old !== alias) await giveBack(old);
    }

    const giveBack = (alias: string): Promise<unknown> =>
        sdk.deleteAlias(alias).catch((error: unknown) => log.warn(`${alias} still leads to the room`, error));

    /** Makes the address lead to the room, or throws the reason why it cannot. @returns whether the address is new. */
    async function claim(alias: string, roomId: string): Promise<boolean> {
        if (!isRoomAlias(alias))
            throw new HushError(
                'room.badLink',
                `"${alias}" is not an address of a room. Type it like #name:example.org.`,
            );
        const taken = await sdk.getRoomIdForAlias(alias).catch((error: unknown) => {
            if (isNotFound(error)) return undefined;
            throw error;
        });
        if (taken !== undefined && taken.room_id !== roomId)
            throw new HushError('room.forbidden', `${alias} leads to another room already. Choose another address.`);
        if (taken === undefined) await sdk.createAlias(alias, roomId);
        return taken === undefined;
    }

    return setAlias;
}

export function textOf(content: Readonly<Record<string, unknown>>, key: string): string | undefined {
    const value = content[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
}
